import { addDays } from '../../../core/calendar.ts';
import {
  postingsOfPartnerCancellation,
  postingsOfPartnerInvoice,
  type PartnerSettlement,
} from '../../../core/books/partner-settlement.ts';
import {
  missingOfBuyer,
  missingOfSeller,
  type InvoiceBuyer,
  type InvoiceSeller,
  type Supply,
} from '../../../core/books/invoicing/e-invoice.ts';
import { documentName } from '../../../core/books/invoicing/partner-document.ts';
import { exemptionSentence, vatTreatment } from '../../../core/books/invoicing/vat-treatment.ts';
import { codeEnd } from '../../../core/engine/code-mask.ts';
import type { Act } from '../../../platform/data/act.ts';
import type { Transaction } from '../../../platform/data/db.ts';
import { formatDay, formatMoney } from '../../../platform/html/format.ts';
import { appError } from '../../../platform/process/errors.ts';
import { dayOf } from '../../../platform/process/clock.ts';
import { nextNumber, yearOf } from '../../accounting/ledger/number-service.ts';
import { readEntry } from '../../catalogue/catalogue-service.ts';
import { buyerOf, type PartnerDetails } from '../../catalogue/partner-service.ts';
import { documentSettings } from '../../settings/document-settings-service.ts';
import { invoiceSettings } from '../../settings/invoice-settings-service.ts';
import { shopSettings } from '../../settings/shop-settings-service.ts';
import { lockedVoucher } from '../../vouchers/record/voucher-service.ts';
import type { StoredRules } from '../../vouchers/rules/rules-service.ts';
import type { DealLine, SettledRedemption } from '../settlement/settled-redemption-store.ts';
import { auditInvoice, postInvoice, readInvoice, type PartnerInvoicing } from './partner-invoice-service.ts';
import { endInvoice, insertInvoice, type InvoiceDocument, type PartnerInvoice } from './partner-invoice-store.ts';

export interface InvoicedLine {
  readonly redemption: SettledRedemption;
  readonly line: DealLine;
  readonly partnerId: string;
  readonly details: PartnerDetails;
}

/** A new invoice over what still counts of a redeemed deal, in the transaction that holds its redemption. */
export async function issueInvoice(
  act: Act,
  invoicing: PartnerInvoicing,
  invoiced: InvoicedLine,
  settlement: PartnerSettlement,
): Promise<PartnerInvoice> {
  const { trx, moment } = act;
  const { redemption, line, partnerId, details } = invoiced;
  const { record, rules } = await lockedVoucher(trx, line.voucherId, moment);
  const document = await documentOf(trx, { ...invoiced, rules, code: record.code }, invoicing.timeZone);
  const number = await nextNumber(trx, 'settlement', yearOf(moment.today), {
    now: moment.now,
    subject: `redemption:${redemption.id}`,
  });
  const id = await insertInvoice(trx, {
    number,
    state: 'open',
    cancelsId: null,
    partnerId,
    redemptionId: redemption.id,
    voucherId: line.voucherId,
    lineId: line.id,
    bookingNumber: redemption.bookingNumber,
    currency: redemption.currency,
    redeemed: line.applied - line.reversed,
    ...settlement,
    issuedOn: moment.today,
    dueOn: addDays(moment.today, details.paymentDays),
    reason: null,
    document,
    ...madeBy(act, invoicing),
  });
  const invoice = await readInvoice(trx, id);
  const { owed, difference } = settlement;
  const postings = postingsOfPartnerInvoice(settlement);
  await postInvoice(act, invoice, postings, { on: moment.today, reason: null, documentNumber: number });
  await auditInvoice(act, 'partner_invoice.issue', id, { number, owed, difference });
  await mail(act, invoicing, invoice);
  return invoice;
}

/** Takes an invoice back by a counter-invoice of its own number. */
export async function cancelInvoice(
  act: Act,
  invoicing: PartnerInvoicing,
  invoice: PartnerInvoice,
  reason: string | null,
): Promise<void> {
  const { trx, moment } = act;
  if (!(await endInvoice(trx, invoice.id))) throw new Error('an invoice was taken back twice');
  const number = await nextNumber(trx, 'cancellation', yearOf(moment.today), {
    now: moment.now,
    subject: `partner_invoice:${invoice.id}`,
  });
  const { owed, difference, differenceRole } = invoice;
  const id = await insertInvoice(trx, {
    number,
    state: 'cancellation',
    cancelsId: invoice.id,
    partnerId: invoice.partnerId,
    redemptionId: invoice.redemptionId,
    voucherId: invoice.voucherId,
    lineId: null,
    bookingNumber: invoice.bookingNumber,
    currency: invoice.currency,
    redeemed: invoice.redeemed,
    owed,
    difference,
    differenceRole,
    issuedOn: moment.today,
    dueOn: moment.today,
    reason,
    document: invoice.document,
    ...madeBy(act, invoicing),
  });
  const cancellation = await readInvoice(trx, id);
  const postings = postingsOfPartnerCancellation({ owed, difference, differenceRole });
  await postInvoice(act, invoice, postings, { on: moment.today, reason, documentNumber: number });
  await auditInvoice(act, 'partner_invoice.cancel', invoice.id, { number, owed, reason });
  await mail(act, invoicing, cancellation);
}

function madeBy({ actor, moment }: Act, { runJobId }: PartnerInvoicing) {
  return { runJobId: runJobId ?? null, actor, now: moment.now };
}

interface DocumentParts extends InvoicedLine {
  readonly rules: StoredRules;
  readonly code: string;
}

async function documentOf(
  trx: Transaction,
  { redemption, line, rules, code, partnerId, details }: DocumentParts,
  timeZone: string,
): Promise<InvoiceDocument> {
  const [{ companyName, companyAddress }, shop] = [await documentSettings(trx), await shopSettings(trx)];
  const partner = await readEntry(trx, 'partner', partnerId);
  const supply = supplyOf(partner.name, details, await invoiceSettings(trx));
  const [seller, buyer] = [supply?.seller, supply?.buyer];
  return {
    supply,
    sender: seller?.name ?? (companyName === '' ? shop.companyName : companyName),
    senderAddress: addressOf(seller) ?? (companyAddress === '' ? shop.companyAddress : companyAddress),
    bank: { accountHolder: shop.accountHolder, iban: shop.iban, bic: shop.bic },
    partner: partner.name,
    partnerAddress: addressOf(buyer) ?? details.invoiceAddress,
    partnerEmail: details.invoiceEmail,
    text: details.invoiceText,
    voucherNumber: line.voucherNumber ?? `V-${line.voucherId}`,
    voucherTitle: rules.title,
    codeEnd: codeEnd(code),
    departure: redemption.departure,
    redeemedOn: dayOf(redemption.redeemedAt, timeZone),
  };
}

/** null: what the partner owes is no price of a supply, so there is no invoice over it. */
function supplyOf(name: string, details: PartnerDetails, seller: InvoiceSeller): Supply | null {
  const { vatTreatment: treatment, vatRate, exemptionText, invoiceFormat: format } = details;
  const { category, hasRate, exemptionText: reason } = vatTreatment(treatment);
  if (category === null) return null;
  const buyer = buyerOf(name, details);
  // Form and settings let nothing incomplete in: an invoice without these would be none.
  if (missingOfSeller(seller, treatment).length + missingOfBuyer(buyer, treatment).length > 0)
    throw appError('invoice_incomplete');
  return {
    treatment,
    rateBasisPoints: hasRate ? vatRate : 0,
    exemptionText: reason === 'sentence' ? exemptionSentence(treatment) : reason === 'own' ? exemptionText : '',
    format,
    seller,
    buyer,
  };
}

function addressOf(party: InvoiceSeller | InvoiceBuyer | undefined): string | undefined {
  if (party === undefined) return undefined;
  const { street, postcode, town, country } = party;
  return `${street}\n${postcode} ${town}${country === 'DE' ? '' : `\n${country}`}`;
}

/** The invoice goes out by itself where the partner has an address for invoices, once. */
async function mail(
  { trx, moment }: Act,
  { mails, runJobId }: PartnerInvoicing,
  invoice: PartnerInvoice,
): Promise<void> {
  const { document, number, currency, owed, dueOn } = invoice;
  if (document.partnerEmail === '' || runJobId !== undefined) return;
  const values = {
    partnerName: document.partner,
    documentName: documentName(document.supply, invoice.state === 'cancellation'),
    invoiceNumber: number,
    amount: formatMoney(owed, currency, 'de'),
    dueOn: formatDay(dueOn, 'de'),
  };
  await mails.queue(
    trx,
    {
      event: invoice.state === 'cancellation' ? 'partner_cancellation' : 'partner_invoice',
      dedupeKey: `partner-invoice:${invoice.id}`,
      locale: 'de',
      brand: null,
      to: { email: document.partnerEmail, name: document.partner },
      values,
      secrets: [],
      attachments: [{ kind: 'partner_invoices', ids: [invoice.id] }],
      sendAfter: moment.now,
      about: { entity: 'partner_invoice', id: invoice.id },
    },
    moment.now,
  );
}

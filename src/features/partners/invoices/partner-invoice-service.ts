import { codeEnd } from '../../../core/engine/code-mask.ts';
import { addDays } from '../../../core/calendar.ts';
import {
  postingsOfPartnerCancellation,
  postingsOfPartnerInvoice,
  postingsOfPartnerPayment,
  type PartnerSettlement,
} from '../../../core/books/partner-settlement.ts';
import type { Posting } from '../../../core/books/postings.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { dayOf, type Moment } from '../../../platform/process/clock.ts';
import { inTransaction, type Connection, type Database, type Transaction } from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import { appError } from '../../../platform/process/errors.ts';
import { formatDay, formatMoney } from '../../../platform/html/format.ts';
import { nextNumber, yearOf } from '../../accounting/ledger/number-service.ts';
import type { StoredRules } from '../../vouchers/rules/rules-service.ts';
import { readEntry } from '../../catalogue/catalogue-service.ts';
import type { PartnerDetails } from '../../catalogue/partner-service.ts';
import type { MailRoom } from '../../documents/mail/mail-service.ts';
import { documentSettings } from '../../settings/document-settings-service.ts';
import { shopSettings } from '../../settings/shop-settings-service.ts';
import { lockedVoucher } from '../../vouchers/record/voucher-service.ts';
import { moveValue } from '../../vouchers/record/voucher-value-service.ts';
import {
  endInvoice,
  findCancellationOf,
  findInvoice,
  findInvoicesOfRun,
  insertInvoice,
  listInvoices,
  lockSettledRedemption,
  payInvoice,
  type DealLine,
  type InvoiceDocument,
  type PartnerInvoice,
  type PartnerInvoiceFilter,
  type SettledRedemption,
} from './partner-invoice-store.ts';

export {
  PARTNER_INVOICE_STATES,
  type PartnerInvoice,
  type PartnerInvoiceFilter,
  type PartnerInvoiceState,
} from './partner-invoice-store.ts';

export interface PartnerInvoicing {
  readonly database: Database;
  readonly mails: MailRoom;
  readonly timeZone: string;
  /** The job of a settlement run: its documents go out together in one mail at its end. */
  readonly runJobId?: string;
}

/** The partner paid; false: it was paid before, and nothing is booked again. */
export async function payPartnerInvoice(
  database: Database,
  id: string,
  payment: { readonly paidOn: string; readonly reference: string | null },
  actor: string,
  moment: Moment,
): Promise<boolean> {
  return inTransaction(database, async (trx) => {
    const { invoice } = await lockedInvoice(trx, id);
    if (invoice.state === 'paid') return false;
    if (invoice.state !== 'open') throw appError('conflict');
    await payLockedInvoice(trx, invoice, payment, actor, moment);
    return true;
  });
}

/** The same inside of a larger use case, under the lock of the redemption. */
export async function payLockedInvoice(
  trx: Transaction,
  invoice: PartnerInvoice,
  payment: { readonly paidOn: string; readonly reference: string | null },
  actor: string,
  moment: Moment,
): Promise<void> {
  if (!(await payInvoice(trx, invoice.id, payment.paidOn, payment.reference))) throw appError('conflict');
  await post(
    trx,
    invoice,
    invoice.number,
    postingsOfPartnerPayment(invoice.owed),
    payment.paidOn,
    payment.reference,
    actor,
    moment,
  );
  await audit(trx, 'partner_invoice.pay', invoice.id, { ...payment, cents: invoice.owed }, actor, moment);
}

export async function readInvoice(connection: Connection, id: string): Promise<PartnerInvoice> {
  const invoice = await findInvoice(connection, id);
  if (invoice === null) throw appError('not_found');
  return invoice;
}

/** The invoice a counter-invoice takes back, or the counter-invoice of an invoice. */
export async function counterpartOf(connection: Connection, invoice: PartnerInvoice): Promise<PartnerInvoice | null> {
  return invoice.cancelsId === null
    ? findCancellationOf(connection, invoice.id)
    : findInvoice(connection, invoice.cancelsId);
}

/** A run makes at most two documents for each redeemed deal it looks at. */
const MAX_OF_RUN = 10_000;

/** All documents a settlement run made, in the order it made them. */
export function invoicesOfRun(connection: Connection, runJobId: string): Promise<PartnerInvoice[]> {
  return findInvoicesOfRun(connection, runJobId, MAX_OF_RUN);
}

export async function invoicePage(database: Database, filter: PartnerInvoiceFilter): Promise<Page<PartnerInvoice>> {
  return readPage(filter.limit, (limit) => listInvoices(database.knex, { ...filter, limit }));
}

/** The redemption first, as everything that changes it does. */
export async function lockedInvoice(
  trx: Transaction,
  id: string,
): Promise<{ readonly invoice: PartnerInvoice; readonly redemption: SettledRedemption }> {
  const { redemptionId } = await readInvoice(trx, id);
  const redemption = await lockSettledRedemption(trx, redemptionId);
  if (redemption === null) throw new Error('an invoice without its redemption');
  return { invoice: await readInvoice(trx, id), redemption };
}

export interface InvoicedLine {
  readonly redemption: SettledRedemption;
  readonly line: DealLine;
  readonly partnerId: string;
  readonly details: PartnerDetails;
}

/** A new invoice over what still counts of a redeemed deal, in the transaction that holds its redemption. */
export async function issueInvoice(
  invoicing: PartnerInvoicing,
  trx: Transaction,
  invoiced: InvoicedLine,
  settlement: PartnerSettlement,
  actor: string,
  moment: Moment,
): Promise<PartnerInvoice> {
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
    runJobId: invoicing.runJobId ?? null,
    actor,
    now: moment.now,
  });
  const invoice = await readInvoice(trx, id);
  await post(trx, invoice, number, postingsOfPartnerInvoice(settlement), moment.today, null, actor, moment);
  await audit(
    trx,
    'partner_invoice.issue',
    id,
    { number, owed: settlement.owed, difference: settlement.difference },
    actor,
    moment,
  );
  await mail(invoicing, trx, invoice, moment);
  return invoice;
}

/** Takes an invoice back by a counter-invoice of its own number. */
export async function cancelInvoice(
  invoicing: PartnerInvoicing,
  trx: Transaction,
  invoice: PartnerInvoice,
  reason: string | null,
  actor: string,
  moment: Moment,
): Promise<void> {
  if (!(await endInvoice(trx, invoice.id))) throw new Error('an invoice was taken back twice');
  const {
    redeemed,
    owed,
    difference,
    differenceRole,
    partnerId,
    redemptionId,
    voucherId,
    bookingNumber,
    currency,
    document,
  } = invoice;
  const number = await nextNumber(trx, 'cancellation', yearOf(moment.today), {
    now: moment.now,
    subject: `partner_invoice:${invoice.id}`,
  });
  const amounts = { redeemed, owed, difference, differenceRole };
  const about = { partnerId, redemptionId, voucherId, bookingNumber, currency, document };
  const id = await insertInvoice(trx, {
    number,
    state: 'cancellation',
    cancelsId: invoice.id,
    lineId: null,
    ...about,
    ...amounts,
    issuedOn: moment.today,
    dueOn: moment.today,
    reason,
    runJobId: invoicing.runJobId ?? null,
    actor,
    now: moment.now,
  });
  const cancellation = await readInvoice(trx, id);
  const settlement: PartnerSettlement = { owed, difference, differenceRole };
  await post(trx, invoice, number, postingsOfPartnerCancellation(settlement), moment.today, reason, actor, moment);
  await audit(trx, 'partner_invoice.cancel', invoice.id, { number, owed, reason }, actor, moment);
  await mail(invoicing, trx, cancellation, moment);
}

async function post(
  trx: Transaction,
  invoice: PartnerInvoice,
  documentNumber: string,
  postings: readonly Posting[],
  postedOn: string,
  reason: string | null,
  actor: string,
  moment: Moment,
): Promise<void> {
  const { record, rules } = await lockedVoucher(trx, invoice.voucherId, moment);
  const redemption = { id: invoice.redemptionId, bookingNumber: invoice.bookingNumber };
  await moveValue(
    { trx, actor, moment },
    { voucher: record, currency: rules.currency, change: 0, postings, postedOn, reason, redemption, documentNumber },
  );
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
  return {
    sender: companyName === '' ? shop.companyName : companyName,
    senderAddress: companyAddress === '' ? shop.companyAddress : companyAddress,
    bank: { accountHolder: shop.accountHolder, iban: shop.iban, bic: shop.bic },
    partner: partner.name,
    partnerAddress: details.invoiceAddress,
    partnerEmail: details.invoiceEmail,
    text: details.invoiceText,
    voucherNumber: line.voucherNumber ?? `V-${line.voucherId}`,
    voucherTitle: rules.title,
    codeEnd: codeEnd(code),
    departure: redemption.departure,
    redeemedOn: dayOf(redemption.redeemedAt, timeZone),
  };
}

/** The invoice goes out by itself where the partner has an address for invoices, once. */
async function mail(
  { mails, runJobId }: PartnerInvoicing,
  trx: Transaction,
  invoice: PartnerInvoice,
  moment: Moment,
): Promise<void> {
  const { document, number, currency, owed, dueOn } = invoice;
  if (document.partnerEmail === '' || runJobId !== undefined) return;
  const values = {
    partnerName: document.partner,
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

async function audit(
  trx: Transaction,
  action: string,
  id: string,
  changes: object,
  actor: string,
  moment: Moment,
): Promise<void> {
  await writeAudit(trx, [{ recordedAt: moment.now, actor, action, entity: 'partner_invoice', entityId: id, changes }]);
}

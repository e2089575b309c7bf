import type { Act, Author } from '../../../platform/data/act.ts';
import { inTransaction, writeTogether, type Database } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { decideRefund, setOffRefund } from '../../accounting/refunds/refund-service.ts';
import { readEntry } from '../../catalogue/catalogue-service.ts';
import { auditInvoice, invoiceByNumber, lockedInvoice } from '../invoices/partner-invoice-service.ts';
import { findLiveInvoice, payInvoice, type PartnerInvoice } from '../invoices/partner-invoice-store.ts';
import { findLiveClearing } from './partner-clearing-store.ts';
import { creditsOfLines, NO_CREDITS, setOffInvoice } from './partner-credit-store.ts';
import { ledgerByLine } from './partner-report-store.ts';
import type { SettledLine } from './settled-line-service.ts';

/**
 * What a partner paid for a deal and no longer owes, because its booking was given back, is owed back to the partner: a
 * task of its own, once. An invoice about the rest is paid by what was paid before.
 */
export async function creditOverpaid(act: Act, { redemption, line }: SettledLine): Promise<void> {
  const { trx, moment } = act;
  const { partnerId } = line;
  if (partnerId === null) return;
  const { paid: posted } = (await ledgerByLine(trx, [line.id])).get(line.id) ?? { paid: 0 };
  const { credited, received } = (await creditsOfLines(trx, [line.id])).get(line.id) ?? NO_CREDITS;
  const paid = posted + received - credited;
  if (paid <= 0) return;
  const invoice = await findLiveInvoice(trx, line.id);
  const owed = invoice?.owed ?? (await findLiveClearing(trx, line.id))?.owed ?? 0;
  if (invoice?.state === 'open' && paid >= owed) {
    await payInvoice(trx, invoice.id, moment.today, redemption.bookingNumber);
    await auditInvoice(act, 'partner_invoice.pay', invoice.id, { cents: owed, paidOn: moment.today });
  }
  if (paid <= owed) return;
  const { writes } = await decideRefund(act, {
    ...{ origin: 'partner', way: 'transfer', iban: '', providerReference: '' },
    payee: (await readEntry(trx, 'partner', partnerId)).name,
    cents: paid - owed,
    currency: redemption.currency,
    voucher: { id: line.voucherId, number: line.voucherNumber },
    order: null,
    partnerId,
    lineId: line.id,
    reason: redemption.bookingNumber,
    brand: null,
    openItem: null,
  });
  await writeTogether(trx, writes);
}

/** A partner's credit pays a part of an open invoice of theirs, or all of it: no money moves, and the books stay as they are. */
export async function setOffCredit(
  database: Database,
  author: Author,
  refundId: string,
  invoiceNumber: string,
): Promise<PartnerInvoice> {
  const { moment } = author;
  return inTransaction(database, async (trx) => {
    const act: Act = { trx, ...author };
    const found = await invoiceByNumber(trx, invoiceNumber);
    if (found === null) throw ruleBroken('unknown_invoice');
    const { invoice } = await lockedInvoice(trx, found.id);
    const refund = await setOffRefund(act, refundId, invoice.number);
    if (invoice.partnerId !== refund.partnerId || invoice.currency !== refund.currency)
      throw ruleBroken('invoice_of_another');
    if (!(await setOffInvoice(trx, invoice.id, refund.cents))) throw ruleBroken('credit_larger');
    if (invoice.setOff + refund.cents === invoice.owed) await payInvoice(trx, invoice.id, moment.today, refund.number);
    await auditInvoice(act, 'partner_invoice.set_off', invoice.id, { cents: refund.cents, refund: refund.number });
    return invoice;
  });
}

function ruleBroken(code: string): Error {
  const text = `partner_settlements:refusal.${code}`;
  return appError('rule_broken', { fields: [{ path: 'invoiceNumber', code, text }] });
}

import { requireToldDay } from '../../staff/people/told-day-service.ts';
import { postingsOfPartnerPayment } from '../../../core/books/partner-settlement.ts';
import type { Posting } from '../../../core/books/postings.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database, type Transaction } from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { MailRoom } from '../../documents/mail/mail-service.ts';
import { lockedVoucher } from '../../vouchers/record/voucher-service.ts';
import { moveValue } from '../../vouchers/record/voucher-value-service.ts';
import { lockSettledRedemption, type SettledRedemption } from '../settlement/settled-redemption-store.ts';
import {
  findCancellationOf,
  findInvoice,
  findInvoiceByNumber,
  findInvoicesOfRun,
  listInvoices,
  payInvoice,
  type PartnerInvoice,
  type PartnerInvoiceFilter,
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

export interface InvoicePayment {
  readonly paidOn: string;
  readonly reference: string | null;
}

/** The partner paid; false: it was paid before, and nothing is booked again. */
export async function payPartnerInvoice(
  database: Database,
  author: Author,
  id: string,
  payment: InvoicePayment,
): Promise<boolean> {
  return inTransaction(database, async (trx) => {
    const { invoice } = await lockedInvoice(trx, id);
    if (invoice.state === 'paid') return false;
    if (invoice.state !== 'open') throw appError('conflict');
    await payLockedInvoice({ ...author, trx }, invoice, payment);
    return true;
  });
}

/** The same inside of a larger use case, under the lock of the redemption. */
export async function payLockedInvoice(act: Act, invoice: PartnerInvoice, payment: InvoicePayment): Promise<void> {
  const { paidOn, reference } = payment;
  await requireToldDay(act, paidOn, 'paidOn');
  if (!(await payInvoice(act.trx, invoice.id, paidOn, reference))) throw appError('conflict');
  const cents = invoice.owed - invoice.setOff;
  await postInvoice(act, invoice, postingsOfPartnerPayment(cents), {
    on: paidOn,
    reason: reference,
    documentNumber: invoice.number,
  });
  await auditInvoice(act, 'partner_invoice.pay', invoice.id, { ...payment, cents });
}

export async function readInvoice(connection: Connection, id: string): Promise<PartnerInvoice> {
  const invoice = await findInvoice(connection, id);
  if (invoice === null) throw appError('not_found');
  return invoice;
}

export function invoiceByNumber(connection: Connection, number: string): Promise<PartnerInvoice | null> {
  return findInvoiceByNumber(connection, number);
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

/** What an invoice, its counter-invoice or its payment writes into the books. */
export async function postInvoice(
  act: Act,
  invoice: PartnerInvoice,
  postings: readonly Posting[],
  {
    on,
    reason,
    documentNumber,
  }: { readonly on: string; readonly reason: string | null; readonly documentNumber: string },
): Promise<void> {
  const { record, rules } = await lockedVoucher(act.trx, invoice.voucherId, act.moment);
  const redemption = { id: invoice.redemptionId, bookingNumber: invoice.bookingNumber };
  await moveValue(act, {
    voucher: record,
    currency: rules.currency,
    change: 0,
    postings,
    postedOn: on,
    reason,
    redemption,
    documentNumber,
  });
}

export async function auditInvoice(
  { trx, actor, moment }: Act,
  action: string,
  id: string,
  changes: object,
): Promise<void> {
  await writeAudit(trx, [{ recordedAt: moment.now, actor, action, entity: 'partner_invoice', entityId: id, changes }]);
}

import type { Knex } from 'knex';
import type { Supply } from '../../../core/books/invoicing/e-invoice.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';

export const PARTNER_INVOICE_STATES = ['open', 'paid', 'cancelled', 'cancellation'] as const;
export type PartnerInvoiceState = (typeof PARTNER_INVOICE_STATES)[number];

/** What is printed, kept as it was on the day of issue. */
export interface InvoiceDocument {
  readonly sender: string;
  readonly senderAddress: string;
  readonly bank: { readonly accountHolder: string; readonly iban: string; readonly bic: string };
  readonly partner: string;
  readonly partnerAddress: string;
  readonly partnerEmail: string;
  /** The partner's own words on every invoice, such as a contract or an order number. */
  readonly text: string;
  readonly voucherNumber: string;
  readonly voucherTitle: string;
  /** The end of the code, by which the partner finds it. */
  readonly codeEnd: string;
  readonly departure: string | null;
  readonly redeemedOn: string;
  /** null: no supply, so it is no invoice; missing: issued before this was asked, when every document was called one. */
  readonly supply?: Supply | null;
}

export interface NewPartnerInvoice {
  readonly number: string;
  readonly state: 'open' | 'cancellation';
  readonly cancelsId: string | null;
  readonly partnerId: string;
  readonly redemptionId: string;
  readonly voucherId: string;
  /** null: a counter-invoice. */
  readonly lineId: string | null;
  readonly bookingNumber: string;
  readonly currency: string;
  readonly redeemed: number;
  readonly owed: number;
  readonly difference: number;
  readonly differenceRole: 'COMMISSION' | 'RABATT';
  readonly issuedOn: string;
  readonly dueOn: string;
  readonly reason: string | null;
  readonly document: InvoiceDocument;
  /** The job of the settlement run that made it; null: made by itself or by hand. */
  readonly runJobId: string | null;
  readonly actor: string;
  readonly now: number;
}

export interface PartnerInvoice extends Omit<NewPartnerInvoice, 'state' | 'lineId' | 'now'> {
  readonly id: string;
  /** Of it paid by credits of other deals. */
  readonly setOff: number;
  readonly state: PartnerInvoiceState;
  readonly liveLineId: string | null;
  readonly paidOn: string | null;
  readonly paymentReference: string | null;
  readonly createdAt: number;
}

export async function insertInvoice(trx: Knex.Transaction, invoice: NewPartnerInvoice): Promise<string> {
  const [id] = await trx('partner_invoices').insert({
    number: invoice.number,
    state: invoice.state,
    cancels_id: invoice.cancelsId,
    partner_kind: 'partner',
    partner_id: invoice.partnerId,
    redemption_id: invoice.redemptionId,
    voucher_id: invoice.voucherId,
    live_line_id: invoice.lineId,
    booking_number: invoice.bookingNumber,
    currency: invoice.currency,
    redeemed: invoice.redeemed,
    owed: invoice.owed,
    difference: invoice.difference,
    difference_role: invoice.differenceRole,
    issued_on: invoice.issuedOn,
    due_on: invoice.dueOn,
    reason: invoice.reason,
    document: JSON.stringify(invoice.document),
    run_job_id: invoice.runJobId,
    actor: invoice.actor,
    created_at: invoice.now,
  });
  return String(id);
}

export async function findInvoice(knex: Knex, id: string): Promise<PartnerInvoice | null> {
  const row = await knex('partner_invoices').where({ id }).first<InvoiceRow | undefined>();
  return row === undefined ? null : toInvoice(row);
}

export async function findInvoiceByNumber(knex: Knex, number: string): Promise<PartnerInvoice | null> {
  const row = await knex('partner_invoices').where({ number }).first<InvoiceRow | undefined>();
  return row === undefined ? null : toInvoice(row);
}

/** The invoice that holds for a redeemed line. */
export async function findLiveInvoice(knex: Knex, lineId: string): Promise<PartnerInvoice | null> {
  const row = await knex('partner_invoices').where({ live_line_id: lineId }).first<InvoiceRow | undefined>();
  return row === undefined ? null : toInvoice(row);
}

/** The counter-invoice of an invoice. */
export async function findCancellationOf(knex: Knex, id: string): Promise<PartnerInvoice | null> {
  const row = await knex('partner_invoices').where({ cancels_id: id }).first<InvoiceRow | undefined>();
  return row === undefined ? null : toInvoice(row);
}

/** False: it holds no more. */
export async function endInvoice(trx: Knex.Transaction, id: string): Promise<boolean> {
  const ended: number = await trx('partner_invoices')
    .where({ id })
    .whereNotNull('live_line_id')
    .update({ state: 'cancelled', live_line_id: null });
  return ended === 1;
}

/** False: it is paid already, or holds no more. */
export async function payInvoice(
  trx: Knex.Transaction,
  id: string,
  paidOn: string,
  reference: string | null,
): Promise<boolean> {
  const paid: number = await trx('partner_invoices')
    .where({ id, state: 'open' })
    .update({ state: 'paid', paid_on: paidOn, payment_reference: reference });
  return paid === 1;
}

export interface PartnerInvoiceFilter {
  readonly state: PartnerInvoiceState | null;
  readonly partnerId: string | null;
  readonly voucherId: string | null;
  readonly redemptionId: string | null;
  /** A whole number of an invoice or of a booking. */
  readonly number: string;
  /** The job of a settlement run. */
  readonly runJobId: string | null;
  readonly beforeId: string | null;
  readonly limit: number;
}

/** The newest first. */
export async function listInvoices(knex: Knex, filter: PartnerInvoiceFilter): Promise<PartnerInvoice[]> {
  const query = knex('partner_invoices').orderBy('id', 'desc').limit(filter.limit);
  if (filter.state !== null) void query.where('state', filter.state);
  if (filter.partnerId !== null) void query.where({ partner_kind: 'partner', partner_id: filter.partnerId });
  if (filter.voucherId !== null) void query.where('voucher_id', filter.voucherId);
  if (filter.redemptionId !== null) void query.where('redemption_id', filter.redemptionId);
  if (filter.runJobId !== null) void query.where('run_job_id', filter.runJobId);
  if (filter.number !== '') {
    const { number } = filter;
    void query.where((either) => void either.where('number', number.toUpperCase()).orWhere('booking_number', number));
  }
  if (filter.beforeId !== null) void query.where('id', '<', filter.beforeId);
  return (await query.select<InvoiceRow[]>()).map(toInvoice);
}

/** The documents of a settlement run in the order they were made. */
export async function findInvoicesOfRun(knex: Knex, runJobId: string, limit: number): Promise<PartnerInvoice[]> {
  return (
    await knex('partner_invoices').where({ run_job_id: runJobId }).orderBy('id').limit(limit).select<InvoiceRow[]>()
  ).map(toInvoice);
}

interface InvoiceRow {
  readonly id: number | string;
  readonly number: string;
  readonly state: PartnerInvoiceState;
  readonly cancels_id: number | string | null;
  readonly partner_id: string;
  readonly redemption_id: number | string;
  readonly voucher_id: number | string;
  readonly live_line_id: number | string | null;
  readonly booking_number: string;
  readonly currency: string;
  readonly redeemed: number | string;
  readonly owed: number | string;
  readonly set_off: number | string;
  readonly difference: number | string;
  readonly difference_role: 'COMMISSION' | 'RABATT';
  readonly issued_on: string;
  readonly due_on: string;
  readonly paid_on: string | null;
  readonly payment_reference: string | null;
  readonly reason: string | null;
  readonly document: string;
  readonly run_job_id: number | string | null;
  readonly actor: string;
  readonly created_at: number | string;
}

function toInvoice(row: InvoiceRow): PartnerInvoice {
  return {
    id: String(row.id),
    number: row.number,
    state: row.state,
    cancelsId: row.cancels_id === null ? null : String(row.cancels_id),
    partnerId: row.partner_id,
    redemptionId: String(row.redemption_id),
    voucherId: String(row.voucher_id),
    liveLineId: row.live_line_id === null ? null : String(row.live_line_id),
    bookingNumber: row.booking_number,
    currency: row.currency,
    redeemed: toSafeInteger(row.redeemed),
    owed: toSafeInteger(row.owed),
    setOff: toSafeInteger(row.set_off),
    difference: toSafeInteger(row.difference),
    differenceRole: row.difference_role,
    issuedOn: row.issued_on,
    dueOn: row.due_on,
    paidOn: row.paid_on,
    paymentReference: row.payment_reference,
    reason: row.reason,
    document: parseJson<InvoiceDocument>(row.document),
    runJobId: row.run_job_id === null ? null : String(row.run_job_id),
    actor: row.actor,
    createdAt: toSafeInteger(row.created_at),
  };
}

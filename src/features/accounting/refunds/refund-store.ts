import type { Knex } from 'knex';
import type { RefundWay } from '../../../core/sale/refund.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';

/** `ordered`: in a file for the bank that was not taken back. */
export const REFUND_STATES = ['open', 'ordered', 'paid', 'set_off', 'withdrawn'] as const;
export type RefundState = (typeof REFUND_STATES)[number];

/** `order_money`: money that came for an order and stands on no voucher. */
export const REFUND_ORIGINS = ['voucher', 'order', 'order_money', 'partner'] as const;
export type RefundOrigin = (typeof REFUND_ORIGINS)[number];

/** To whom and how it is to be paid. */
export interface RefundTarget {
  readonly way: RefundWay;
  /** Empty: not known yet. */
  readonly payee: string;
  /** Without spaces; empty: not known yet. */
  readonly iban: string;
  /** The provider's own id of the payment that goes back; empty: not known. */
  readonly providerReference: string;
}

export interface NewRefund extends RefundTarget {
  readonly number: string;
  readonly origin: RefundOrigin;
  readonly cents: number;
  readonly currency: string;
  readonly voucher: { readonly id: string; readonly number: string | null } | null;
  readonly order: { readonly id: string; readonly number: string } | null;
  readonly partnerId: string | null;
  /** Of a partner's credit: the redeemed deal. */
  readonly lineId: string | null;
  readonly reason: string;
  readonly decidedOn: string;
  readonly decidedAt: number;
  readonly decidedBy: string;
  /** null: decided before open items were named. */
  readonly openItemId: string | null;
}

export interface Refund extends NewRefund {
  readonly id: string;
  readonly state: RefundState;
  readonly fileId: string | null;
  readonly fileNumber: string | null;
  /** The invoice it was set off against. */
  readonly setOffNumber: string | null;
  readonly paidOn: string | null;
  readonly paidAt: number | null;
  readonly paidBy: string | null;
  readonly paymentReference: string | null;
}

/** A statement, to be written together with what is posted of it. */
export function refundInsert(trx: Knex.Transaction, refund: NewRefund): Knex.QueryBuilder {
  return trx('refunds').insert({
    number: refund.number,
    state: 'open',
    origin: refund.origin,
    way: refund.way,
    cents: refund.cents,
    currency: refund.currency,
    voucher_id: refund.voucher?.id ?? null,
    voucher_number: refund.voucher?.number ?? null,
    order_id: refund.order?.id ?? null,
    order_number: refund.order?.number ?? null,
    partner_id: refund.partnerId,
    line_id: refund.lineId,
    payee: refund.payee,
    iban: refund.iban,
    provider_reference: refund.providerReference,
    reason: refund.reason,
    decided_on: refund.decidedOn,
    decided_at: refund.decidedAt,
    decided_by: refund.decidedBy,
    open_item_id: refund.openItemId,
  });
}

/** More of the same decision. */
export function refundIncrease(trx: Knex.Transaction, number: string, cents: number): Knex.QueryBuilder {
  return trx('refunds').where({ number }).increment('cents', cents);
}

export async function updateRefund(
  trx: Knex.Transaction,
  id: string,
  columns: Readonly<Record<string, unknown>>,
): Promise<void> {
  await trx('refunds').where({ id }).update(columns);
}

/** `locked`: until the transaction ends. */
export async function findRefund(knex: Knex, id: string, lock: 'free' | 'locked' = 'free'): Promise<Refund | null> {
  const query = selectRefunds(knex).where('r.id', id);
  if (lock === 'locked') void query.forUpdate();
  const row = (await query.first()) as RefundRow | undefined;
  return row === undefined ? null : toRefund(row);
}

/** The refunds with these ids, locked by ascending id. */
export async function lockRefunds(trx: Knex.Transaction, ids: readonly string[]): Promise<Refund[]> {
  const rows = (await selectRefunds(trx)
    .whereIn('r.id', [...ids])
    .orderBy('r.id')
    .forUpdate()) as RefundRow[];
  return rows.map(toRefund);
}

/** Open and ordered ones of an order, oldest first. */
export async function findUnpaidRefundsOfOrder(knex: Knex, orderId: string): Promise<Refund[]> {
  const rows = (await selectRefunds(knex)
    .where('r.order_id', orderId)
    .whereIn('r.state', ['open', 'ordered'])
    .orderBy('r.id')) as RefundRow[];
  return rows.map(toRefund);
}

/** What is owed back to a partner and neither paid nor set off; oldest first. */
export async function findOpenCredits(knex: Knex, partnerId: string, limit: number): Promise<Refund[]> {
  const open = { 'r.partner_id': partnerId, 'r.origin': 'partner', 'r.state': 'open' };
  return ((await selectRefunds(knex).where(open).orderBy('r.id').limit(limit)) as RefundRow[]).map(toRefund);
}

export async function findRefundsOf(
  knex: Knex,
  owner: { readonly voucherId: string } | { readonly orderId: string },
  limit: number,
): Promise<Refund[]> {
  const [column, id] = 'voucherId' in owner ? ['r.voucher_id', owner.voucherId] : ['r.order_id', owner.orderId];
  return ((await selectRefunds(knex).where(column, id).orderBy('r.id').limit(limit)) as RefundRow[]).map(toRefund);
}

/** Decided and not yet paid, counted up to `limit`. */
export async function countUnpaidRefunds(knex: Knex, limit: number): Promise<number> {
  return (await knex('refunds').whereIn('state', ['open', 'ordered']).limit(limit).pluck('id')).length;
}

/** Paid back by transfer under this number, such as a bank names it in its statement. */
export async function findRefundByNumber(knex: Knex, number: string): Promise<Refund | null> {
  const row = (await selectRefunds(knex).where('r.number', number).first()) as RefundRow | undefined;
  return row === undefined ? null : toRefund(row);
}

/** Refunds (`r`) with their file (`f`). */
export function selectRefunds(knex: Knex): Knex.QueryBuilder {
  return knex('refunds as r')
    .leftJoin('refund_files as f', 'f.id', 'r.file_id')
    .select('r.*', 'f.number as file_number');
}

export interface RefundRow {
  readonly id: number | string;
  readonly number: string;
  readonly state: RefundState;
  readonly origin: RefundOrigin;
  readonly way: RefundWay;
  readonly cents: number | string;
  readonly currency: string;
  readonly open_item_id: number | string | null;
  readonly voucher_id: number | string | null;
  readonly voucher_number: string | null;
  readonly order_id: number | string | null;
  readonly order_number: string | null;
  readonly partner_id: string | null;
  readonly line_id: number | string | null;
  readonly set_off_number: string | null;
  readonly payee: string;
  readonly iban: string;
  readonly provider_reference: string;
  readonly reason: string;
  readonly decided_on: string;
  readonly decided_at: number | string;
  readonly decided_by: string;
  readonly file_id: number | string | null;
  readonly file_number: string | null;
  readonly paid_on: string | null;
  readonly paid_at: number | string | null;
  readonly paid_by: string | null;
  readonly payment_reference: string | null;
}

export function toRefund(row: RefundRow): Refund {
  return {
    id: String(row.id),
    number: row.number,
    state: row.state,
    origin: row.origin,
    way: row.way,
    cents: toSafeInteger(row.cents),
    currency: row.currency,
    openItemId: row.open_item_id === null ? null : String(row.open_item_id),
    voucher: row.voucher_id === null ? null : { id: String(row.voucher_id), number: row.voucher_number },
    order: row.order_id === null ? null : { id: String(row.order_id), number: row.order_number ?? '' },
    partnerId: row.partner_id,
    lineId: row.line_id === null ? null : String(row.line_id),
    setOffNumber: row.set_off_number,
    payee: row.payee,
    iban: row.iban,
    providerReference: row.provider_reference,
    reason: row.reason,
    decidedOn: row.decided_on,
    decidedAt: toSafeInteger(row.decided_at),
    decidedBy: row.decided_by,
    fileId: row.file_id === null ? null : String(row.file_id),
    fileNumber: row.file_number,
    paidOn: row.paid_on,
    paidAt: row.paid_at === null ? null : toSafeInteger(row.paid_at),
    paidBy: row.paid_by,
    paymentReference: row.payment_reference,
  };
}

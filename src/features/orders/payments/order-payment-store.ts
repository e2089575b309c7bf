import type { Knex } from 'knex';
import type { OrderMethod } from '../../../core/books/order-postings.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { selectOrders, toOrder, type Order, type OrderRow } from '../record/order-store.ts';

/** What the books need of a payment. */
export interface PaymentLeg {
  readonly cents: number;
  readonly method: OrderMethod;
  readonly paidOn: string;
}

export interface OrderPayment extends PaymentLeg {
  readonly id: string;
  readonly sourceKey: string;
  readonly reference: string | null;
  readonly recordedAt: number;
  /** false: it was kept before part payments were posted, and no book follows it yet. */
  readonly isPosted: boolean;
}

export function paymentInsert(
  trx: Knex.Transaction,
  orderId: string,
  payment: Omit<OrderPayment, 'id' | 'isPosted'> & { readonly actor: string },
): Knex.QueryBuilder {
  return trx('order_payments').insert({
    order_id: orderId,
    cents: payment.cents,
    method: payment.method,
    paid_on: payment.paidOn,
    source_key: payment.sourceKey,
    reference: payment.reference,
    actor: payment.actor,
    recorded_at: payment.recordedAt,
  });
}

export async function findPayments(knex: Knex, orderId: string): Promise<OrderPayment[]> {
  const rows = await knex('order_payments').where({ order_id: orderId }).orderBy('id').select<PaymentRow[]>();
  return rows.map(toPayment);
}

/** Money of an order that no book follows yet, in the order in which it came. */
export async function findWaitingPayments(knex: Knex, orderId: string): Promise<OrderPayment[]> {
  const rows = await knex('order_payments')
    .where({ order_id: orderId, is_posted: false })
    .orderBy('id')
    .select<PaymentRow[]>();
  return rows.map(toPayment);
}

export async function markPaymentsPosted(trx: Knex.Transaction, orderId: string): Promise<void> {
  await trx('order_payments').where({ order_id: orderId, is_posted: false }).update({ is_posted: true });
}

/** What came in for an order, and the order that a payment of this key was booked for; null: it is a new one. */
export async function findPaymentsAndKey(
  knex: Knex,
  orderId: string,
  sourceKey: string,
): Promise<{ readonly payments: readonly OrderPayment[]; readonly bookedFor: string | null }> {
  // Two looks into two indexes: an OR of them would read the whole table where it seems small.
  const rows = await knex('order_payments')
    .where({ order_id: orderId })
    .select<PaymentRow[]>()
    .unionAll(knex('order_payments').where({ source_key: sourceKey }).whereNot({ order_id: orderId }).select());
  const same = rows.find((row) => row.source_key === sourceKey);
  return {
    payments: rows
      .filter((row) => String(row.order_id) === orderId)
      .sort((a, b) => Number(a.id) - Number(b.id))
      .map(toPayment),
    bookedFor: same === undefined ? null : String(same.order_id),
  };
}

/** An order under its lock, and whether any of its money was ever taken back. */
export interface PayableOrder {
  readonly order: Order;
  readonly isDisputed: boolean;
}

/**
 * Locks the row and reads it, in one statement; null: there is no such order. Only for who writes the row afterwards,
 * because a cluster knows of a lock by what was written.
 */
export async function lockPayableOrder(trx: Knex.Transaction, id: string): Promise<PayableOrder | null> {
  const row = await selectOrders(trx)
    .leftJoin('order_disputes as d', 'd.order_id', 'o.id')
    .where('o.id', id)
    .forUpdate()
    .first<(OrderRow & { readonly disputed_id: number | string | null }) | undefined>('d.order_id as disputed_id');
  return row === undefined ? null : { order: toOrder(row), isDisputed: row.disputed_id !== null };
}

function toPayment(row: PaymentRow): OrderPayment {
  return {
    id: String(row.id),
    cents: toSafeInteger(row.cents),
    method: row.method,
    paidOn: row.paid_on,
    sourceKey: row.source_key,
    reference: row.reference,
    recordedAt: toSafeInteger(row.recorded_at),
    isPosted: Boolean(row.is_posted),
  };
}

interface PaymentRow {
  readonly id: number | string;
  readonly order_id: number | string;
  readonly cents: number | string;
  readonly method: OrderMethod;
  readonly paid_on: string;
  readonly source_key: string;
  readonly reference: string | null;
  readonly recorded_at: number | string;
  readonly is_posted: number | boolean;
}

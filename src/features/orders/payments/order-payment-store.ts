import type { Knex } from 'knex';
import type { PaymentMethod } from '../../../core/books/postings.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';

export interface OrderPayment {
  readonly id: string;
  readonly cents: number;
  readonly method: PaymentMethod;
  readonly paidOn: string;
  readonly sourceKey: string;
  readonly reference: string | null;
  readonly recordedAt: number;
}

export function paymentInsert(
  trx: Knex.Transaction,
  orderId: string,
  payment: Omit<OrderPayment, 'id'> & { readonly actor: string },
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

export async function findPaymentOrder(knex: Knex, sourceKey: string): Promise<string | null> {
  const row = await knex('order_payments')
    .where({ source_key: sourceKey })
    .first<{ order_id: number | string } | undefined>('order_id');
  return row === undefined ? null : String(row.order_id);
}

export async function findPayments(knex: Knex, orderId: string): Promise<OrderPayment[]> {
  const rows = await knex('order_payments').where({ order_id: orderId }).orderBy('id').select<PaymentRow[]>();
  return rows.map((row) => ({
    id: String(row.id),
    cents: toSafeInteger(row.cents),
    method: row.method,
    paidOn: row.paid_on,
    sourceKey: row.source_key,
    reference: row.reference,
    recordedAt: toSafeInteger(row.recorded_at),
  }));
}

interface PaymentRow {
  readonly id: number | string;
  readonly cents: number | string;
  readonly method: PaymentMethod;
  readonly paid_on: string;
  readonly source_key: string;
  readonly reference: string | null;
  readonly recorded_at: number | string;
}

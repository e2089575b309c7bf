import type { Knex } from 'knex';
import type { Order } from './order-store.ts';

export interface OrderMail {
  readonly event: 'order_placed' | 'order_agency' | 'order_paid' | 'order_fulfilled' | 'order_cancelled' | 'order_refunded' | 'voucher_gift';
  readonly order: Order;
  readonly to: string;
  readonly values: Readonly<Record<string, string>>;
  readonly voucherIds: readonly string[];
  readonly deliverOn: string | null;
}

export async function insertOrderMail(trx: Knex.Transaction, mail: OrderMail, now: number): Promise<void> {
  const { event, order, to, values, voucherIds, deliverOn } = mail;
  await trx('outbox').insert({ event, payload: JSON.stringify({ to, orderId: order.id, locale: order.locale, values, voucherIds, deliverOn }), created_at: now });
}

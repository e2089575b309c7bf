import type { Knex } from 'knex';
import { emitSignal } from '../../../platform/data/signals.ts';
import { outboxInsertOf, type OutboxRequest } from '../../../platform/data/outbox.ts';
import type { Order } from './order-store.ts';
import type { MailEvent } from '../../../core/sale/placeholders.ts';

/** Taken from here by the mail room, which makes a mail of it and empties the row. */
export interface OrderMail {
  readonly event: MailEvent;
  readonly order: Order;
  readonly to: string;
  readonly values: Readonly<Record<string, string>>;
  readonly voucherIds: readonly string[];
  readonly deliverOn: string | null;
}

export async function insertOrderMail(trx: Knex.Transaction, mail: OrderMail, now: number): Promise<void> {
  for (const insert of orderMailInserts(trx, [mail], now)) await insert;
}

/** The same as statements, to be written together with others: one for all mails, or none. */
export function orderMailInserts(trx: Knex.Transaction, mails: readonly OrderMail[], now: number): Knex.QueryBuilder[] {
  if (mails.length === 0) return [];
  emitSignal(trx, 'mail_queued');
  return [outboxInsertOf(trx, mails.map(toRequest), now)];
}

function toRequest({ event, order, to, values, voucherIds, deliverOn }: OrderMail): OutboxRequest {
  const toName = event === 'order_agency' ? null : event === 'voucher_gift' ? order.recipientName : order.buyerName;
  const { brand, locale } = order;
  return { event, payload: { to, toName, brand, orderId: order.id, locale, values, voucherIds, deliverOn } };
}

import type { Knex } from 'knex';
import { emitSignal } from '../../../platform/data/signals.ts';
import { writeOutbox } from '../../../platform/data/outbox.ts';
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
  const { event, order, to, values, voucherIds, deliverOn } = mail;
  await writeOutbox(
    trx,
    event,
    {
      to,
      toName: event === 'order_agency' ? null : event === 'voucher_gift' ? order.recipientName : order.buyerName,
      brand: order.brand,
      orderId: order.id,
      locale: order.locale,
      values,
      voucherIds,
      deliverOn,
    },
    now,
  );
  emitSignal(trx, 'mail_queued');
}

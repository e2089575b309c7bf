import type { Knex } from 'knex';
import type { Locale } from '../../../platform/html/i18n.ts';

export interface Holder {
  readonly email: string;
  readonly name: string | null;
  readonly locale: Locale;
}

/** Whom the first of these vouchers that came with an order was sent to: its recipient, else its buyer; null: no order, or no address any more. */
export async function findHolder(knex: Knex, voucherIds: readonly string[]): Promise<Holder | null> {
  const row = await knex('order_vouchers as v')
    .join('orders as o', 'o.id', 'v.order_id')
    .join('order_people as p', 'p.order_id', 'o.id')
    .whereIn('v.voucher_id', [...voucherIds])
    .orderBy('v.voucher_id')
    .first<HolderRow | undefined>(
      'o.delivery',
      'o.locale',
      'p.buyer_name',
      'p.buyer_email',
      'p.recipient_name',
      'p.recipient_email',
    );
  if (row === undefined) return null;
  if (row.delivery === 'recipient' && row.recipient_email !== null)
    return { email: row.recipient_email, name: row.recipient_name, locale: row.locale };
  return row.buyer_email === null ? null : { email: row.buyer_email, name: row.buyer_name, locale: row.locale };
}

interface HolderRow {
  readonly delivery: string;
  readonly locale: Locale;
  readonly buyer_name: string | null;
  readonly buyer_email: string | null;
  readonly recipient_name: string | null;
  readonly recipient_email: string | null;
}

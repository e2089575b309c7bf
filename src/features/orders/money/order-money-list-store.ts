import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { selectOrders, toOrder, type Order, type OrderRow } from '../record/order-store.ts';

export interface OrderWithBalance {
  readonly order: Order;
  /** Cents of the buyer's money on no voucher; below 0: what the buyer owes. */
  readonly balance: number;
  /** Of it decided to be paid back. */
  readonly refunding: number;
}

/** Orders whose money waits on no voucher, or whose buyers owe some back; the newest first. */
export async function listOrderBalances(
  knex: Knex,
  page: { readonly kind: 'money' | 'claims'; readonly beforeId: string | null; readonly limit: number },
): Promise<OrderWithBalance[]> {
  const query = selectOrders(knex)
    .join('ledger_subjects as s', (on) => void on.on('s.name', 'o.number').andOnVal('s.kind', 'order'))
    .where('s.balance', page.kind === 'money' ? '>' : '<', 0)
    .orderBy('o.id', 'desc')
    .limit(page.limit)
    .select(
      's.balance',
      knex.raw(
        "(select coalesce(sum(f.cents), 0) from refunds f where f.order_id = o.id and f.origin = 'order_money' and f.state in ('open', 'ordered')) as refunding",
      ),
    );
  if (page.beforeId !== null) void query.where('o.id', '<', page.beforeId);
  const rows = (await query) as (OrderRow & { readonly balance: unknown; readonly refunding: unknown })[];
  return rows.map((row) => ({
    order: toOrder(row),
    balance: toSafeInteger(row.balance),
    refunding: toSafeInteger(row.refunding),
  }));
}

/** Orders with money or chargebacks from before such things were posted when they happen; by id. */
export async function findOrdersWithWaitingMoney(knex: Knex, afterId: string, limit: number): Promise<string[]> {
  const rows = await knex
    .from(
      knex('order_payments')
        .where({ is_posted: false })
        .select('order_id')
        .union([knex('order_chargebacks').where({ is_posted: false }).select('order_id')])
        .as('waiting'),
    )
    .where('order_id', '>', afterId)
    .orderBy('order_id')
    .limit(limit)
    .distinct<{ order_id: number | string }[]>('order_id');
  return rows.map(({ order_id: id }) => String(id));
}

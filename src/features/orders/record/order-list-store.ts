import type { Knex } from 'knex';
import type { OrderState } from '../../../core/sale/order-lifecycle.ts';
import { selectOrders, toOrder, type Order, type OrderDelivery, type OrderRow } from './order-store.ts';

export interface OrderFilter {
  readonly state: OrderState | null;
  readonly brand: string | null;
  readonly delivery: OrderDelivery | null;
  /** Only those with more money than was asked for, or with money although they are cancelled. */
  readonly hasDifference: boolean;
  /** A number, or what the buyer's name or mail address begins with. */
  readonly q: string;
  readonly beforeId: string | null;
  readonly limit: number;
}

/** The newest first. */
export async function listOrders(knex: Knex, filter: OrderFilter): Promise<Order[]> {
  const query = selectOrders(knex)
    .modify((query) => {
      if (filter.state !== null) void query.where('o.state', filter.state);
      if (filter.brand !== null) void query.where('o.brand_id', filter.brand);
      if (filter.delivery !== null) void query.where('o.delivery', filter.delivery);
      if (filter.hasDifference)
        void query.where(
          (one) =>
            void one
              .whereRaw('o.paid > o.total')
              .orWhere((late) => void late.where('o.state', 'cancelled').where('o.paid', '>', 0)),
        );
      if (filter.beforeId !== null) void query.where('o.id', '<', filter.beforeId);
      if (filter.q !== '') {
        const start = `${filter.q.replaceAll(/[\\%_]/g, ' ')}%`;
        void query.where((one) => {
          void one
            .where('o.number', filter.q.toUpperCase())
            .orWhere('p.buyer_name', 'like', start)
            .orWhere('p.buyer_email', 'like', start);
        });
      }
    })
    .orderBy('o.id', 'desc')
    .limit(filter.limit);
  return ((await query) as OrderRow[]).map(toOrder);
}

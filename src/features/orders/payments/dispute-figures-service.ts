import { disputedOf, disputeFigures, type Disputed, type DisputeFigures } from '../../../core/books/dispute.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { moneyOfFamily, withDescendants, type FamilyMoney } from '../../vouchers/life/voucher-dispute-service.ts';
import { readOrder } from '../record/order-service.ts';
import { findOrderVouchers, type Order } from '../record/order-store.ts';
import { findChargebacks, listDisputes, type Chargeback } from './chargeback-store.ts';

/** What was told of an order's money that went back, and how much of it is missing. */
export async function chargebacksOf(
  connection: Connection,
  orderId: string,
): Promise<{ readonly items: readonly Chargeback[]; readonly disputed: Disputed }> {
  const items = await findChargebacks(connection, orderId);
  const sum = (kind: Chargeback['kind']): number =>
    items.filter((one) => one.kind === kind).reduce((total, { cents, confirmed }) => total + cents - confirmed, 0);
  return {
    items,
    disputed: disputedOf({ chargebacks: sum('chargeback'), refunds: sum('refund'), won: sum('chargeback_won') }),
  };
}

export interface DisputeView extends DisputeFigures, FamilyMoney {
  readonly disputed: number;
}

/** What the dispute of an order costs, of what stands in the books and on its vouchers now. */
export async function disputeOf(connection: Connection, orderId: string): Promise<DisputeView> {
  const { number } = await readOrder(connection, orderId);
  const { disputed } = await chargebacksOf(connection, orderId);
  const money = await moneyOfFamily(
    connection,
    await withDescendants(connection, await findOrderVouchers(connection, orderId)),
    number,
  );
  const booked = Math.min(money.charged, disputed.charged) + Math.min(money.refunded, disputed.refunded);
  return {
    ...money,
    disputed: disputed.total,
    ...disputeFigures({ disputed: disputed.total, booked, balance: money.balance, redeemed: money.redeemed }),
  };
}

/** What is missing of an order's money and not yet booked, by how it was taken. */
export async function unbookedOf(
  connection: Connection,
  order: Order,
  family: readonly string[],
): Promise<{ charged: number; refunded: number }> {
  const { disputed } = await chargebacksOf(connection, order.id);
  const booked = await moneyOfFamily(connection, family, order.number);
  return {
    charged: Math.max(0, disputed.charged - booked.charged),
    refunded: Math.max(0, disputed.refunded - booked.refunded),
  };
}

export interface DisputeListed extends DisputeView {
  readonly order: Order;
  readonly openedAt: number;
}

/** The orders about which somebody has to decide, or has decided. */
export async function disputes(
  connection: Connection,
  page: { readonly isOpen: boolean; readonly beforeId: string | null; readonly limit: number },
): Promise<DisputeListed[]> {
  const listed: DisputeListed[] = [];
  for (const { orderId, openedAt } of await listDisputes(connection, page))
    listed.push({ ...(await disputeOf(connection, orderId)), order: await readOrder(connection, orderId), openedAt });
  return listed;
}

/** How many wait for a decision, counted up to `limit`. */
export async function countOpenDisputes(connection: Connection, limit: number): Promise<number> {
  return (await listDisputes(connection, { isOpen: true, beforeId: null, limit })).length;
}

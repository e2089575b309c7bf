import type { Act, Author } from '../../../platform/data/act.ts';
import { inTransaction, type Connection, type Database } from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import { postWaitingMoney } from '../payments/chargeback-service.ts';
import { auditOrder, lockedOrder } from '../record/order-service.ts';
import { findOrdersWithWaitingMoney, listOrderBalances, type OrderWithBalance } from './order-money-list-store.ts';

export type { OrderWithBalance };

export const POST_WAITING_MONEY_JOB = 'orders-post-waiting';

/** The id of the job that posts what earlier versions kept unposted. */
export function requestPosting(database: Database, { actor, moment }: Author): Promise<string> {
  return inTransaction(database, (trx) =>
    insertJob(trx, {
      kind: POST_WAITING_MONEY_JOB,
      payload: { actor },
      total: null,
      createdBy: actor,
      now: moment.now,
    }),
  );
}

/** The next orders whose money no book follows yet, by id. */
export function ordersWithWaitingMoney(connection: Connection, afterId: string, limit: number): Promise<string[]> {
  return findOrdersWithWaitingMoney(connection, afterId, limit);
}

/** Posts what waits of one order on its true day, or the first open one. How many cents. */
export async function postWaitingOf(act: Act, orderId: string): Promise<number> {
  const order = await lockedOrder(act.trx, orderId, act.moment);
  const cents = await postWaitingMoney(act, order);
  await auditOrder(act, 'order.post_waiting', orderId, { cents });
  return cents;
}

/** Orders with money on no voucher, or whose buyers owe some back. */
export function orderBalances(
  connection: Connection,
  page: { readonly kind: 'money' | 'claims'; readonly beforeId: string | null; readonly limit: number },
): Promise<Page<OrderWithBalance>> {
  return readPage(
    page.limit,
    (limit) => listOrderBalances(connection, { ...page, limit }),
    ({ order }) => order.id,
  );
}

/** How many orders have free money that somebody has to decide about, counted up to `limit`. */
export async function countFreeMoney(connection: Connection, limit: number): Promise<number> {
  const rows = await listOrderBalances(connection, { kind: 'money', beforeId: null, limit });
  return rows.filter(({ order, balance, refunding }) => balance > refunding && !isWanting(order.state)).length;
}

function isWanting(state: string): boolean {
  return state === 'ordered' || state === 'partly_paid';
}

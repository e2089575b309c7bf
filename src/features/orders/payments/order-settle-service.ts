import type { Author } from '../../../platform/data/act.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import type { OrderDesk } from '../record/order-message-service.ts';
import { settleOrder, type Settlement } from './order-payment-service.ts';

export const SETTLE_ORDERS_JOB = 'orders-settle';
/** So many orders are settled while the page waits; more of them are a job. */
export const MAX_SETTLED_AT_ONCE = 10;
/** At most so many orders in one go. */
export const MAX_SETTLED = 1000;

export interface SettleJobPayload {
  readonly ids: readonly string[];
  readonly settlement: Settlement;
  readonly actor: string;
}

export interface SettledOrders {
  readonly orders: number;
  readonly vouchers: number;
  readonly cents: number;
  /** Were done before, or cannot be done any more. */
  readonly untouched: number;
}

/** Each order in a transaction of its own: one that cannot be settled holds up no other. */
export async function settleOrders(
  desk: OrderDesk,
  author: Author,
  ids: readonly string[],
  settlement: Settlement,
): Promise<SettledOrders> {
  const sum = { orders: 0, vouchers: 0, cents: 0, untouched: 0 };
  for (const id of ids) {
    try {
      const { order, isRepeated } = await settleOrder(desk, author, id, settlement);
      if (isRepeated) sum.untouched += 1;
      else {
        sum.orders += 1;
        sum.vouchers += order.quantity;
        sum.cents += order.total;
      }
    } catch (error) {
      rethrowUnexpected(error);
      sum.untouched += 1;
    }
  }
  return sum;
}

export async function requestSettlement(
  database: Database,
  payload: SettleJobPayload,
  moment: Moment,
): Promise<string> {
  return inTransaction(database, (trx) =>
    insertJob(trx, {
      kind: SETTLE_ORDERS_JOB,
      payload,
      total: payload.ids.length,
      createdBy: payload.actor,
      now: moment.now,
    }),
  );
}

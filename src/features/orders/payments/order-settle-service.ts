import { requireToldDay } from '../../staff/people/told-day-service.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import type { Settlement } from './order-payment-service.ts';

export const SETTLE_ORDERS_JOB = 'orders-settle';
/** At most so many orders in one go. */
export const MAX_SETTLED = 1000;

export interface SettleJobPayload {
  readonly ids: readonly string[];
  readonly settlement: Settlement;
  readonly actor: string;
}

export interface SettledOrders {
  /** Orders. */
  readonly settled: number;
  readonly vouchers: number;
  readonly cents: number;
  /** Were done before, or cannot be done any more. */
  readonly untouched: number;
}

/** The id of the job that settles these orders. */
export async function requestSettlement(
  database: Database,
  payload: SettleJobPayload,
  moment: Moment,
): Promise<string> {
  const { actor, ids, settlement } = payload;
  return inTransaction(database, async (trx) => {
    await requireToldDay({ trx, actor, moment }, settlement.paidOn, 'paidOn');
    return insertJob(trx, { kind: SETTLE_ORDERS_JOB, payload, total: ids.length, createdBy: actor, now: moment.now });
  });
}

import type { Act } from '../../../platform/data/act.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { inTransaction, isDuplicateKey, type Connection, type Database } from '../../../platform/data/db.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import { findExpiredToRefund, type PayableVoucher } from './expiry-refund-store.ts';
import { payOutByHand } from '../life/voucher-refund-service.ts';
import { audit, lockedVoucher } from '../record/voucher-service.ts';
import { statusOfRecord } from '../record/voucher-view-service.ts';
import { owedOf } from '../record/voucher-value-service.ts';

export const EXPIRY_REFUND_JOB = 'expiry-refunds';
const REASON = 'Ablauf: Auszahlung vereinbart';

/** The id of the night's job; null where it is in the queue already. */
export async function queueExpiryRefunds(database: Database, now: number, dedupeKey: string): Promise<string | null> {
  try {
    return await inTransaction(database, (trx) =>
      insertJob(trx, { kind: EXPIRY_REFUND_JOB, payload: {}, total: null, createdBy: 'system', now, dedupeKey }),
    );
  } catch (error) {
    if (isDuplicateKey(error)) return null;
    throw error;
  }
}

/** Vouchers past their end whose rest is to be paid out, by id. */
export function expiredToRefund(
  connection: Connection,
  moment: Moment,
  afterId: string,
  limit: number,
): Promise<PayableVoucher[]> {
  return findExpiredToRefund(connection, moment, afterId, limit);
}

/** Ends one voucher and makes the task of paying its rest out; false: it is not, or no longer, past its end and free. */
export async function refundExpired(act: Act, id: string): Promise<boolean> {
  const { trx, moment } = act;
  const { record, rules } = await lockedVoucher(trx, id, moment);
  const isDue =
    rules.refundOnExpiry &&
    statusOfRecord(record, rules, moment.today) === 'expired' &&
    record.held === 0 &&
    (record.balance ?? 0) > 0;
  if (!isDue) return false;
  await payOutByHand(act, { record, rules }, REASON);
  await audit(act, 'voucher.expiry_refund', id, { cents: owedOf(record) });
  return true;
}

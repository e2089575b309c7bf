import type { Act } from '../../../platform/data/act.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { inTransaction, isDuplicateKey, type Connection, type Database } from '../../../platform/data/db.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import { askForApproval } from '../approvals/approval-service.ts';
import { barredDay } from './derecognition-run-service.ts';
import { findExpiredToRefund, type PayableVoucher } from './expiry-refund-store.ts';
import { payOutByHand } from '../life/voucher-refund-service.ts';
import { needsSecondPerson } from '../record/four-eyes-service.ts';
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

/** Vouchers past their end whose rest is to be paid out by agreement and is not time-barred, by id. */
export async function expiredToRefund(
  connection: Connection,
  moment: Moment,
  afterId: string,
  limit: number,
): Promise<PayableVoucher[]> {
  const { lastClaim } = await barredDay(connection, moment.today);
  return findExpiredToRefund(connection, { ...moment, lastClaim }, afterId, limit);
}

/** `asked`: a second person has to accept it. `not_due`: it is not, or no longer, past its end and free. */
export type ExpiryRefund = 'paid' | 'asked' | 'not_due';

/** Ends one voucher and makes the task of paying its rest out, or says that a second person has to decide. */
export async function refundExpired(act: Act, id: string): Promise<ExpiryRefund> {
  const { trx, moment } = act;
  const { record, rules } = await lockedVoucher(trx, id, moment);
  const { lastClaim } = await barredDay(trx, moment.today);
  const claimOn = record.acknowledgedOn ?? record.paidOn;
  const isDue =
    rules.refundOnExpiry &&
    statusOfRecord(record, rules, moment.today) === 'expired' &&
    claimOn !== null &&
    claimOn > lastClaim &&
    record.held === 0 &&
    owedOf(record) > 0;
  if (!isDue) return 'not_due';
  if (await needsSecondPerson(trx, owedOf(record))) return 'asked';
  await payOutByHand(act, { record, rules }, REASON);
  await audit(act, 'voucher.expiry_refund', id, { cents: owedOf(record) });
  return 'paid';
}

/** Proposes the payout to a second person; once for a voucher. */
export async function proposeExpiryRefund(database: Database, moment: Moment, voucherId: string): Promise<void> {
  await askForApproval(database, { actor: 'system', moment }, { kind: 'refund', voucherId }, REASON);
}

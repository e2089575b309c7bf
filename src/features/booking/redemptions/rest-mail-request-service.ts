import type { Transaction } from '../../../platform/data/db.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';

export const REST_MAIL_JOB = 'rest-mail';

export interface RestMailPayload {
  readonly voucherId: string;
  readonly redemptionId: string;
}

/**
 * Asks for the mail of a voucher that a redemption's rest went to, in the transaction that redeemed. It is made right
 * after, because its PIN is hashed first, which takes longer than a redemption may.
 */
export async function requestRestMail(
  trx: Transaction,
  payload: RestMailPayload,
  actor: string,
  now: number,
): Promise<void> {
  await insertJob(trx, {
    kind: REST_MAIL_JOB,
    payload,
    total: null,
    createdBy: actor,
    now,
    dedupeKey: `${REST_MAIL_JOB}:${payload.voucherId}`,
  });
}

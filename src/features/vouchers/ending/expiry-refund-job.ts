import type { Clock } from '../../../platform/process/clock.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import type { JobHandler } from '../../../platform/jobs/job-queue.ts';
import { createSchedule, type Schedule } from '../../../platform/jobs/schedule.ts';
import { EXPIRY_REFUND_JOB, expiredToRefund, queueExpiryRefunds, refundExpired } from './expiry-refund-service.ts';

const EVERY_NIGHT = '10 3 * * *';
const VOUCHERS_PER_STEP = 100;

/** Makes the task of paying out for every voucher that has ended; each is looked at again under its lock, so a repeated step pays nothing twice. */
export function expiryRefundJob(database: Database, clock: Clock): JobHandler {
  return {
    kind: EXPIRY_REFUND_JOB,
    async run(job) {
      let { afterId, done } = (job.cursor as { readonly afterId: string; readonly done: number } | null) ?? {
        afterId: '0',
        done: 0,
      };
      for (;;) {
        const moment = clock.moment();
        const found = await expiredToRefund(database.knex, moment, afterId, VOUCHERS_PER_STEP);
        const last = found.at(-1);
        if (last === undefined) break;
        let paid = 0;
        await inTransaction(database, async (trx) => {
          paid = 0;
          for (const { id } of found) if (await refundExpired({ trx, actor: 'system', moment }, id)) paid += 1;
          await job.advance(trx, { done: done + paid, cursor: { afterId: last.id, done: done + paid } });
        });
        done += paid;
        afterId = last.id;
      }
      return { done, page: '/admin/refunds' };
    },
  };
}

/** Puts the job into the queue once a night, however many processes there are. */
export function createNightlyExpiryRefunds(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  timeZone: string,
  reportFailure: (error: unknown) => void,
): Schedule {
  return createSchedule(
    EVERY_NIGHT,
    timeZone,
    async () => {
      await queueExpiryRefunds(database, clock.now(), `expiry-refunds:${clock.today()}`);
    },
    reportFailure,
  );
}

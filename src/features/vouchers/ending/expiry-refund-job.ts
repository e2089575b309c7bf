import type { Shell } from '../../../platform/process/feature.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import type { JobHandler } from '../../../platform/jobs/job-queue.ts';
import type { ScheduledWork } from '../../../platform/jobs/schedule.ts';
import {
  EXPIRY_REFUND_JOB,
  expiredToRefund,
  proposeExpiryRefund,
  queueExpiryRefunds,
  refundExpired,
} from './expiry-refund-service.ts';

const EVERY_NIGHT = '10 3 * * *';
const VOUCHERS_PER_STEP = 100;

/** Makes the task of paying out for every voucher that has ended, or the request to a second person; each is looked at again under its lock, so a repeated step pays nothing twice. */
export function expiryRefundJob({ database, clock }: Shell): JobHandler {
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
        let toAsk: string[] = [];
        await inTransaction(database, async (trx) => {
          paid = 0;
          toAsk = [];
          for (const { id } of found) {
            const outcome = await refundExpired({ trx, actor: 'system', moment }, id);
            if (outcome === 'paid') paid += 1;
            if (outcome === 'asked') toAsk.push(id);
          }
          await job.advance(trx, { done: done + paid, cursor: { afterId: last.id, done: done + paid } });
        });
        for (const id of toAsk) await proposeExpiryRefund(database, moment, id);
        done += paid;
        afterId = last.id;
      }
      return { done, page: '/admin/refunds' };
    },
  };
}

export function nightlyExpiryRefunds({ database, clock }: Shell): ScheduledWork {
  return {
    name: 'expiry refunds',
    at: EVERY_NIGHT,
    async run() {
      await queueExpiryRefunds(database, clock.now(), `expiry-refunds:${clock.today()}`);
    },
  };
}

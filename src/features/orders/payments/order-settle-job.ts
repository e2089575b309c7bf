import { inTransaction } from '../../../platform/data/db.ts';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import type { JobHandler } from '../../../platform/jobs/job-queue.ts';
import { preparedParts, settleIn } from './order-payment-service.ts';
import { SETTLE_ORDERS_JOB, type SettleJobPayload } from './order-settle-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';

/** Money, codes, mail and the job's own progress are one transaction per order, so that a death in between repeats nothing. */
export function settleOrdersJob(shell: Shell): JobHandler {
  const { database, clock } = shell;
  return {
    kind: SETTLE_ORDERS_JOB,
    async run(job) {
      const { ids, settlement, actor } = job.payload as SettleJobPayload;
      const start = (job.cursor ?? { settled: 0, untouched: 0 }) as {
        readonly settled: number;
        readonly untouched: number;
      };
      let { settled, untouched } = start;
      for (let index = job.done; index < ids.length; index++) {
        const moment = clock.moment();
        const parts = await preparedParts(shell);
        const advance = (done: boolean) => ({
          done: index + 1,
          cursor: { settled: settled + (done ? 1 : 0), untouched: untouched + (done ? 0 : 1) },
        });
        const didSettle = await inTransaction(database, async (trx) => {
          const { isRepeated } = await settleIn({ trx, actor, moment }, ids[index] ?? '', settlement, parts);
          await job.advance(trx, advance(!isRepeated));
          return !isRepeated;
        }).catch(async (error: unknown) => {
          rethrowUnexpected(error);
          await inTransaction(database, (trx) => job.advance(trx, advance(false)));
          return false;
        });
        if (didSettle) settled += 1;
        else untouched += 1;
      }
      return { settled, untouched };
    },
  };
}

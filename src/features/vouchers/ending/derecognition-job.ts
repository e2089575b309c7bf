import type { Shell } from '../../../platform/process/feature.ts';
import type { Act } from '../../../platform/data/act.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import type { JobHandler } from '../../../platform/jobs/job-queue.ts';
import { barredDay, DERECOGNITION_JOB, derecognitionRun } from './derecognition-run-service.ts';
import { derecogniseItem } from './derecognition-service.ts';
import { endRun, listItems } from './derecognition-store.ts';

const VOUCHERS_PER_STEP = 100;

/** Books an accepted run, step by step; a voucher is booked once however often the step is repeated. */
export function derecognitionJob({ database, clock }: Shell): JobHandler {
  return {
    kind: DERECOGNITION_JOB,
    async run(job) {
      const { runId, actor } = job.payload as { readonly runId: string; readonly actor: string };
      const run = await derecognitionRun(database.knex, runId);
      const day = await barredDay(database.knex, run.barredOn);
      let { afterId, done, booked } = (job.cursor as { afterId: string; done: number; booked: number } | null) ?? {
        afterId: '0',
        done: 0,
        booked: 0,
      };
      for (;;) {
        const items = await listItems(database.knex, runId, afterId, VOUCHERS_PER_STEP);
        const last = items.at(-1);
        if (last === undefined) break;
        let bookedNow = 0;
        await inTransaction(database, async (trx) => {
          bookedNow = 0;
          const moment = clock.moment();
          for (const item of items)
            if (item.outcome === 'open' && (await derecogniseItem({ trx, actor, moment }, run, item, day)))
              bookedNow += 1;
          await tell({ trx, actor, moment }, runId, 'book', { vouchers: bookedNow });
          await job.advance(trx, {
            done: done + items.length,
            cursor: { afterId: last.voucherId, done: done + items.length, booked: booked + bookedNow },
          });
        });
        done += items.length;
        booked += bookedNow;
        afterId = last.voucherId;
      }
      const moment = clock.moment();
      await inTransaction(database, (trx) => end({ trx, actor, moment }, runId, booked));
      return { done: booked, skipped: done - booked };
    },
  };
}

async function end(act: Act, runId: string, booked: number): Promise<void> {
  await endRun(act.trx, runId);
  await tell(act, runId, 'done', { vouchers: booked });
}

/** Each step says what it did: a voucher that is left out has no entry of its own. */
async function tell({ trx, actor, moment }: Act, runId: string, verb: string, changes: object): Promise<void> {
  const told = { actor, action: `derecognition.${verb}`, entity: 'derecognition', entityId: runId, changes };
  await writeAudit(trx, [{ ...told, recordedAt: moment.now }]);
}

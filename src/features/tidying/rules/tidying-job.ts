import { RETENTION_RULES } from '../../../core/books/retention.ts';
import type { JobHandler } from '../../../platform/jobs/job-queue.ts';
import type { ScheduledWork } from '../../../platform/jobs/schedule.ts';
import { queueTidying, tidy, TIDYING_JOB, type Tidying } from './tidying-service.ts';

const EVERY_NIGHT = '30 3 * * *';

/** All rules in their order. What went stays gone, so after an interruption it goes on with what is left. */
export function tidyingJob(tidying: Tidying): JobHandler {
  return {
    kind: TIDYING_JOB,
    async run(job) {
      const { actor } = job.payload as { readonly actor: string };
      let { done } = job;
      for (const rule of RETENTION_RULES) {
        await tidy(tidying, rule, actor, async (trx, gone) => {
          done += gone;
          await job.advance(trx, { done, cursor: null });
        });
      }
      return { rows: done, page: '/admin/tidying' };
    },
  };
}

export function nightlyTidying({ database, clock }: Tidying): ScheduledWork {
  return {
    name: 'tidying',
    at: EVERY_NIGHT,
    async run() {
      await queueTidying(database, 'system', clock.now(), `tidying:${clock.today()}`);
    },
  };
}

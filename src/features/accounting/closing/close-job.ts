import { AppError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { JobFailure, type JobHandler } from '../../../platform/jobs/job-queue.ts';
import { CLOSE_JOB, PROOF_JOB } from './large-work-service.ts';
import { closeMonth, periodFigures } from './period-service.ts';
import { verifyAndRecord } from '../proof/proof-service.ts';
import { sealLedger } from '../proof/seal-service.ts';

/** Closes a month of large books. Asked again after a restart, a month that is closed already is no failure. */
export function closeJob({ database, clock }: Shell): JobHandler {
  return {
    kind: CLOSE_JOB,
    async run(job) {
      const { month, actor } = job.payload as { readonly month: string; readonly actor: string };
      try {
        if ((await periodFigures(database.knex, month)) !== null) return { month };
        const { entries } = await closeMonth(database, month, actor, clock.moment());
        return { rows: entries };
      } catch (error) {
        if (error instanceof AppError && error.status < 500) throw new JobFailure({ code: error.code });
        throw error;
      }
    },
  };
}

/** Seals and checks large books. */
export function proofJob({ database, clock }: Shell): JobHandler {
  return {
    kind: PROOF_JOB,
    async run(job) {
      const { actor } = job.payload as { readonly actor: string };
      await sealLedger(database, actor, clock.now());
      const { entries, problem } = await verifyAndRecord(database, actor, clock.now());
      if (problem !== null) throw new JobFailure({ code: 'books_disagree' });
      return { rows: entries };
    },
  };
}

import type { Shell } from '../../../platform/process/feature.ts';
import { type JobHandler, JobFailure, failOnRefusal } from '../../../platform/jobs/job-queue.ts';
import { closeMonth } from './period-service.ts';
import { PROOF_JOB, CLOSE_JOB } from '../ledger/ledger-job-service.ts';
import { verifyAndRecord } from '../proof/proof-service.ts';

/** Closes a month. The cursor is written with it, so that a restart afterwards finds it done instead of refused. */
export function closeJob({ database, clock }: Shell): JobHandler {
  return {
    kind: CLOSE_JOB,
    async run(job) {
      const { month, actor } = job.payload as { readonly month: string; readonly actor: string };
      const known = job.cursor as { readonly entries: number } | null;
      const { entries } =
        known ??
        (await failOnRefusal(() =>
          closeMonth(database, month, actor, clock.moment(), (trx, closed) =>
            job.advance(trx, { done: 0, cursor: { entries: closed } }),
          ),
        ));
      return { rows: entries };
    },
  };
}

/** Recomputes the books and keeps what came of it for the page of proofs. */
export function proofJob({ database, clock }: Shell): JobHandler {
  return {
    kind: PROOF_JOB,
    async run(job) {
      const { actor } = job.payload as { readonly actor: string };
      const { entries, problem } = await verifyAndRecord(database, actor, clock.now());
      if (problem !== null) throw new JobFailure({ code: 'books_disagree' });
      return { rows: entries };
    },
  };
}

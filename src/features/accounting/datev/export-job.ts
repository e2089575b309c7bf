import { inTransaction } from '../../../platform/data/db.ts';
import { AppError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { JobFailure, type JobHandler } from '../../../platform/jobs/job-queue.ts';
import { readRun, sealRun, writeRun, type ExportMonths } from './export-run-service.ts';
import { EXPORT_JOB } from '../closing/large-work-service.ts';

export interface ExportJobPayload extends ExportMonths {
  readonly actor: string;
}

/** A run of many entries: sealed in one step that is remembered, so that a restart writes its files and makes no second run. */
export function exportJob({ database, clock, timeZone }: Shell): JobHandler {
  return {
    kind: EXPORT_JOB,
    async run(job) {
      const { actor, ...months } = job.payload as ExportJobPayload;
      try {
        const moment = { now: clock.now(), today: clock.today(), timeZone };
        const known = job.cursor as { readonly runId: string } | null;
        const runId =
          known?.runId ??
          (await sealRun(database, months, actor, moment, (trx, id) =>
            job.advance(trx, { done: 1, cursor: { runId: id } }),
          ));
        await writeRun(database, runId, timeZone);
        await inTransaction(database, (trx) => job.advance(trx, { done: 2, cursor: { runId } }));
        const run = await readRun(database.knex, runId);
        return { href: `/admin/accounting/exports/${runId}`, rows: run.entries, skipped: run.skipped };
      } catch (error) {
        if (error instanceof AppError && error.status < 500) throw new JobFailure({ code: error.code });
        throw error;
      }
    },
  };
}

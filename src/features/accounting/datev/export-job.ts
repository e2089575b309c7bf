import { inTransaction } from '../../../platform/data/db.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { type JobHandler, failOnRefusal } from '../../../platform/jobs/job-queue.ts';
import { type ExportMonths, readRun, sealRun, writeRun, type ExportJobResult } from './export-run-service.ts';
import { DATEV_EXPORT_JOB } from '../ledger/ledger-job-service.ts';

export interface ExportJobPayload extends ExportMonths {
  readonly actor: string;
}

/** A run: sealed in one step that is remembered, so that a restart writes its files and makes no second run. */
export function exportJob({ database, clock, timeZone }: Shell): JobHandler {
  return {
    kind: DATEV_EXPORT_JOB,
    async run(job) {
      const { actor, ...months } = job.payload as ExportJobPayload;
      const moment = { now: clock.now(), today: clock.today(), timeZone };
      const known = job.cursor as { readonly runId: string } | null;
      return failOnRefusal(async (): Promise<ExportJobResult> => {
        const runId =
          known?.runId ??
          (await sealRun(database, months, actor, moment, (trx, id) =>
            job.advance(trx, { done: 1, cursor: { runId: id } }),
          ));
        await writeRun(database, runId, moment);
        await inTransaction(database, (trx) => job.advance(trx, { done: 2, cursor: { runId } }));
        const { number, entries, skipped } = await readRun(database.knex, runId);
        return { runId, number, rows: entries, skipped };
      });
    },
  };
}

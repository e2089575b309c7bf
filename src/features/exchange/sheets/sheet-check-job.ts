import type { Shell } from '../../../platform/process/feature.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import { JobFailure, type JobHandler, type RunningJob } from '../../../platform/jobs/job-queue.ts';
import { TableError } from '../../../platform/files/table-file.ts';
import { judgeRows } from './sheet-check-service.ts';
import { readSheet, SheetError } from './sheet-reading-service.ts';
import {
  keep,
  MAX_SHEET_ROWS,
  reportKey,
  SHEET_CHECK_JOB,
  uploadKey,
  type CheckPayload,
  type SheetChange,
  type SheetRefusal,
  type SheetReport,
} from './sheet-service.ts';

const ROWS_PER_STEP = 100;
const MAX_REFUSALS = 500;

/** Looks at an uploaded workbook and writes down what it would change and what it may not; no voucher is touched. */
export function sheetCheckJob(parts: Shell): JobHandler {
  const { files } = parts;
  return {
    kind: SHEET_CHECK_JOB,
    async run(job) {
      const { token } = job.payload as CheckPayload;
      if (!(await files.exists(uploadKey(token)))) throw new JobFailure({ code: 'file_gone' });
      try {
        const report = await reportOf(parts, job, token);
        await keep(files, reportKey(job.id), report);
        return {
          rows: report.rows,
          changed: report.changes.length,
          refused: report.refused,
          page: `/admin/sheets/checks/${job.id}`,
        };
      } catch (error) {
        const code = error instanceof SheetError ? error.code : error instanceof TableError ? 'table_unreadable' : null;
        if (code === null) throw error;
        await files.remove(uploadKey(token));
        throw new JobFailure({ code, most: MAX_SHEET_ROWS });
      }
    },
  };
}

async function reportOf({ database, files, i18n, clock }: Shell, job: RunningJob, token: string): Promise<SheetReport> {
  const read = await readSheet(files, i18n, token);
  const changes: SheetChange[] = [];
  const refusals: SheetRefusal[] = [...read.refusals];
  const moment = clock.moment();
  for (let first = 0; first < read.typed.length; first += ROWS_PER_STEP) {
    const judged = await judgeRows(database, read.typed.slice(first, first + ROWS_PER_STEP), moment);
    changes.push(...judged.changes);
    refusals.push(...judged.refusals);
    await inTransaction(database, (trx) => job.advance(trx, { done: first, cursor: null }));
  }
  const touched = new Set([...changes.map(({ row }) => row), ...refusals.map(({ row }) => row)]);
  const sorted = refusals.sort((a, b) => a.row - b.row);
  return {
    rows: read.rows,
    unchanged: Math.max(0, read.rows - touched.size),
    changes,
    refusals: sorted.slice(0, MAX_REFUSALS),
    refused: sorted.length,
    ignored: read.ignored,
  };
}

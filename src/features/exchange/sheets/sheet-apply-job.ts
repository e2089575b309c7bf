import { inTransaction } from '../../../platform/data/db.ts';
import { AppError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { JobFailure, type JobHandler, type RunningJob } from '../../../platform/jobs/job-queue.ts';
import { changeVouchersIn } from '../../vouchers/life/voucher-change-many-service.ts';
import { bodyOfCells } from './sheet-columns-service.ts';
import {
  readKept,
  reportKey,
  SHEET_APPLY_JOB,
  uploadKey,
  type ApplyPayload,
  type SheetReport,
} from './sheet-service.ts';

/** Writes what a check found in one transaction, each voucher in the version the check saw; otherwise nothing. */
export function sheetApplyJob(parts: Shell): JobHandler {
  return {
    kind: SHEET_APPLY_JOB,
    async run(job) {
      const { checkId, token, actor } = job.payload as ApplyPayload;
      const report = await readKept<SheetReport>(parts.files, reportKey(checkId));
      if (report === null) throw new JobFailure({ code: 'file_gone' });
      if (report.refused > 0) throw new JobFailure({ code: 'sheet_stale' });
      // How many are done stands in the job's own row, committed with the vouchers: after a crash it is not done again.
      if (job.done === 0) await write(parts, job, report, actor);
      await parts.files.remove(uploadKey(token));
      return { changed: report.changes.length, page: `/admin/sheets/checks/${checkId}` };
    },
  };
}

async function write(
  { database, clock }: Shell,
  job: RunningJob,
  { changes }: SheetReport,
  actor: string,
): Promise<void> {
  const moment = clock.moment();
  const seen = changes.map(({ id, version, after }) => ({ id, version, body: bodyOfCells(after) }));
  try {
    await inTransaction(database, async (trx) => {
      await changeVouchersIn({ trx, actor, moment }, seen);
      await job.advance(trx, { done: changes.length, cursor: null });
    });
  } catch (error) {
    if (error instanceof AppError && error.status < 500) throw new JobFailure({ code: 'sheet_stale' });
    throw error;
  }
}

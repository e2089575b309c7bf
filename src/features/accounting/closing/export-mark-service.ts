import type { Author } from '../../../platform/data/act.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database, type Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { readOpenFrom } from '../ledger/period-store.ts';
import { firstDayOf } from '../../../core/month.ts';
import { countUnmarked, findMark, setMark, type ImportMark } from './export-mark-store.ts';

/** What of a run its mark is about. */
export interface MarkedRun {
  readonly id: string;
  readonly number: string;
  readonly fromMonth: string;
}

/** Whether the accountant has read the files of a run in; null: nobody has said so. */
export function importMark(connection: Connection, runId: string): Promise<ImportMark | null> {
  return findMark(connection, runId);
}

/** The files were read in, or the batch was deleted there again. */
export async function markImported(
  database: Database,
  { actor, moment }: Author,
  run: MarkedRun,
  isImported: boolean,
): Promise<void> {
  await inTransaction(database, async (trx) => {
    if (!(await setMark(trx, run.id, isImported ? { at: moment.now, by: actor } : null))) throw appError('conflict');
    await writeAudit(trx, [
      {
        recordedAt: moment.now,
        actor,
        action: 'accounting.export_imported',
        entity: 'accounting',
        entityId: `run:${run.id}`,
        changes: { number: run.number, isImported },
      },
    ]);
  });
}

/** What was read in, or is of a month that is closed, would be booked twice if it went out again. */
export async function requireUndoable(trx: Transaction, run: MarkedRun): Promise<void> {
  const openFrom = await readOpenFrom(trx, 'shared');
  if (openFrom !== null && firstDayOf(run.fromMonth) < openFrom) throw appError('run_of_closed_month');
  if ((await findMark(trx, run.id)) !== null) throw appError('run_imported');
}

/** Runs of a month that nobody has marked as read in. */
export function unmarkedRuns(connection: Connection, month: string): Promise<number> {
  return countUnmarked(connection, month);
}

import { inTransaction, type Connection, type Database } from '../../../platform/data/db.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';
import { readLastEntryId } from '../proof/seal-store.ts';

export const EXPORT_JOB = 'accounting-export';
export const CLOSE_JOB = 'accounting-close';
export const PROOF_JOB = 'accounting-proof';

/** What takes longer than about a second is a job; below it one waits for the answer. */
const ENTRIES_AT_ONCE = 5000;

export function isLargeRun(entries: number): boolean {
  return entries > ENTRIES_AT_ONCE;
}

/** Whether recomputing all of the books takes long. */
export async function areBooksLarge(connection: Connection): Promise<boolean> {
  return (await readLastEntryId(connection)) > ENTRIES_AT_ONCE;
}

/** The id of a job that has been put into the queue. */
export function queueWork(
  database: Database,
  kind: string,
  payload: object,
  actor: string,
  now: number,
): Promise<string> {
  return inTransaction(database, (trx) =>
    insertJob(trx, {
      kind,
      payload: { ...payload, actor },
      total: kind === EXPORT_JOB ? 2 : null,
      createdBy: actor,
      now,
    }),
  );
}

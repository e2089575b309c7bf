import { inTransaction, type Database } from '../../../platform/data/db.ts';
import { insertJob } from '../../../platform/jobs/job-store.ts';

export const DATEV_EXPORT_JOB = 'accounting-export';
export const CLOSE_JOB = 'accounting-close';
export const PROOF_JOB = 'accounting-proof';

/** The id of a job that has been put into the queue. */
export function queueLedgerJob(
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
      total: kind === DATEV_EXPORT_JOB ? 2 : null,
      createdBy: actor,
      now,
    }),
  );
}

import {
  readRun,
  sealRun,
  writeRun,
  type ExportMonths,
  type ExportRun,
  type RunMoment,
} from '../../../../src/features/accounting/datev/export-run-service.ts';
import type { Database } from '../../../../src/platform/data/db.ts';

/** A run with its files, as the job makes it. */
export async function createRun(
  database: Database,
  months: ExportMonths,
  actor: string,
  moment: RunMoment,
): Promise<ExportRun> {
  const id = await sealRun(database, months, actor, moment);
  await writeRun(database, id, moment);
  return readRun(database.knex, id);
}

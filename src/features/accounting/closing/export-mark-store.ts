import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

/** Who said when that a run was read in. */
export interface ImportMark {
  readonly at: number;
  readonly by: string;
}

export async function findMark(knex: Knex, runId: string): Promise<ImportMark | null> {
  const row = await knex('export_runs')
    .where({ id: runId })
    .first<{ imported_at: number | string | null; imported_by: string | null } | undefined>(
      'imported_at',
      'imported_by',
    );
  if (row === undefined || row.imported_at === null) return null;
  return { at: toSafeInteger(row.imported_at), by: row.imported_by ?? '' };
}

/** False: the run is not written, or taken back. */
export async function setMark(trx: Knex.Transaction, runId: string, mark: ImportMark | null): Promise<boolean> {
  const changed: number = await trx('export_runs')
    .where({ id: runId, state: 'written' })
    .update({ imported_at: mark?.at ?? null, imported_by: mark?.by ?? null });
  return changed > 0;
}

/** How many runs with entries of these months nobody has marked as read in. */
export async function countUnmarked(knex: Knex, month: string): Promise<number> {
  const row = await knex('export_runs')
    .where({ state: 'written' })
    .whereNull('imported_at')
    .where('from_month', '<=', month)
    .where('to_month', '>=', month)
    .first<{ runs: number | string } | undefined>(knex.raw('count(*) as runs'));
  return toSafeInteger(row?.runs);
}

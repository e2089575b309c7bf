import type { Knex } from 'knex';
import type { JobState } from '../../../platform/jobs/job-store.ts';

export async function findJobByKey(
  knex: Knex,
  dedupeKey: string,
): Promise<{ readonly jobId: string; readonly state: JobState } | null> {
  const row = await knex('jobs')
    .where({ dedupe_key: dedupeKey })
    .first<{ id: number | string; state: JobState } | undefined>('id', 'state');
  return row === undefined ? null : { jobId: String(row.id), state: row.state };
}

/** The numbers of vouchers, by id; at most 2,000. */
export async function readNumbers(knex: Knex, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await knex('vouchers')
    .whereIn('id', [...ids])
    .whereNotNull('number')
    .select<{ id: number | string; number: string }[]>('id', 'number');
  return new Map(rows.map(({ id, number }) => [String(id), number]));
}

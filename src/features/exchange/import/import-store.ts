import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';

export interface ImportOutcome {
  readonly row: number;
  readonly outcome: 'created' | 'skipped' | 'failed';
  readonly code: string;
  /** A sentence for people. */
  readonly detail: string | null;
}

export async function insertOutcomes(
  trx: Knex.Transaction,
  jobId: string,
  outcomes: readonly ImportOutcome[],
): Promise<void> {
  if (outcomes.length > 0)
    await trx('import_outcomes').insert(
      outcomes.map(({ row, outcome, code, detail }) => ({ job_id: jobId, row_number: row, outcome, code, detail })),
    );
}

export async function readOutcomes(knex: Knex, jobId: string, after: number, limit: number): Promise<ImportOutcome[]> {
  const rows = await knex('import_outcomes')
    .where({ job_id: jobId })
    .where('row_number', '>', after)
    .orderBy('row_number')
    .limit(limit)
    .select<(Omit<ImportOutcome, 'row'> & { row_number: number })[]>('row_number', 'outcome', 'code', 'detail');
  return rows.map(({ row_number: row, outcome, code, detail }) => ({ row, outcome, code, detail }));
}

/** How many codes of each campaign an import has made; a campaign's codes only. */
export async function countByCampaign(
  trx: Knex.Transaction,
  jobId: string,
): Promise<{ campaignId: string; count: number }[]> {
  const rows = await trx('vouchers')
    .where({ generation_id: jobId })
    .whereNotNull('campaign_id')
    .groupBy('campaign_id')
    .orderBy('campaign_id')
    .select<{ campaign_id: number | string; count: unknown }[]>('campaign_id', trx.raw('count(*) as count'));
  return rows.map(({ campaign_id: id, count }) => ({ campaignId: String(id), count: toSafeInteger(count) }));
}

export async function deleteOutcomes(knex: Knex, jobIds: readonly string[]): Promise<void> {
  await knex('import_outcomes').whereIn('job_id', jobIds).delete();
}

export async function findMapping(knex: Knex, fingerprint: string): Promise<Record<string, unknown> | null> {
  const row = await knex('import_mappings').where({ fingerprint }).first<{ mapping: string } | undefined>('mapping');
  return row === undefined ? null : parseJson<Record<string, unknown>>(row.mapping);
}

export async function saveMapping(
  trx: Knex.Transaction,
  fingerprint: string,
  mapping: object,
  now: number,
): Promise<void> {
  await trx('import_mappings')
    .insert({ fingerprint, mapping: JSON.stringify(mapping), updated_at: now })
    .onConflict('fingerprint')
    .merge();
}

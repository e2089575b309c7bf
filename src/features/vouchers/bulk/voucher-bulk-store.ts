import type { Knex } from 'knex';

export interface BulkOutcome {
  readonly voucherId: string;
  /** A sentence for people. */
  readonly outcome: string;
  readonly isDone: boolean;
}

export async function insertOutcome(
  trx: Knex.Transaction,
  jobId: string,
  { voucherId, outcome, isDone }: BulkOutcome,
): Promise<void> {
  await trx('voucher_bulk_outcomes').insert({ job_id: jobId, voucher_id: voucherId, outcome, is_done: isDone });
}

export async function readOutcomes(
  knex: Knex,
  jobId: string,
  after: string,
  limit: number,
): Promise<(BulkOutcome & { readonly title: string; readonly number: string })[]> {
  const rows = await knex('voucher_bulk_outcomes as o')
    .join('vouchers as v', 'v.id', 'o.voucher_id')
    .join('voucher_rules as r', 'r.id', 'v.rules_id')
    .where('o.job_id', jobId)
    .where('o.voucher_id', '>', after)
    .orderBy('o.voucher_id')
    .limit(limit)
    .select<
      {
        voucher_id: number | string;
        outcome: string;
        is_done: number | boolean;
        title: string;
        number: string | null;
      }[]
    >('o.voucher_id', 'o.outcome', 'o.is_done', 'r.title', 'v.number');
  return rows.map((row) => ({
    voucherId: String(row.voucher_id),
    outcome: row.outcome,
    isDone: Boolean(row.is_done),
    title: row.title,
    number: row.number ?? '',
  }));
}

export async function countOutcomes(
  knex: Knex,
  jobId: string,
): Promise<{ readonly done: number; readonly refused: number }> {
  const rows = await knex('voucher_bulk_outcomes')
    .where({ job_id: jobId })
    .groupBy('is_done')
    .select<{ is_done: number | boolean; count: unknown }[]>('is_done', knex.raw('count(*) as count'));
  const of = (isDone: boolean): number =>
    rows.filter((row) => Boolean(row.is_done) === isDone).reduce((sum, { count }) => sum + Number(count), 0);
  return { done: of(true), refused: of(false) };
}

export async function deleteOutcomes(knex: Knex, jobIds: readonly string[]): Promise<void> {
  await knex('voucher_bulk_outcomes').whereIn('job_id', jobIds).delete();
}

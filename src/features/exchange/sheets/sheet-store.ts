import type { Knex } from 'knex';

/** The numbers of vouchers, by id; at most 2,000. */
export async function readNumbers(knex: Knex, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await knex('vouchers')
    .whereIn('id', [...ids])
    .whereNotNull('number')
    .select<{ id: number | string; number: string }[]>('id', 'number');
  return new Map(rows.map(({ id, number }) => [String(id), number]));
}

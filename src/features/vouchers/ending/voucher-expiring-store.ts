import type { Knex } from 'knex';

/** How many vouchers with value have their last day in this span, counted up to `limit`. */
export async function countExpiring(knex: Knex, from: string, until: string, limit: number): Promise<number> {
  const rows = await knex('voucher_rules as r')
    .join('vouchers as v', 'v.rules_id', 'r.id')
    .whereBetween('r.book_until', [from, until])
    .where('v.balance', '>', 0)
    .whereNull('v.cancelled_at')
    .limit(limit)
    .select<object[]>('v.id');
  return rows.length;
}

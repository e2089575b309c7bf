import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

/** One account as our books and the general ledger had it on a day. */
export interface Comparison {
  readonly account: string;
  readonly currency: string;
  /** What the general ledger says, as typed in. */
  readonly expected: number;
  readonly actual: number;
  readonly createdAt: number;
  readonly createdBy: string;
}

export async function insertComparisons(
  trx: Knex.Transaction,
  day: string,
  rows: readonly Comparison[],
): Promise<void> {
  await trx('book_comparisons').insert(
    rows.map(({ account, currency, expected, actual, createdAt, createdBy }) => ({
      compared_on: day,
      account,
      currency,
      expected,
      actual,
      created_at: createdAt,
      created_by: createdBy,
    })),
  );
}

/** The newest first. */
export async function findComparisons(knex: Knex, day: string, limit: number): Promise<Comparison[]> {
  const rows = await knex('book_comparisons')
    .where({ compared_on: day })
    .orderBy('id', 'desc')
    .limit(limit)
    .select<Record<string, string | number>[]>();
  return rows.map((row) => ({
    account: String(row['account']),
    currency: String(row['currency']),
    expected: toSafeInteger(row['expected']),
    actual: toSafeInteger(row['actual']),
    createdAt: toSafeInteger(row['created_at']),
    createdBy: String(row['created_by']),
  }));
}

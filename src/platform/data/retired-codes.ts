import { createHash } from 'node:crypto';
import type { Knex } from 'knex';

/** Codes that once existed and were deleted. They are kept as a number each, which names nobody and gives no code away. */

const MAX_ROWS_PER_INSERT = 500;
const MAX_KEYS_PER_LOOK_UP = 1000;

/** Thrown as what a unique key would throw: for whoever makes codes a retired one is taken. */
export class RetiredCode extends Error {
  readonly code = 'RETIRED_CODE';
}

/** Of these codes those that once existed, with the last day they were good for; null: they were taken back before. */
export async function findRetired(knex: Knex, normalisedCodes: readonly string[]): Promise<Map<string, string | null>> {
  const found = new Map<string, string | null>();
  for (let from = 0; from < normalisedCodes.length; from += MAX_KEYS_PER_LOOK_UP) {
    const byKey = new Map(normalisedCodes.slice(from, from + MAX_KEYS_PER_LOOK_UP).map((code) => [keyOf(code), code]));
    const rows = await knex('retired_codes')
      .whereIn('code_key', [...byKey.keys()])
      .select<{ code_key: number | string; ended_on: string | null }[]>('code_key', 'ended_on');
    for (const row of rows) found.set(byKey.get(Number(row.code_key)) ?? '', row.ended_on);
  }
  return found;
}

/** Asked after the insert: whoever deletes the same code at this moment is waited for by the unique key, and is then seen here. */
export async function refuseRetired(trx: Knex.Transaction, normalisedCodes: readonly string[]): Promise<void> {
  if ((await findRetired(trx, normalisedCodes)).size > 0)
    throw new RetiredCode('a code that once existed is not given out again');
}

export async function retireCodes(
  trx: Knex.Transaction,
  normalisedCodes: readonly string[],
  endedOn: string | null,
): Promise<void> {
  const keys = [...new Set(normalisedCodes.map(keyOf))];
  for (let from = 0; from < keys.length; from += MAX_ROWS_PER_INSERT) {
    await trx('retired_codes')
      .insert(keys.slice(from, from + MAX_ROWS_PER_INSERT).map((code_key) => ({ code_key, ended_on: endedOn })))
      .onConflict('code_key')
      .ignore();
  }
}

/** 52 bits, so that it is a number everywhere; two codes of ten million share one with a chance of about one in a hundred, and then one more code counts as taken. */
function keyOf(normalisedCode: string): number {
  return Number.parseInt(createHash('sha256').update(normalisedCode).digest('hex').slice(0, 13), 16);
}

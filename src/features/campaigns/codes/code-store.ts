import type { Knex } from 'knex';
import { findRetired } from '../../../platform/data/retired-codes.ts';
import { insertCodeRows, type CodeOrigin, type NewCode } from '../../vouchers/rows/code-row.ts';

export interface CodeRow {
  readonly id: string;
  readonly code: string;
  readonly paidOn: string | null;
  readonly isDeactivated: boolean;
  readonly balance: number | null;
  readonly uses: number;
}

const MAX_KEYS_PER_LOOK_UP = 1000;

/** Fails as a duplicate key when one of them exists over all types; then none of this transaction is written. */
export async function insertCodes(
  trx: Knex.Transaction,
  origin: CodeOrigin,
  codes: readonly NewCode[],
  numbers: readonly string[],
): Promise<void> {
  await insertCodeRows(trx, origin, codes, numbers);
  // New codes bring the campaign back into the lists, and the next tidying looks at them.
  await trx('campaigns')
    .where({ id: origin.campaignId })
    .update({ code_count: trx.raw('code_count + ?', [codes.length]), archived_at: null, tidied_at: null });
}

export async function findCodeId(knex: Knex, normalisedCode: string): Promise<string> {
  const row = await knex('vouchers')
    .where({ normalised_code: normalisedCode })
    .first<{ id: number | string } | undefined>('id');
  if (row === undefined) throw new Error('a code that was just written is gone');
  return String(row.id);
}

/** At most a thousand at once. */
export async function findCodeIds(knex: Knex, codes: readonly NewCode[]): Promise<string[]> {
  const ids = await knex('vouchers')
    .whereIn(
      'normalised_code',
      codes.map(({ normalisedCode }) => normalisedCode),
    )
    .pluck<(number | string)[]>('id');
  return ids.map(String);
}

export async function findTakenCodes(knex: Knex, normalisedCodes: readonly string[]): Promise<Set<string>> {
  const taken = new Set<string>((await findRetired(knex, normalisedCodes)).keys());
  for (let from = 0; from < normalisedCodes.length; from += MAX_KEYS_PER_LOOK_UP) {
    const rows = await knex('vouchers')
      .whereIn('normalised_code', normalisedCodes.slice(from, from + MAX_KEYS_PER_LOOK_UP))
      .select<{ normalised_code: string }[]>('normalised_code');
    for (const row of rows) taken.add(row.normalised_code);
  }
  return taken;
}

/** The codes of a campaign by id, for pages of a list. */
export async function listCodes(
  knex: Knex,
  campaignId: string,
  afterId: string | null,
  limit: number,
): Promise<CodeRow[]> {
  const query = knex('vouchers').where({ campaign_id: campaignId }).orderBy('id').limit(limit);
  if (afterId !== null) void query.where('id', '>', afterId);
  return (await query.select<StoredCode[]>(CODE_COLUMNS)).map(toCode);
}

/** Those of a campaign's codes that begin so, by code. */
export async function findCodesFrom(
  knex: Knex,
  campaignId: string,
  normalisedPrefix: string,
  limit: number,
): Promise<CodeRow[]> {
  const rows = await knex('vouchers')
    .where('normalised_code', 'like', `${normalisedPrefix}%`)
    .where({ campaign_id: campaignId })
    .orderBy('normalised_code')
    .limit(limit)
    .select<StoredCode[]>(CODE_COLUMNS);
  return rows.map(toCode);
}

export async function findWholeCode(knex: Knex, campaignId: string, normalisedCode: string): Promise<CodeRow[]> {
  return (
    await knex('vouchers')
      .where({ normalised_code: normalisedCode, campaign_id: campaignId })
      .select<StoredCode[]>(CODE_COLUMNS)
  ).map(toCode);
}

/** The codes of one generation run by id. */
export async function listRunCodes(knex: Knex, runId: string, afterId: string, limit: number): Promise<CodeRow[]> {
  const rows = await knex('vouchers')
    .where({ generation_id: runId })
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .select<StoredCode[]>(CODE_COLUMNS);
  return rows.map(toCode);
}

const CODE_COLUMNS = ['id', 'code', 'paid_on', 'is_deactivated', 'balance', 'uses'];

function toCode(row: StoredCode): CodeRow {
  return {
    id: String(row.id),
    code: row.code,
    paidOn: row.paid_on,
    isDeactivated: Boolean(row.is_deactivated),
    balance: row.balance === null ? null : Number(row.balance),
    uses: row.uses,
  };
}

/** Codes of stored value that are not paid, so that their value is not booked yet, by id; of a few, or of all. A paid one without entries was used up before it was taken over. */
export async function findUnbookedCodes(
  trx: Knex.Transaction,
  campaignId: string,
  limit: number,
  ids: readonly string[] | null,
): Promise<{ id: string; originalValue: number }[]> {
  const query = trx('vouchers').where({ campaign_id: campaignId, ledger_count: 0 });
  if (ids !== null) void query.whereIn('id', [...ids]);
  const rows = await query
    .whereNotNull('balance')
    .whereNull('paid_on')
    .whereNull('cancelled_at')
    .whereNull('replaced_by_id')
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .select<{ id: number | string; original_value: number | string }[]>('id', 'original_value');
  return rows.map((row) => ({ id: String(row.id), originalValue: Number(row.original_value) }));
}

interface StoredCode {
  readonly id: number | string;
  readonly code: string;
  readonly paid_on: string | null;
  readonly is_deactivated: number | boolean;
  readonly balance: number | string | null;
  readonly uses: number;
}

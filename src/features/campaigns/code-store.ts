import type { Knex } from 'knex';
import type { VoucherType } from '../../core/voucher.ts';
import { writeTogether } from '../../platform/db.ts';

export interface NewCode {
  readonly code: string;
  readonly normalisedCode: string;
}

export interface CodeRow {
  readonly id: string;
  readonly code: string;
  readonly paidOn: string | null;
  readonly isDeactivated: boolean;
  readonly balance: number | null;
  readonly uses: number;
}

export interface CodeOrigin {
  readonly campaignId: string;
  readonly rulesId: string;
  readonly type: VoucherType;
  /** null: made one by one. */
  readonly generationId: string | null;
  readonly originalValue: number | null;
  readonly balance: number | null;
  readonly now: number;
}

/** knex writes a multi-row insert for SQLite as a compound SELECT, of which SQLite takes at most 500. */
const MAX_ROWS_PER_INSERT = 500;
const MAX_KEYS_PER_LOOK_UP = 1000;

/** Fails as a duplicate key when one of them exists over all types; then none of this transaction is written. */
export async function insertCodes(trx: Knex.Transaction, origin: CodeOrigin, codes: readonly NewCode[], numbers: readonly string[]): Promise<void> {
  for (let from = 0; from < codes.length; from += MAX_ROWS_PER_INSERT) {
    await trx('vouchers').insert(
      codes.slice(from, from + MAX_ROWS_PER_INSERT).map(({ code, normalisedCode }, index) => ({
        number: numbers[from + index],
        code,
        normalised_code: normalisedCode,
        rules_id: origin.rulesId,
        campaign_id: origin.campaignId,
        generation_id: origin.generationId,
        type: origin.type,
        original_value: origin.originalValue,
        balance: origin.balance,
        created_at: origin.now,
        updated_at: origin.now,
      })),
    );
  }
  await trx('campaigns').where({ id: origin.campaignId }).increment('code_count', codes.length);
}

export async function findCodeId(knex: Knex, normalisedCode: string): Promise<string> {
  const row = await knex('vouchers').where({ normalised_code: normalisedCode }).first<{ id: number | string } | undefined>('id');
  if (row === undefined) throw new Error('a code that was just written is gone');
  return String(row.id);
}

export async function findTakenCodes(knex: Knex, normalisedCodes: readonly string[]): Promise<Set<string>> {
  const taken = new Set<string>();
  for (let from = 0; from < normalisedCodes.length; from += MAX_KEYS_PER_LOOK_UP) {
    const rows = await knex('vouchers')
      .whereIn('normalised_code', normalisedCodes.slice(from, from + MAX_KEYS_PER_LOOK_UP))
      .select<{ normalised_code: string }[]>('normalised_code');
    for (const row of rows) taken.add(row.normalised_code);
  }
  return taken;
}

/** The codes of a campaign by id, for pages of a list. */
export async function listCodes(knex: Knex, campaignId: string, afterId: string | null, limit: number): Promise<CodeRow[]> {
  const query = knex('vouchers').where({ campaign_id: campaignId }).orderBy('id').limit(limit);
  if (afterId !== null) void query.where('id', '>', afterId);
  const rows = await query.select<StoredCode[]>('id', 'code', 'paid_on', 'is_deactivated', 'balance', 'uses');
  return rows.map((row) => ({
    id: String(row.id),
    code: row.code,
    paidOn: row.paid_on,
    isDeactivated: Boolean(row.is_deactivated),
    balance: row.balance === null ? null : Number(row.balance),
    uses: row.uses,
  }));
}

/** Codes of stored value whose value is not booked yet, by id. */
export async function findUnbookedCodes(trx: Knex.Transaction, campaignId: string, limit: number): Promise<{ id: string; originalValue: number }[]> {
  const rows = await trx('vouchers')
    .where({ campaign_id: campaignId, ledger_count: 0 })
    .whereNotNull('balance')
    .whereNull('cancelled_at')
    .orderBy('id')
    .limit(limit)
    .forUpdate()
    .select<{ id: number | string; original_value: number | string }[]>('id', 'original_value');
  return rows.map((row) => ({ id: String(row.id), originalValue: Number(row.original_value) }));
}

export async function writeBookedCodes(
  trx: Knex.Transaction,
  codes: readonly { readonly id: string; readonly balance: number; readonly ledgerCount: number; readonly ledgerHead: string | null }[],
  paidOn: string,
): Promise<void> {
  await writeTogether(
    trx,
    codes.map((code) =>
      trx('vouchers')
        .where({ id: code.id })
        .update({ balance: code.balance, ledger_count: code.ledgerCount, ledger_head: code.ledgerHead, paid_on: paidOn }),
    ),
  );
}

interface StoredCode {
  readonly id: number | string;
  readonly code: string;
  readonly paid_on: string | null;
  readonly is_deactivated: number | boolean;
  readonly balance: number | string | null;
  readonly uses: number;
}

import type { Knex } from 'knex';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import { refuseRetired } from '../../../platform/data/retired-codes.ts';
import type { Recipient } from '../rows/voucher-row.ts';

export interface MigratedRow {
  readonly number: string;
  readonly code: string;
  readonly normalisedCode: string;
  readonly rulesId: string;
  readonly campaignId: string | null;
  readonly type: VoucherType;
  readonly paidOn: string | null;
  readonly note: string | null;
  readonly originalValue: number | null;
  readonly uses: number;
  readonly balance: number | null;
}

/** At most 500 at once. Fails as a duplicate key when one of the codes exists. */
export async function insertMigrated(
  trx: Knex.Transaction,
  jobId: string,
  rows: readonly MigratedRow[],
  now: number,
): Promise<Map<string, string>> {
  await trx('vouchers').insert(
    rows.map((row) => ({
      number: row.number,
      code: row.code,
      normalised_code: row.normalisedCode,
      rules_id: row.rulesId,
      campaign_id: row.campaignId,
      generation_id: jobId,
      type: row.type,
      paid_on: row.paidOn,
      original_value: row.originalValue,
      balance: row.balance,
      uses: row.uses,
      carried_uses: row.uses,
      note: row.note,
      created_at: now,
      updated_at: now,
    })),
  );
  await refuseRetired(
    trx,
    rows.map(({ normalisedCode }) => normalisedCode),
  );
  return findIdsByCode(
    trx,
    rows.map(({ normalisedCode }) => normalisedCode),
  );
}

export async function findIdsByCode(knex: Knex, normalisedCodes: readonly string[]): Promise<Map<string, string>> {
  const rows = await knex('vouchers')
    .whereIn('normalised_code', [...normalisedCodes])
    .select<{ id: number | string; normalised_code: string }[]>('id', 'normalised_code');
  return new Map(rows.map((row) => [row.normalised_code, String(row.id)]));
}

/** The ends of the chains; one statement for all of them. */
export async function writeHeads(
  trx: Knex.Transaction,
  heads: readonly { readonly voucherId: string; readonly count: number; readonly hash: string | null }[],
): Promise<void> {
  if (heads.length === 0) return;
  const cases = heads.map(() => 'when ? then ?').join(' ');
  await trx.raw(
    `update vouchers set ledger_count = 1, ledger_head = case id ${cases} end where id in (${heads.map(() => '?').join(', ')})`,
    [...heads.flatMap(({ voucherId, hash }) => [voucherId, hash]), ...heads.map(({ voucherId }) => voucherId)],
  );
}

export async function insertRecipients(
  trx: Knex.Transaction,
  recipients: readonly (Recipient & { readonly voucherId: string })[],
): Promise<void> {
  if (recipients.length > 0)
    await trx('voucher_recipients').insert(
      recipients.map(({ voucherId, name, email }) => ({ voucher_id: voucherId, name, email })),
    );
}

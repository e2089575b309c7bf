import type { Knex } from 'knex';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import { writeTogether } from '../../../platform/data/db.ts';
import { refuseRetired } from '../../../platform/data/retired-codes.ts';

/** What a campaign does to its codes, hundreds at a time: a code is a voucher's row. */

export interface NewCode {
  readonly code: string;
  readonly normalisedCode: string;
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

/** Fails as a duplicate key when one of them exists over all types; then none of this transaction is written. */
export async function insertCodeRows(
  trx: Knex.Transaction,
  origin: CodeOrigin,
  codes: readonly NewCode[],
  numbers: readonly string[],
): Promise<void> {
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
  await refuseRetired(
    trx,
    codes.map(({ normalisedCode }) => normalisedCode),
  );
}

/** How many of these codes are locked or unlocked now; those that have ended, or whose money was taken back, stay as they are. */
export async function lockCodes(
  trx: Knex.Transaction,
  ids: readonly string[],
  isDeactivated: boolean,
  now: number,
): Promise<number> {
  return trx('vouchers')
    .whereIn('id', [...ids])
    .where(
      (free) =>
        void (isDeactivated
          ? free
          : free.whereNotIn(
              'id',
              trx('voucher_disputes')
                .whereIn('voucher_id', [...ids])
                .select('voucher_id'),
            )),
    )
    .where({ is_deactivated: !isDeactivated })
    .whereNull('cancelled_at')
    .whereNull('replaced_by_id')
    .update({ is_deactivated: isDeactivated, updated_at: now, version: trx.raw('version + 1') });
}

export async function payCodes(
  trx: Knex.Transaction,
  ids: readonly string[],
  paidOn: string,
  now: number,
): Promise<number> {
  return trx('vouchers')
    .whereIn('id', [...ids])
    .whereNull('paid_on')
    .whereNull('balance')
    .update({ paid_on: paidOn, updated_at: now, version: trx.raw('version + 1') });
}

export async function writeBookedCodes(
  trx: Knex.Transaction,
  codes: readonly {
    readonly id: string;
    readonly balance: number;
    readonly ledgerCount: number;
    readonly ledgerHead: string | null;
  }[],
  paidOn: string,
): Promise<void> {
  await writeTogether(
    trx,
    codes.map((code) =>
      trx('vouchers').where({ id: code.id }).update({
        balance: code.balance,
        ledger_count: code.ledgerCount,
        ledger_head: code.ledgerHead,
        paid_on: paidOn,
      }),
    ),
  );
}

/** The rows go for good; nothing may hang on them. How many it were. */
export async function deleteCodes(trx: Knex.Transaction, ids: readonly string[]): Promise<number> {
  await trx('reminders')
    .whereIn('voucher_id', [...ids])
    .delete();
  return trx('vouchers')
    .whereIn('id', [...ids])
    .delete();
}

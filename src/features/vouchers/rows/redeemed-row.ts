import type { Knex } from 'knex';

/** What a redemption or a reversal leaves of a voucher. */
export interface VoucherMove {
  readonly voucherId: string;
  /** null: the voucher stores no value. */
  readonly balance: number | null;
  /** null: it was sold without a bonus. */
  readonly bonusBalance: number | null;
  readonly uses: number;
  readonly ledgerCount: number;
  readonly ledgerHead: string | null;
}

/** Its version stays: no field that a person edits changes. */
export function redeemedUpdate(trx: Knex.Transaction, move: VoucherMove, now: number): Knex.QueryBuilder {
  return trx('vouchers')
    .where({ id: move.voucherId })
    .update({
      archived_at: null,
      ...(move.balance === null ? {} : { balance: move.balance }),
      ...(move.bonusBalance === null ? {} : { bonus_balance: move.bonusBalance }),
      uses: move.uses,
      ledger_count: move.ledgerCount,
      ledger_head: move.ledgerHead,
      updated_at: now,
    });
}

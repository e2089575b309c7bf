import type { Knex } from 'knex';

export interface RedemptionEntry {
  readonly voucherId: string;
  readonly position: number;
  readonly event: string;
  readonly debitRole: string;
  readonly creditRole: string;
  readonly cents: number;
  readonly postedOn: string;
}

/** What a redemption and its reversals posted, in the order in which it was written; at most `limit`. */
export async function findRedemptionEntries(
  knex: Knex,
  redemptionId: string,
  limit: number,
): Promise<RedemptionEntry[]> {
  const rows = await knex('ledger_entries')
    .where({ redemption_id: redemptionId })
    .orderBy('id')
    .limit(limit)
    .select<EntryRow[]>('voucher_id', 'position', 'event', 'debit_role', 'credit_role', 'cents', 'posted_on');
  return rows.map((row) => ({
    voucherId: String(row.voucher_id),
    position: row.position,
    event: row.event,
    debitRole: row.debit_role,
    creditRole: row.credit_role,
    cents: Number(row.cents),
    postedOn: row.posted_on,
  }));
}

interface EntryRow {
  readonly voucher_id: number | string;
  readonly position: number;
  readonly event: string;
  readonly debit_role: string;
  readonly credit_role: string;
  readonly cents: number | string;
  readonly posted_on: string;
}

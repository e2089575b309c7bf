import type { Knex } from 'knex';
import type { PostingRole } from '../../../core/books/account-role.ts';
import { isCalendarDay } from '../../../core/calendar.ts';

/** A row as it is written and as it is hashed; ids are text, so that both databases give the same hash. */
export interface LedgerRow {
  /** null: it is in the chain of a subject. */
  readonly voucher_id: string | null;
  readonly position: number;
  readonly event: string;
  readonly debit_role: PostingRole;
  readonly credit_role: PostingRole;
  readonly cents: number;
  readonly currency: string;
  readonly posted_on: string;
  readonly recorded_at: number;
  readonly actor: string;
  readonly reason: string | null;
  readonly booking_number: string | null;
  readonly redemption_id: string | null;
  readonly reversal_id: string | null;
  /** Which form was hashed: 1 knows none of the following, 2 no subjects. */
  readonly hash_version: number;
  /** The day on which it truly happened; posted later where that month was closed already. */
  readonly event_on: string | null;
  /** Receipt, invoice or settlement. */
  readonly document_number: string | null;
  /** The subject whose chain it is in; null: a voucher's. */
  readonly chain_id: string | null;
  /** The open item of the debtors that it opens or settles; null: a booking's, or none. */
  readonly open_item_id: string | null;
  readonly previous_hash: string;
  readonly hash: string;
}

/**
 * The entry as both databases give it back, which is what its hash is taken of: a driver writes half a character as the
 * sign for a broken one, and an id without the zeros in front. What a database would keep as something else altogether
 * is a fault of the caller.
 */
export function asStored(row: Omit<LedgerRow, 'hash'>): Omit<LedgerRow, 'hash'> {
  const { position, cents, recorded_at, hash_version, posted_on, event_on } = row;
  if (![position, cents, recorded_at, hash_version].every(Number.isSafeInteger) || cents <= 0)
    throw new Error('a figure of an entry is no whole number');
  if (![posted_on, event_on ?? posted_on].every(isCalendarDay)) throw new Error('a day of an entry is none');
  const texts = Object.entries(row).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'string' ? value.toWellFormed() : value,
  ]);
  return {
    ...(Object.fromEntries(texts) as Omit<LedgerRow, 'hash'>),
    voucher_id: storedId(row.voucher_id),
    redemption_id: storedId(row.redemption_id),
    reversal_id: storedId(row.reversal_id),
    chain_id: storedId(row.chain_id),
    open_item_id: storedId(row.open_item_id),
  };
}

function storedId(id: string | null): string | null {
  return id === null ? null : BigInt(id).toString();
}

/** knex writes a multi-row insert for SQLite as a compound SELECT, of which SQLite takes at most 500. */
const MAX_ROWS_PER_INSERT = 500;

export function ledgerInserts(trx: Knex.Transaction, rows: readonly LedgerRow[]): Knex.QueryBuilder[] {
  const inserts: Knex.QueryBuilder[] = [];
  for (let from = 0; from < rows.length; from += MAX_ROWS_PER_INSERT)
    inserts.push(trx('ledger_entries').insert(rows.slice(from, from + MAX_ROWS_PER_INSERT)));
  return inserts;
}

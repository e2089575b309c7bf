import type { Knex } from 'knex';
import { toFigure } from '../../../platform/data/db.ts';
import type { LedgerRow } from './ledger-row.ts';

/** A voucher's entries in their order, at most `limit` of them from `fromPosition` on. */
export async function findLedgerRows(
  knex: Knex,
  voucherId: string,
  fromPosition: number,
  limit: number,
): Promise<LedgerRow[]> {
  const rows = await knex('ledger_entries')
    .where({ voucher_id: voucherId })
    .where('position', '>=', fromPosition)
    .orderBy('position')
    .limit(limit)
    .select<LedgerRow[]>(LEDGER_COLUMNS);
  return rows.map(toLedgerRow);
}

/** One entry by its id; null: there is none. */
export async function findLedgerRow(knex: Knex, id: string): Promise<LedgerRow | null> {
  const row = await knex('ledger_entries').where({ id }).first<LedgerRow | undefined>(LEDGER_COLUMNS);
  return row === undefined ? null : toLedgerRow(row);
}

export async function findEntryId(knex: Knex, voucherId: string, position: number): Promise<string | null> {
  const row = await knex('ledger_entries')
    .where({ voucher_id: voucherId, position })
    .first<{ id: number | string } | undefined>('id');
  return row === undefined ? null : String(row.id);
}

/** A voucher's newest entries first, at most `limit` before a position. */
export async function findLedgerRowsBefore(
  knex: Knex,
  voucherId: string,
  beforePosition: number | null,
  limit: number,
): Promise<LedgerRow[]> {
  const query = knex('ledger_entries').where({ voucher_id: voucherId }).orderBy('position', 'desc').limit(limit);
  if (beforePosition !== null) void query.where('position', '<', beforePosition);
  return (await query.select<LedgerRow[]>(LEDGER_COLUMNS)).map(toLedgerRow);
}

/** What a role of a voucher had after the entry at a position. */
export async function sumOfRoles(
  knex: Knex,
  voucherId: string,
  roles: readonly string[],
  upToPosition: number,
): Promise<number> {
  const marks = roles.map(() => '?').join(', ');
  const row = await knex('ledger_entries')
    .where({ voucher_id: voucherId })
    .where('position', '<=', upToPosition)
    .first<{ sum: unknown } | undefined>(
      knex.raw(
        `coalesce(sum(case when credit_role in (${marks}) then cents else 0 end) - sum(case when debit_role in (${marks}) then cents else 0 end), 0) as sum`,
        [...roles, ...roles],
      ),
    );
  return toFigure(row?.sum);
}

/** The entries of these subjects' own chains, by subject and position. */
export async function findLedgerRowsOfSubjects(knex: Knex, subjectIds: readonly string[]): Promise<LedgerRow[]> {
  if (subjectIds.length === 0) return [];
  const rows = await knex('ledger_entries')
    .whereIn('chain_id', [...subjectIds])
    .orderBy(['chain_id', 'position'])
    .select<LedgerRow[]>(LEDGER_COLUMNS);
  return rows.map(toLedgerRow);
}

/** The entries of these vouchers, by voucher and position. */
export async function findLedgerRowsOf(knex: Knex, voucherIds: readonly string[]): Promise<LedgerRow[]> {
  if (voucherIds.length === 0) return [];
  const rows = await knex('ledger_entries')
    .whereIn('voucher_id', [...voucherIds])
    .orderBy(['voucher_id', 'position'])
    .select<LedgerRow[]>(LEDGER_COLUMNS);
  return rows.map(toLedgerRow);
}

/** The entries under a document's number, oldest first; at most `limit`. */
export async function findLedgerRowsOfDocument(
  knex: Knex,
  documentNumber: string,
  limit: number,
): Promise<LedgerRow[]> {
  const rows = await knex('ledger_entries')
    .where({ document_number: documentNumber })
    .orderBy('id')
    .limit(limit)
    .select<LedgerRow[]>(LEDGER_COLUMNS);
  return rows.map(toLedgerRow);
}

const DOCUMENTS_PER_STEP = 500;

/** Debits less credits of a role in the entries under these documents. */
export async function sumRoleOfDocuments(
  knex: Knex,
  role: string,
  documentNumbers: readonly string[],
): Promise<number> {
  let sum = 0;
  for (let from = 0; from < documentNumbers.length; from += DOCUMENTS_PER_STEP) {
    const row = await knex('ledger_entries')
      .whereIn('document_number', documentNumbers.slice(from, from + DOCUMENTS_PER_STEP))
      .first<{ sum: unknown } | undefined>(
        knex.raw(
          'coalesce(sum(case when debit_role = ? then cents when credit_role = ? then -cents else 0 end), 0) as sum',
          [role, role],
        ),
      );
    sum += toFigure(row?.sum);
  }
  return sum;
}

export async function findVouchersOfRedemption(knex: Knex, redemptionId: string): Promise<Set<string>> {
  const rows = await knex('ledger_entries')
    .where({ redemption_id: redemptionId })
    .distinct<{ voucher_id: number | string }[]>('voucher_id');
  return new Set(rows.map((row) => String(row.voucher_id)));
}

const LEDGER_COLUMNS = [
  'voucher_id',
  'position',
  'event',
  'debit_role',
  'credit_role',
  'cents',
  'currency',
  'posted_on',
  'recorded_at',
  'actor',
  'reason',
  'booking_number',
  'redemption_id',
  'reversal_id',
  'hash_version',
  'event_on',
  'document_number',
  'chain_id',
  'open_item_id',
  'previous_hash',
  'hash',
];

function toLedgerRow(row: LedgerRow): LedgerRow {
  return {
    ...row,
    voucher_id: idOrNull(row.voucher_id),
    cents: Number(row.cents),
    recorded_at: Number(row.recorded_at),
    redemption_id: idOrNull(row.redemption_id),
    reversal_id: idOrNull(row.reversal_id),
    chain_id: idOrNull(row.chain_id),
    open_item_id: idOrNull(row.open_item_id),
  };
}

function idOrNull(id: string | null): string | null {
  return id === null ? null : String(id);
}

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
    .select<RedemptionEntryRow[]>('voucher_id', 'position', 'event', 'debit_role', 'credit_role', 'cents', 'posted_on');
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

interface RedemptionEntryRow {
  readonly voucher_id: number | string;
  readonly position: number;
  readonly event: string;
  readonly debit_role: string;
  readonly credit_role: string;
  readonly cents: number | string;
  readonly posted_on: string;
}

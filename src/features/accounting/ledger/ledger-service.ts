import type { PostingRole } from '../../../core/books/account-role.ts';
import type { LedgerFact } from '../../../core/books/ending/derecognition.ts';
import { createHash } from 'node:crypto';
import type { Connection, Transaction } from '../../../platform/data/db.ts';
import { canonicalJson } from '../../../platform/data/idempotency.ts';
import { readOpenFrom } from './period-store.ts';
import type { OpenDays } from './posting-day-service.ts';
import {
  findLedgerRowsBefore,
  sumOfRoles,
  sumRoleOfDocuments,
  findVouchersOfRedemption,
  findLedgerRows,
  findLedgerRowsOfDocument,
  type RedemptionEntry,
  findRedemptionEntries,
} from './ledger-store.ts';
import { asStored, ledgerInserts, type LedgerRow } from './ledger-row.ts';

const MAX_REDEMPTION_ENTRIES = 500;
const MAX_DOCUMENT_ENTRIES = 2000;

/** One movement between two roles of the chart of accounts; `cents` > 0, so it cannot be unbalanced. */
export interface LedgerEntry {
  readonly event: string;
  readonly debitRole: PostingRole;
  readonly creditRole: PostingRole;
  readonly cents: number;
}

export interface LedgerContext {
  readonly currency: string;
  /** Today, or what `postingDay` of posting-day-service says: never a day of a closed month. */
  readonly postedOn: string;
  /** The true day where it is another one. */
  readonly eventOn?: string;
  readonly recordedAt: number;
  readonly actor: string;
  readonly reason: string | null;
  readonly bookingNumber: string | null;
  readonly redemptionId: string | null;
  readonly reversalId: string | null;
  /** The document (Beleg) that shows it. */
  readonly documentNumber?: string | null;
  /** The open item of the debtors that it opens or settles. */
  readonly openItemId?: string | null;
}

/** The end of a voucher's own chain, as it stands in its row, or of a subject's (read under the lock of that row). */
export type LedgerHead = ({ readonly voucherId: string } | { readonly subjectId: string }) & {
  readonly count: number;
  readonly hash: string | null;
};

export interface ChainedEntries<Head extends LedgerHead = LedgerHead> {
  readonly rows: readonly LedgerRow[];
  readonly head: Head;
}

/** The hash before the first entry of a chain. */
export const CHAIN_START = '0'.repeat(64);

/**
 * The rows that continue a chain, and its new head, which the caller writes into the row of the voucher or subject
 * together with the balance. Each has a chain of its own, so that no two redemptions meet in one hot row.
 */
export function chainEntries<Head extends LedgerHead>(
  head: Head,
  context: LedgerContext,
  entries: readonly LedgerEntry[],
): ChainedEntries<Head> {
  const rows: LedgerRow[] = [];
  let hash = head.hash ?? CHAIN_START;
  let position = head.count;
  for (const entry of entries) {
    position += 1;
    const row = asStored({
      voucher_id: 'voucherId' in head ? head.voucherId : null,
      position,
      event: entry.event,
      debit_role: entry.debitRole,
      credit_role: entry.creditRole,
      cents: entry.cents,
      currency: context.currency,
      posted_on: context.postedOn,
      recorded_at: context.recordedAt,
      actor: context.actor,
      reason: context.reason,
      booking_number: context.bookingNumber,
      redemption_id: context.redemptionId,
      reversal_id: context.reversalId,
      hash_version: HASH_VERSION,
      event_on: context.eventOn ?? context.postedOn,
      document_number: context.documentNumber ?? null,
      chain_id: 'subjectId' in head ? head.subjectId : null,
      open_item_id: context.openItemId ?? null,
      previous_hash: hash,
    });
    hash = entryHash(row);
    rows.push({ ...row, hash });
  }
  return { rows, head: { ...head, count: position, hash: rows.length === 0 ? head.hash : hash } };
}

/**
 * SHA-256 over the previous hash and the entry, as the database gives it back, in canonical JSON: ids, days and cents, no
 * name and no code. An entry is hashed in the form of its version, so that a new column never breaks an old chain.
 */
export function entryHash(row: Omit<LedgerRow, 'hash'>): string {
  return createHash('sha256').update(entryText(row)).digest('hex');
}

/** What is hashed of an entry: anybody who has it can hash it again. */
export function entryText(row: Omit<LedgerRow, 'hash'>): string {
  return canonicalJson(canonicalForm(row));
}

/** The form new entries are hashed in. */
const HASH_VERSION = 3;

function canonicalForm(row: Omit<LedgerRow, 'hash'>): object {
  if (row.hash_version >= HASH_VERSION) return row;
  const { chain_id: _chain, open_item_id: _openItem, ...second } = row;
  if (row.hash_version === 2) return second;
  const { hash_version: _version, event_on: _eventOn, document_number: _document, ...first } = second;
  return first;
}

/** Writes what `chainEntries` made. A day of a closed month is a fault of the caller, who asks `postingDay` for the day. */
export async function appendToLedger(trx: Transaction, rows: readonly LedgerRow[]): Promise<void> {
  const openFrom = daysInThePast(rows).length === 0 ? undefined : await readOpenFrom(trx, 'shared');
  for (const insert of appendingTo(trx, rows, { openFrom })) await insert;
}

/** The same as statements, for who has looked which days are open and writes more together with them. */
export function appendingTo(
  trx: Transaction,
  rows: readonly LedgerRow[],
  { openFrom }: Pick<OpenDays, 'openFrom'>,
): ReturnType<typeof ledgerInserts> {
  const past = daysInThePast(rows);
  if (past.length > 0 && openFrom === undefined) throw new Error('nobody looked whether the month is open');
  if (past.some((day) => typeof openFrom === 'string' && day < openFrom))
    throw new Error('an entry is posted into a closed month');
  if (rows.some((row) => row.posted_on > surelyBegun(row.recorded_at)))
    throw new Error('an entry is posted on a day to come');
  return ledgerInserts(trx, rows);
}

function daysInThePast(rows: readonly LedgerRow[]): string[] {
  return rows.filter((row) => row.posted_on < surelyOpenFrom(row.recorded_at)).map((row) => row.posted_on);
}

/** The latest day that it can be anywhere when an entry is recorded. */
function surelyBegun(recordedAt: number): string {
  return new Date(recordedAt + 36 * 60 * 60 * 1000).toISOString().slice(0, 10);
}

/** No month that this day or a later one lies in can be closed when an entry is recorded, whatever the time zone. */
function surelyOpenFrom(recordedAt: number): string {
  return new Date(recordedAt - 36 * 60 * 60 * 1000).toISOString().slice(0, 10);
}

/** The vouchers that a redemption has entries of: a discount has some only where it was posted gross. */
export function vouchersPostedIn(connection: Connection, redemptionId: string): Promise<Set<string>> {
  return findVouchersOfRedemption(connection, redemptionId);
}

export type { LedgerRow };

/** A page of a voucher's entries, the newest first, each with what its roles had after it. */
export async function readLedgerPage(
  connection: Connection,
  voucherId: string,
  roles: readonly string[],
  page: { readonly before: number | null; readonly limit: number },
): Promise<{ readonly entries: readonly (LedgerRow & { readonly balance: number })[]; readonly next: number | null }> {
  const found = await findLedgerRowsBefore(connection, voucherId, page.before, page.limit + 1);
  const rows = found.slice(0, page.limit);
  const [newest] = rows;
  let balance =
    newest === undefined || roles.length === 0 ? 0 : await sumOfRoles(connection, voucherId, roles, newest.position);
  const entries = rows.map((row) => {
    const entry = { ...row, balance };
    balance -= (roles.includes(row.credit_role) ? row.cents : 0) - (roles.includes(row.debit_role) ? row.cents : 0);
    return entry;
  });
  return { entries, next: found.length > page.limit ? (rows.at(-1)?.position ?? null) : null };
}

/** A voucher's entries from its first on. */
export function readLedger(connection: Connection, voucherId: string, limit: number): Promise<LedgerRow[]> {
  return findLedgerRows(connection, voucherId, 1, limit);
}

/** Entries as the rules of the core read them. */
export function toPostings(rows: readonly LedgerRow[]): LedgerFact[] {
  return rows.map((row) => ({
    event: row.event,
    debitRole: row.debit_role,
    creditRole: row.credit_role,
    cents: row.cents,
    postedOn: row.posted_on,
  }));
}

/** What is posted under the number of a document, in the order in which it was written. */
export function entriesOfDocument(connection: Connection, documentNumber: string): Promise<LedgerRow[]> {
  return findLedgerRowsOfDocument(connection, documentNumber, MAX_DOCUMENT_ENTRIES);
}

/** What came onto a role and left it, in all that is posted under these documents. */
export function sumOfDocuments(
  connection: Connection,
  role: PostingRole,
  documentNumbers: readonly string[],
): Promise<number> {
  return sumRoleOfDocuments(connection, role, documentNumbers);
}

/** What a redemption and its reversals posted, in the order in which it was written. */
export function entriesOfRedemption(connection: Connection, redemptionId: string): Promise<RedemptionEntry[]> {
  return findRedemptionEntries(connection, redemptionId, MAX_REDEMPTION_ENTRIES);
}

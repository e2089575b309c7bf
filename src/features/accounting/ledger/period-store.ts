import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { memoryOf } from '../../../platform/data/memory.ts';

export interface ClosedPeriod {
  readonly month: string;
  readonly closedAt: number;
  readonly closedBy: string;
  readonly entries: number;
  readonly figures: string;
  /** The version of the accounts that held; null: the proposals of SKR03. */
  readonly setupId: string | null;
}

/** The first day open for postings, null when no month was closed yet. Locked, it stays so until the transaction ends. */
export async function readOpenFrom(knex: Knex, lock?: 'shared' | 'exclusive'): Promise<string | null> {
  const query = knex('accounting_books').where({ id: 1 });
  if (lock === 'shared') void query.forShare();
  if (lock === 'exclusive') void query.forUpdate();
  const row = await query.first<{ open_from: string | null } | undefined>('open_from');
  return row?.open_from ?? null;
}

/** Under which a process remembers the first open day for a while. */
export const OPEN_FROM = 'open_from';

/** One row, or somebody was there. */
export async function countBooks(knex: Knex): Promise<number> {
  return (await knex('accounting_books').select('id')).length;
}

export async function writeOpenFrom(trx: Knex.Transaction, openFrom: string): Promise<void> {
  await trx('accounting_books').where({ id: 1 }).update({ open_from: openFrom });
  memoryOf(trx).delete(OPEN_FROM);
}

/** Held until the transaction ends. */
export async function takeLock(trx: Knex.Transaction, name: 'setup' | 'export' | 'seal', now: number): Promise<void> {
  await trx('accounting_locks').where({ name }).update({ taken_at: now });
}

export async function insertClosedPeriod(trx: Knex.Transaction, period: ClosedPeriod): Promise<void> {
  await trx('closed_periods').insert({
    month: period.month,
    closed_at: period.closedAt,
    closed_by: period.closedBy,
    entries: period.entries,
    figures: period.figures,
    setup_id: period.setupId,
  });
}

export async function findClosedPeriods(knex: Knex, limit: number): Promise<ClosedPeriod[]> {
  const rows = await knex('closed_periods')
    .orderBy('month', 'desc')
    .limit(limit)
    .select<Record<string, string | number | null>[]>();
  return rows.map((row) => ({
    month: String(row['month']),
    closedAt: toSafeInteger(row['closed_at']),
    closedBy: String(row['closed_by']),
    entries: toSafeInteger(row['entries']),
    figures: String(row['figures']),
    setupId: row['setup_id'] === null || row['setup_id'] === undefined ? null : String(row['setup_id']),
  }));
}

/** The figures a month was closed with, as JSON; null: it is not closed. */
export async function findFigures(knex: Knex, month: string): Promise<string | null> {
  return (
    (await knex('closed_periods').where({ month }).first<{ figures: string } | undefined>('figures'))?.figures ?? null
  );
}

/** The first and the last day that anything is posted on; null: nothing is. Both are one look into the index of days. */
export async function readPostedDays(knex: Knex): Promise<{ readonly first: string; readonly last: string } | null> {
  const first = await knex('ledger_entries').orderBy('posted_on').first<{ posted_on: string } | undefined>('posted_on');
  const last = await knex('ledger_entries')
    .orderBy('posted_on', 'desc')
    .first<{ posted_on: string } | undefined>('posted_on');
  return first === undefined || last === undefined ? null : { first: first.posted_on, last: last.posted_on };
}

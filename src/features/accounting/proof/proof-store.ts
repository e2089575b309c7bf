import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';
import type { Difference } from '../../../core/books/verification.ts';

export interface StoredVerification {
  readonly id: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly vouchers: number;
  readonly entries: number;
  readonly seals: number;
  /** `unknown`: found by an earlier release, which wrote it down in words. */
  readonly problem: Difference | 'unknown' | null;
  readonly actor: string;
}

export async function insertVerification(trx: Knex.Transaction, done: Omit<StoredVerification, 'id'>): Promise<void> {
  await trx('verifications').insert({
    started_at: done.startedAt,
    ended_at: done.endedAt,
    vouchers: done.vouchers,
    entries: done.entries,
    seals: done.seals,
    problem: done.problem === null ? null : JSON.stringify(done.problem),
    actor: done.actor,
  });
}

/** The newest first. */
export async function findVerifications(knex: Knex, limit: number): Promise<StoredVerification[]> {
  const rows = await knex('verifications')
    .orderBy('id', 'desc')
    .limit(limit)
    .select<Record<string, string | number | null>[]>();
  return rows.map((row) => ({
    id: String(row['id']),
    startedAt: toSafeInteger(row['started_at']),
    endedAt: toSafeInteger(row['ended_at']),
    vouchers: toSafeInteger(row['vouchers']),
    entries: toSafeInteger(row['entries']),
    seals: toSafeInteger(row['seals']),
    problem: toProblem(row['problem']),
    actor: String(row['actor']),
  }));
}

function toProblem(stored: string | number | null | undefined): StoredVerification['problem'] {
  if (stored === null || stored === undefined) return null;
  const problem = parseJson<Partial<Difference>>(String(stored));
  return problem.check === undefined ? 'unknown' : (problem as Difference);
}

/** What a month holds now, to be compared with what it held when it was closed. */
export async function countMonth(
  knex: Knex,
  from: string,
  to: string,
): Promise<{ readonly entries: number; readonly cents: number }> {
  const row = await knex('ledger_entries')
    .whereBetween('posted_on', [from, to])
    .first<Record<string, unknown> | undefined>(knex.raw('count(*) as entries, coalesce(sum(cents), 0) as cents'));
  return { entries: toSafeInteger(row?.['entries']), cents: toSafeInteger(row?.['cents']) };
}

/** Journal numbers: as many as the highest one says, or there is a gap. */
export async function countJournalNumbers(knex: Knex): Promise<{ readonly numbers: number; readonly highest: number }> {
  const row = await knex('journal_numbers').first<Record<string, unknown> | undefined>(
    knex.raw('count(*) as numbers, coalesce(max(number), 0) as highest'),
  );
  return { numbers: toSafeInteger(row?.['numbers']), highest: toSafeInteger(row?.['highest']) };
}

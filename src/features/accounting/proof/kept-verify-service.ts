import { createHash } from 'node:crypto';
import type { Difference, VerifiedPlace } from '../../../core/books/verification.ts';
import { firstDayOf, lastDayOf, monthAfter } from '../../../core/month.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';
import { readFileParts } from '../datev/export-file-service.ts';
import { countBooks, findClosedPeriods, readOpenFrom, type ClosedPeriod } from '../ledger/period-store.ts';
import { totals } from '../ledger/totals-service.ts';
import type { Totals } from '../../../core/books/ledger-sums.ts';
import { countMonth, findPartnerFiles, findStoredFiles, readPartnerParts, type StoredFile } from './proof-store.ts';
import { firstWrongSum, type SumCheck, type WrongSum } from './sum-verify-store.ts';
import { difference } from './verify-service.ts';

const ALL_PERIODS = 10_000;
const FILES_PER_STEP = 100;

/** What is kept of closed months: how many entries each had, its figures, and from when on the books are open. */
export async function problemOfPeriods(connection: Connection): Promise<Difference | null> {
  const periods = await findClosedPeriods(connection, ALL_PERIODS);
  for (const period of periods) {
    const problem = await problemOfPeriod(connection, period);
    if (problem !== null) return problem;
  }
  const newest = periods[0];
  const expected = newest === undefined ? null : firstDayOf(monthAfter(newest.month));
  const openFrom = await readOpenFrom(connection);
  return openFrom === expected && (await countBooks(connection)) === 1
    ? null
    : difference('open_from', { kind: 'journal' }, expected, openFrom);
}

async function problemOfPeriod(connection: Connection, period: ClosedPeriod): Promise<Difference | null> {
  const place: VerifiedPlace = { kind: 'month', name: period.month };
  const [from, to] = [firstDayOf(period.month), lastDayOf(period.month)];
  const { entries, cents } = await countMonth(connection, from, to);
  if (entries !== period.entries) return difference('month_entries', place, period.entries, entries);
  const kept = figuresIn(period);
  if (kept === null) return difference('month_figures', place, cents, 0);
  const [expected, actual] = [sumsOf(await totals(connection, { from, to })), sumsOf(kept.totals)];
  const wrong = [...expected.keys(), ...actual.keys()].find((key) => expected.get(key) !== actual.get(key));
  if (wrong !== undefined) return difference('month_figures', place, expected.get(wrong) ?? 0, actual.get(wrong) ?? 0);
  return kept.cents === cents ? null : difference('month_figures', place, cents, kept.cents);
}

interface Figures {
  readonly cents: number;
  readonly totals: readonly Totals[];
}

/** null: what is kept cannot be read any more. */
function figuresIn({ figures }: ClosedPeriod): Figures | null {
  try {
    return parseJson<Figures>(figures);
  } catch {
    return null;
  }
}

/** By event, accounts and currency: a brand may be renamed later. */
function sumsOf(rows: readonly Totals[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { event, debitRole, creditRole, currency, cents } of rows) {
    const key = [event, debitRole, creditRole, currency].join(' ');
    sums.set(key, (sums.get(key) ?? 0) + cents);
  }
  return sums;
}

/** What went out, and how its bytes are kept. */
const KEPT_FILES = [
  { find: findStoredFiles, read: readFileParts },
  { find: findPartnerFiles, read: readPartnerParts },
];

type ReadParts = (connection: Connection, id: string) => AsyncIterable<Buffer>;

/** Whether the stored files still are the bytes that were written. */
export async function problemOfFiles(connection: Connection): Promise<Difference | null> {
  for (const { find, read } of KEPT_FILES)
    for (let afterId = '0'; ;) {
      const files: StoredFile[] = await find(connection, afterId, FILES_PER_STEP);
      for (const file of files) {
        const actual = await hashOfFile(connection, file, read);
        if (actual !== file.sha256)
          return difference('file_bytes', { kind: 'file', id: file.runId, name: file.name }, file.sha256, actual);
      }
      afterId = files.at(-1)?.id ?? afterId;
      if (files.length < FILES_PER_STEP) break;
    }
  return null;
}

/** null: its parts cannot be read, or there are more of them than the file has. */
async function hashOfFile(connection: Connection, { id, parts }: StoredFile, read: ReadParts): Promise<string | null> {
  const hash = createHash('sha256');
  let count = 0;
  try {
    for await (const part of read(connection, id)) {
      hash.update(part);
      count += 1;
    }
  } catch (error) {
    // What is packed has a checksum of its own.
    if (String((error as { code?: unknown }).code).startsWith('Z_')) return null;
    throw error;
  }
  return count === parts ? hash.digest('hex') : null;
}

const PLACES: Readonly<Record<SumCheck, (found: WrongSum) => VerifiedPlace>> = {
  order_paid: ({ id, name }) => ({ kind: 'order', id, name }),
  till_cash: ({ id, name }) => ({ kind: 'till_shift', id, name }),
  sum_of_reversal: ({ id, name }) => ({ kind: 'redemption', id, name }),
};

/** Sums of money that came in and went out beside vouchers. */
export async function problemOfSums(connection: Connection): Promise<Difference | null> {
  for (const check of Object.keys(PLACES) as SumCheck[]) {
    const found = await firstWrongSum(connection, check);
    if (found !== null) return difference(check, PLACES[check](found), found.expected, found.actual, found.currency);
  }
  return null;
}

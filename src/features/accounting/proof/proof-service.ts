import { inTransaction, type Connection, type Database } from '../../../platform/data/db.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import type { Difference } from '../../../core/books/verification.ts';
import { firstDayOf, lastDayOf } from '../../../core/month.ts';
import { findClosedPeriods } from '../ledger/period-store.ts';
import {
  countJournalNumbers,
  countMonth,
  findVerifications,
  insertVerification,
  type StoredVerification,
} from './proof-store.ts';
import { reportCircles } from '../ledger/number-service.ts';
import { verifySeals } from './seal-service.ts';
import { verifySubjects } from './verify-subject-service.ts';
import { difference, verifyBooks, type Verification } from './verify-service.ts';

export type { StoredVerification };

export interface Proof extends Verification {
  readonly seals: number;
}

const ALL_PERIODS = 10_000;

/** Everything that can be recomputed: chains, balances, bookings, seals, closed months, numbers. The first that is off. */
export async function verifyEverything(connection: Connection, now: number): Promise<Proof> {
  const books = await verifyBooks(connection, now);
  if (books.problem !== null) return { ...books, seals: 0 };
  const subjects = await verifySubjects(connection);
  const entries = books.entries + subjects.entries;
  if (subjects.problem !== null) return { ...books, entries, problem: subjects.problem, seals: 0 };
  const { seals, problem } = await verifySeals(connection);
  return {
    ...books,
    entries,
    seals,
    problem: problem ?? (await problemOfPeriods(connection)) ?? (await problemOfNumbers(connection)),
  };
}

/** The same, kept for the page of proofs. */
export async function verifyAndRecord(database: Database, actor: string, now: number): Promise<Proof> {
  const proof = await verifyEverything(database.knex, now);
  await inTransaction(database, async (trx) => {
    await insertVerification(trx, {
      startedAt: now,
      endedAt: now,
      vouchers: proof.vouchers,
      entries: proof.entries,
      seals: proof.seals,
      problem: proof.problem,
      actor,
    });
    await writeAudit(trx, [
      { recordedAt: now, actor, action: 'accounting.verify', entity: 'accounting', entityId: 'books', changes: proof },
    ]);
  });
  return proof;
}

/** The newest first. */
export function listVerifications(connection: Connection, limit: number): Promise<StoredVerification[]> {
  return findVerifications(connection, limit);
}

async function problemOfPeriods(connection: Connection): Promise<Difference | null> {
  for (const period of await findClosedPeriods(connection, ALL_PERIODS)) {
    const { entries } = await countMonth(connection, firstDayOf(period.month), lastDayOf(period.month));
    if (entries !== period.entries)
      return difference('month_entries', { kind: 'month', name: period.month }, period.entries, entries);
  }
  return null;
}

async function problemOfNumbers(connection: Connection): Promise<Difference | null> {
  const { numbers, highest } = await countJournalNumbers(connection);
  if (numbers !== highest) return difference('journal_numbers', { kind: 'journal' }, highest, numbers);
  const wrong = (await reportCircles(connection)).find((circle) => circle.issued !== circle.last);
  return wrong === undefined
    ? null
    : difference(
        'circle_numbers',
        { kind: 'circle', circle: wrong.circle, year: wrong.year },
        wrong.last,
        wrong.issued,
      );
}

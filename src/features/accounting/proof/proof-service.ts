import { inTransaction, type Connection, type Database } from '../../../platform/data/db.ts';
import { inSnapshot } from '../../../platform/data/snapshot.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import type { Difference } from '../../../core/books/verification.ts';
import {
  countJournalNumbers,
  findCleanAfter,
  findVerifications,
  insertVerification,
  type StoredVerification,
} from './proof-store.ts';
import { findLostCircle } from '../ledger/number-store.ts';
import { reportCircles } from '../ledger/number-service.ts';
import { problemOfFiles, problemOfPeriods, problemOfSums } from './kept-verify-service.ts';
import { problemOfRecords, sealRecords } from '../records/record-seal-service.ts';
import { verifySeals } from './seal-service.ts';
import { verifySubjects } from './verify-subject-service.ts';
import { difference, verifyBooks, type Verification } from './verify-service.ts';

export type { StoredVerification };

export interface Proof extends Verification {
  readonly seals: number;
}

/**
 * Everything that can be recomputed: chains, balances, bookings, seals, closed months, numbers, files, and every row that
 * was sealed. The first that is off. It reads in many steps, so on a database at work it needs a snapshot.
 */
export async function verifyEverything(connection: Connection, now: number): Promise<Proof> {
  const books = await verifyBooks(connection, now);
  if (books.problem !== null) return { ...books, seals: 0 };
  const subjects = await verifySubjects(connection);
  const entries = books.entries + subjects.entries;
  if (subjects.problem !== null) return { ...books, entries, problem: subjects.problem, seals: 0 };
  const { seals, problem } = await verifySeals(connection);
  if (problem !== null) return { ...books, entries, seals, problem };
  for (const check of [problemOfPeriods, problemOfNumbers, problemOfSums, problemOfFiles, problemOfRecords]) {
    const found = await check(connection);
    if (found !== null) return { ...books, entries, seals, problem: found };
  }
  return { ...books, entries, seals };
}

/**
 * The same on one moment of the database, kept for the page of proofs. What proved right is sealed, so that the next check
 * finds what is changed from now on.
 */
export async function verifyAndRecord(database: Database, actor: string, now: number): Promise<Proof> {
  const proof = await inSnapshot(database, (connection) => verifyEverything(connection, now));
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
  if (proof.problem === null) await sealRecords(database, actor, now);
  return proof;
}

/** A check; where it found a difference, the first one after it that found none. */
export interface ListedVerification extends StoredVerification {
  readonly cleanAt: number | null;
}

/** The newest first. */
export async function listVerifications(
  connection: Connection,
  beforeId: string | null,
  limit: number,
): Promise<ListedVerification[]> {
  const found = await findVerifications(connection, beforeId, limit);
  const wrong = found.filter(({ problem }) => problem !== null).map(({ id }) => id);
  const clean = await findCleanAfter(connection, wrong);
  return found.map((one) => ({ ...one, cleanAt: clean.get(one.id)?.endedAt ?? null }));
}

async function problemOfNumbers(connection: Connection): Promise<Difference | null> {
  const { numbers, highest } = await countJournalNumbers(connection);
  if (numbers !== highest) return difference('journal_numbers', { kind: 'journal' }, highest, numbers);
  const lost = await findLostCircle(connection);
  if (lost !== null) return difference('circle_numbers', { kind: 'circle', ...lost }, 0, lost.issued);
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

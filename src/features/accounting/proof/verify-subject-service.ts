import type { Difference, VerifiedPlace } from '../../../core/books/verification.ts';
import type { Connection } from '../../../platform/data/db.ts';
import type { LedgerRow } from '../ledger/ledger-row.ts';
import { CHAIN_START, entryHash } from '../ledger/ledger-service.ts';
import { findLedgerRowsOfSubjects } from '../ledger/ledger-store.ts';
import { listSubjects, type LedgerSubject } from '../ledger/ledger-subject-store.ts';
import { firstWrongOrderMoney, sumOpenItems } from './verify-subject-store.ts';
import { difference } from './verify-service.ts';

const SUBJECTS_PER_STEP = 500;

export interface SubjectCheck {
  readonly entries: number;
  readonly problem: Difference | null;
}

/** Recomputes the chains and open items of what is on no voucher, and holds orders' payments against them; the first that is off. */
export async function verifySubjects(connection: Connection): Promise<SubjectCheck> {
  let entries = 0;
  for (let afterId = '0'; ;) {
    const step = await listSubjects(connection, afterId, SUBJECTS_PER_STEP);
    const ids = step.map(({ id }) => id);
    const rows = await findLedgerRowsOfSubjects(connection, ids);
    const sums = await sumOpenItems(connection, ids);
    for (const subject of step) {
      const own = rows.filter(({ chain_id: id }) => id === subject.id);
      entries += own.length;
      const problem = problemOfChain(subject, own) ?? problemOfBalance(subject, sums.get(subject.id) ?? 0);
      if (problem !== null) return { entries, problem };
    }
    if (step.length < SUBJECTS_PER_STEP) return { entries, problem: await problemOfOrders(connection) };
    afterId = ids.at(-1) ?? afterId;
  }
}

function problemOfChain(subject: LedgerSubject, rows: readonly LedgerRow[]): Difference | null {
  let previous = CHAIN_START;
  for (const [index, { hash, ...row }] of rows.entries()) {
    const expected = entryHash(row);
    if (row.position !== index + 1 || row.previous_hash !== previous || hash !== expected)
      return difference('subject_chain', placeOf(subject), expected, hash);
    previous = hash;
  }
  const head = rows.length === 0 ? null : previous;
  if (subject.count !== rows.length) return difference('subject_entries', placeOf(subject), subject.count, rows.length);
  return subject.hash === head ? null : difference('subject_chain', placeOf(subject), head, subject.hash);
}

function problemOfBalance(subject: LedgerSubject, sum: number): Difference | null {
  return subject.balance === sum
    ? null
    : difference('open_item', placeOf(subject), sum, subject.balance, subject.currency);
}

async function problemOfOrders(connection: Connection): Promise<Difference | null> {
  const wrong = await firstWrongOrderMoney(connection);
  if (wrong === null) return null;
  const place = { kind: 'subject', subject: 'order', id: wrong.id, name: wrong.number } as const;
  return difference('order_money', place, wrong.expected, wrong.actual, wrong.currency);
}

function placeOf({ kind, subjectId, name }: LedgerSubject): VerifiedPlace {
  return { kind: 'subject', subject: kind, id: subjectId, name };
}

import type { SubjectKind } from '../../../core/books/ledger-event.ts';
import { openItemChange } from '../../../core/books/ledger-sums.ts';
import type { Posting } from '../../../core/books/postings.ts';
import type { Act } from '../../../platform/data/act.ts';
import { writeTogether, type Connection, type Transaction, type Write } from '../../../platform/data/db.ts';
import { appendingTo, chainEntries, type LedgerRow } from './ledger-service.ts';
import {
  findSubject,
  insertSubject,
  lockSubject,
  openItemUpdate,
  subjectUpdate,
  type LedgerSubject,
  type NewSubject,
} from './ledger-subject-store.ts';
import { openDays, postingDayIn } from './posting-day-service.ts';

export type { LedgerSubject };

/** What is posted in a subject's own chain. */
export interface SubjectMove {
  readonly postings: readonly Posting[];
  /** The day it happened; posted later where its month is closed. */
  readonly postedOn: string;
  readonly reason: string | null;
  readonly documentNumber: string;
  /** Set where it settles a booking rather than the subject's own open item. */
  readonly bookingNumber?: string | null;
}

/** The subject under its lock, made where there is none yet; for who holds the lock of the row it stands for. */
export async function subjectFor(trx: Transaction, subject: NewSubject): Promise<LedgerSubject> {
  return (await findSubject(trx, subject.kind, { name: subject.name }, 'locked')) ?? insertSubject(trx, subject);
}

export async function subjectById(trx: Transaction, id: string): Promise<LedgerSubject> {
  const subject = await lockSubject(trx, id);
  if (subject === null) throw new Error('an open item is gone');
  return subject;
}

/** One that there cannot be yet, because its number was given out just now. */
export function newSubject(trx: Transaction, subject: NewSubject): Promise<LedgerSubject> {
  return insertSubject(trx, subject);
}

/** Null: nothing was ever posted for it. */
export function subjectOf(connection: Connection, kind: SubjectKind, subjectId: string): Promise<LedgerSubject | null> {
  return findSubject(connection, kind, { subjectId }, 'free');
}

/**
 * `no_item`: what opened it, before open items were named, does not name it, so what settles it does not either; nor does
 * what a till takes, which settles bookings.
 */
type ItemNamed = 'own_item' | 'no_item';

/** Posts in the subject's chain, on its own open item; the subject as it is afterwards. */
export async function moveSubject(
  act: Act,
  subject: LedgerSubject,
  moves: readonly SubjectMove[],
  named: ItemNamed = 'own_item',
): Promise<LedgerSubject> {
  const { after, writes } = await subjectWrites(act, subject, moves, named);
  await writeTogether(act.trx, writes);
  return after;
}

/** The same as statements, to be written together with others. */
export async function subjectWrites(
  { trx, actor, moment }: Act,
  subject: LedgerSubject,
  moves: readonly SubjectMove[],
  named: ItemNamed = 'own_item',
): Promise<{ readonly after: LedgerSubject; readonly writes: readonly Write[] }> {
  const days = await openDays(
    trx,
    moves.map(({ postedOn }) => postedOn),
    moment.today,
  );
  const rows: LedgerRow[] = [];
  let after = subject;
  for (const move of moves) {
    const { rows: own, head } = chainEntries(
      { subjectId: after.id, count: after.count, hash: after.hash },
      {
        currency: after.currency,
        ...postingDayIn(days, move.postedOn),
        recordedAt: moment.now,
        actor,
        reason: move.reason,
        bookingNumber: move.bookingNumber ?? null,
        redemptionId: null,
        reversalId: null,
        documentNumber: move.documentNumber,
        openItemId: named === 'own_item' ? after.id : null,
      },
      move.postings,
    );
    rows.push(...own);
    const balance = after.balance + (named === 'own_item' ? openItemChange(move.postings) : 0);
    after = { ...after, count: head.count, hash: head.hash, balance };
  }
  return { after, writes: [...appendingTo(trx, rows, days), subjectUpdate(trx, after)] };
}

/** What entries in the chains of vouchers do to open items: their balances follow, under the lock of what they stand for. */
export function openItemWrites(trx: Transaction, rows: readonly LedgerRow[]): Write[] {
  const changes = new Map<string, number>();
  for (const { open_item_id: id, debit_role: debitRole, credit_role: creditRole, cents } of rows)
    if (id !== null) changes.set(id, (changes.get(id) ?? 0) + openItemChange([{ debitRole, creditRole, cents }]));
  return [...changes].map(([id, change]) => openItemUpdate(trx, id, change));
}

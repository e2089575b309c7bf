import type { Knex } from 'knex';
import type { SubjectKind } from '../../../core/books/ledger-event.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';

/** What entries belong to that are on no voucher: a chain of its own, and an open item of the debtors. */
export interface LedgerSubject {
  readonly id: string;
  readonly kind: SubjectKind;
  /** What people know it by: the number of the order or of the refund. */
  readonly name: string;
  /** The row it stands for. */
  readonly subjectId: string;
  readonly brand: string | null;
  readonly currency: string;
  readonly count: number;
  readonly hash: string | null;
  /** Cents we owe; below 0: what is owed to us. */
  readonly balance: number;
}

export type NewSubject = Pick<LedgerSubject, 'kind' | 'name' | 'subjectId' | 'brand' | 'currency'>;

export async function insertSubject(trx: Knex.Transaction, subject: NewSubject): Promise<LedgerSubject> {
  const [id] = await trx('ledger_subjects').insert({
    kind: subject.kind,
    name: subject.name,
    subject_id: subject.subjectId,
    brand_id: subject.brand,
    currency: subject.currency,
  });
  return { ...subject, id: String(id), count: 0, hash: null, balance: 0 };
}

/** `locked`: until the transaction ends. */
export async function findSubject(
  knex: Knex,
  kind: SubjectKind,
  by: { readonly subjectId: string } | { readonly name: string },
  lock: 'free' | 'locked',
): Promise<LedgerSubject | null> {
  const query = knex('ledger_subjects').where(
    'name' in by ? { kind, name: by.name } : { kind, subject_id: by.subjectId },
  );
  if (lock === 'locked') void query.forUpdate();
  const row = await query.first<SubjectRow | undefined>();
  return row === undefined ? null : toSubject(row);
}

/** By its own id, until the transaction ends. */
export async function lockSubject(trx: Knex.Transaction, id: string): Promise<LedgerSubject | null> {
  const row = await trx('ledger_subjects').where({ id }).forUpdate().first<SubjectRow | undefined>();
  return row === undefined ? null : toSubject(row);
}

/** The new end of its chain, and what its open item became. */
export function subjectUpdate(
  trx: Knex.Transaction,
  { id, count, hash, balance }: Pick<LedgerSubject, 'id' | 'count' | 'hash' | 'balance'>,
): Knex.QueryBuilder {
  return trx('ledger_subjects').where({ id }).update({ ledger_count: count, ledger_head: hash, balance });
}

/** What entries in other chains did to an open item. */
export function openItemUpdate(trx: Knex.Transaction, id: string, change: number): Knex.QueryBuilder {
  return trx('ledger_subjects').where({ id }).increment('balance', change);
}

/** The next subjects by id. */
export async function listSubjects(knex: Knex, afterId: string, limit: number): Promise<LedgerSubject[]> {
  const rows = await knex('ledger_subjects')
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .select<SubjectRow[]>();
  return rows.map(toSubject);
}

interface SubjectRow {
  readonly id: number | string;
  readonly kind: SubjectKind;
  readonly name: string;
  readonly subject_id: string;
  readonly brand_id: string | null;
  readonly currency: string;
  readonly ledger_count: number;
  readonly ledger_head: string | null;
  readonly balance: number | string;
}

function toSubject(row: SubjectRow): LedgerSubject {
  return {
    id: String(row.id),
    kind: row.kind,
    name: row.name,
    subjectId: row.subject_id,
    brand: row.brand_id,
    currency: row.currency,
    count: row.ledger_count,
    hash: row.ledger_head,
    balance: toSafeInteger(row.balance),
  };
}

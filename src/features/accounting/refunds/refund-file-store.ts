import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

/** A file of payments for the bank; `withdrawn`: it was not handed over, so its refunds are open again. */
export interface RefundFile {
  readonly id: string;
  readonly number: string;
  readonly state: 'live' | 'withdrawn';
  readonly payments: number;
  readonly cents: number;
  readonly currency: string;
  readonly executionOn: string;
  readonly sha256: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly withdrawnAt: number | null;
  readonly withdrawnBy: string | null;
  /** Of its payments those that are known to be paid. */
  readonly paid: number;
}

export type NewRefundFile = Pick<
  RefundFile,
  'number' | 'payments' | 'cents' | 'currency' | 'executionOn' | 'sha256' | 'createdAt' | 'createdBy'
> & { readonly content: string };

export async function insertRefundFile(
  trx: Knex.Transaction,
  file: NewRefundFile,
  refundIds: readonly string[],
): Promise<string> {
  const [id] = await trx('refund_files').insert({
    number: file.number,
    state: 'live',
    payments: file.payments,
    cents: file.cents,
    currency: file.currency,
    execution_on: file.executionOn,
    content: file.content,
    sha256: file.sha256,
    created_at: file.createdAt,
    created_by: file.createdBy,
  });
  for (let from = 0; from < refundIds.length; from += ROWS_PER_STEP) {
    const part = refundIds.slice(from, from + ROWS_PER_STEP);
    await trx('refund_file_lines').insert(part.map((refundId) => ({ file_id: id, refund_id: refundId })));
    await trx('refunds').whereIn('id', part).update({ state: 'ordered', file_id: id });
  }
  return String(id);
}

const ROWS_PER_STEP = 400;

/** Its refunds that are not paid are open again. */
export async function withdrawRefundFile(
  trx: Knex.Transaction,
  id: string,
  actor: string,
  now: number,
): Promise<boolean> {
  const ended: number = await trx('refund_files')
    .where({ id, state: 'live' })
    .update({ state: 'withdrawn', withdrawn_at: now, withdrawn_by: actor });
  if (ended === 1)
    await trx('refunds').where({ file_id: id, state: 'ordered' }).update({ state: 'open', file_id: null });
  return ended === 1;
}

/** The ids of what a file orders and nobody knows to be paid, locked by ascending id. */
export async function lockOrderedRefunds(trx: Knex.Transaction, fileId: string): Promise<string[]> {
  const ids = await trx('refunds')
    .where({ file_id: fileId, state: 'ordered' })
    .orderBy('id')
    .forUpdate()
    .pluck<(number | string)[]>('id');
  return ids.map(String);
}

export async function findRefundFile(knex: Knex, id: string): Promise<RefundFile | null> {
  const row = (await selectFiles(knex).where('f.id', id).first()) as FileRow | undefined;
  return row === undefined ? null : toFile(row);
}

export async function readFileContent(knex: Knex, id: string): Promise<string | null> {
  const row = await knex('refund_files').where({ id }).first<{ content: string } | undefined>('content');
  return row?.content ?? null;
}

/** The newest first. */
export async function listRefundFiles(knex: Knex, beforeId: string | null, limit: number): Promise<RefundFile[]> {
  const query = selectFiles(knex).orderBy('f.id', 'desc').limit(limit);
  if (beforeId !== null) void query.where('f.id', '<', beforeId);
  return ((await query) as FileRow[]).map(toFile);
}

function selectFiles(knex: Knex): Knex.QueryBuilder {
  return knex('refund_files as f').select(
    'f.id',
    'f.number',
    'f.state',
    'f.payments',
    'f.cents',
    'f.currency',
    'f.execution_on',
    'f.sha256',
    'f.created_at',
    'f.created_by',
    'f.withdrawn_at',
    'f.withdrawn_by',
    knex.raw("(select count(*) from refunds r where r.file_id = f.id and r.state = 'paid') as paid"),
  );
}

interface FileRow {
  readonly id: number | string;
  readonly number: string;
  readonly state: RefundFile['state'];
  readonly payments: number;
  readonly cents: number | string;
  readonly currency: string;
  readonly execution_on: string;
  readonly sha256: string;
  readonly created_at: number | string;
  readonly created_by: string;
  readonly withdrawn_at: number | string | null;
  readonly withdrawn_by: string | null;
  readonly paid: number | string;
}

function toFile(row: FileRow): RefundFile {
  return {
    id: String(row.id),
    number: row.number,
    state: row.state,
    payments: row.payments,
    cents: toSafeInteger(row.cents),
    currency: row.currency,
    executionOn: row.execution_on,
    sha256: row.sha256,
    createdAt: toSafeInteger(row.created_at),
    createdBy: row.created_by,
    withdrawnAt: row.withdrawn_at === null ? null : toSafeInteger(row.withdrawn_at),
    withdrawnBy: row.withdrawn_by,
    paid: toSafeInteger(row.paid),
  };
}

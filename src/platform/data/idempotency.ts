import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { appError } from '../process/errors.ts';
import { inTransaction, isDuplicateKey, type Database, type Transaction } from './db.ts';

export interface IdempotentRequest {
  /** Whose key it is: two callers may choose the same one. */
  readonly scope: string;
  readonly key: string;
  /** What the request says, in a form that is equal for equal requests. */
  readonly fingerprint: string;
}

export interface IdempotentOutcome<T> {
  readonly outcome: T;
  readonly isReplay: boolean;
}

/**
 * Runs `work` once for a key. The key, what the work wrote and its outcome are committed together, so that after a
 * crash either all of it is there and the outcome is told again, or nothing is and the work is done anew. A second
 * request with the key waits in the database for the first; in the same process it is told so at once.
 */
export async function idempotently<T>(
  database: Database,
  request: IdempotentRequest,
  now: number,
  work: (trx: Transaction) => Promise<T>,
): Promise<IdempotentOutcome<T>> {
  const running = runningKeysOf(database);
  const runningKey = `${request.scope}\n${request.key}`;
  if (running.has(runningKey)) throw appError('idempotency_in_progress');
  running.add(runningKey);
  try {
    return await inTransaction(database, (trx) => claimAndWork(trx, request, now, work));
  } catch (error) {
    if (!(error instanceof KeyTaken)) throw error;
    return { outcome: await storedOutcome<T>(database.knex, request), isReplay: true };
  } finally {
    running.delete(runningKey);
  }
}

export function fingerprintOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

/** JSON with sorted member names, so that equal bodies are equal text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}

class KeyTaken extends Error {}

const runningKeys = new WeakMap<Database, Set<string>>();

function runningKeysOf(database: Database): Set<string> {
  const known = runningKeys.get(database);
  if (known !== undefined) return known;
  const created = new Set<string>();
  runningKeys.set(database, created);
  return created;
}

async function claimAndWork<T>(
  trx: Transaction,
  request: IdempotentRequest,
  now: number,
  work: (trx: Transaction) => Promise<T>,
): Promise<IdempotentOutcome<T>> {
  try {
    await trx('idempotency_keys').insert({
      scope: request.scope,
      key: request.key,
      request_hash: request.fingerprint,
      created_at: now,
    });
  } catch (error) {
    if (isDuplicateKey(error)) throw new KeyTaken();
    throw error;
  }
  const outcome = await work(trx);
  await trx('idempotency_keys')
    .where({ scope: request.scope, key: request.key })
    .update({ outcome: JSON.stringify(outcome) });
  return { outcome, isReplay: false };
}

async function storedOutcome<T>(knex: Knex, request: IdempotentRequest): Promise<T> {
  const row = await knex('idempotency_keys')
    .where({ scope: request.scope, key: request.key })
    .first<{ request_hash: string; outcome: string | null } | undefined>('request_hash', 'outcome');
  if (row?.outcome === undefined || row.outcome === null) throw appError('idempotency_in_progress');
  if (row.request_hash !== request.fingerprint) throw appError('idempotency_key_reused');
  return JSON.parse(row.outcome) as T;
}

/** Keys have two columns and no id, so that they are counted and deleted by their age alone. */
export async function countKeysBefore(knex: Knex, before: number, limit: number): Promise<number> {
  return (await knex('idempotency_keys').where('created_at', '<', before).limit(limit).select('created_at')).length;
}

export async function deleteKeysBefore(trx: Knex.Transaction, before: number, limit: number): Promise<number> {
  const rows = await trx('idempotency_keys')
    .where('created_at', '<', before)
    .orderBy('created_at')
    .limit(limit)
    .select<{ scope: string; key: string }[]>('scope', 'key');
  if (rows.length === 0) return 0;
  return trx('idempotency_keys')
    .whereIn(
      ['scope', 'key'],
      rows.map(({ scope, key }) => [scope, key]),
    )
    .where('created_at', '<', before)
    .delete();
}

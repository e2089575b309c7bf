import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { appError } from '../process/errors.ts';
import { inTransaction, isDuplicateKey, type Database, type Transaction } from './db.ts';

export interface IdempotentRequest {
  /** Whose key it is: two callers may choose the same one. */
  readonly scope: string;
  /** Compared letter by letter, capitals and small letters apart. */
  readonly key: string;
  /** What the request says, in a form that is equal for equal requests. */
  readonly fingerprint: string;
}

export interface IdempotentOutcome<T> {
  readonly outcome: T;
  readonly isReplay: boolean;
}

/**
 * Thrown by work that ends with a "no": nothing that it wrote stays. `isLasting`: the same request hears the same again. A
 * "no" that time itself may turn into a "yes" is not kept, so that its key is free for another attempt.
 */
export class Refused<T> extends Error {
  readonly outcome: T;
  readonly isLasting: boolean;

  constructor(outcome: T, isLasting: boolean) {
    super('refused');
    this.outcome = outcome;
    this.isLasting = isLasting;
  }
}

/** A request that is under way: asked again after so many seconds it has its answer. */
const IN_PROGRESS = { retryAfterSeconds: 1 };

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
  if (running.has(runningKey)) throw appError('idempotency_in_progress', IN_PROGRESS);
  running.add(runningKey);
  try {
    return await inTransaction(database, (trx) => claimAndWork(trx, request, now, work));
  } catch (error) {
    if (error instanceof KeyTaken) return { outcome: await storedOutcome<T>(database.knex, request), isReplay: true };
    if (!(error instanceof Refused)) throw error;
    return await refused(database, request, now, error as Refused<T>);
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
    await trx('idempotency_keys').insert(rowOf(request, now));
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

/** The work is undone by now. Whoever took the key meanwhile in another process did the work: theirs is the answer. */
async function refused<T>(
  database: Database,
  request: IdempotentRequest,
  now: number,
  { outcome, isLasting }: Refused<T>,
): Promise<IdempotentOutcome<T>> {
  if (!isLasting) return { outcome, isReplay: false };
  try {
    await database.knex('idempotency_keys').insert({ ...rowOf(request, now), outcome: JSON.stringify(outcome) });
    return { outcome, isReplay: false };
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return { outcome: await storedOutcome<T>(database.knex, request), isReplay: true };
  }
}

function rowOf({ scope, key, fingerprint }: IdempotentRequest, now: number): object {
  return { scope, key, request_hash: fingerprint, created_at: now };
}

async function storedOutcome<T>(knex: Knex, request: IdempotentRequest): Promise<T> {
  const row = await knex('idempotency_keys')
    .where({ scope: request.scope, key: request.key })
    .first<{ request_hash: string; outcome: string | null } | undefined>('request_hash', 'outcome');
  if (row?.outcome === undefined || row.outcome === null) throw appError('idempotency_in_progress', IN_PROGRESS);
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

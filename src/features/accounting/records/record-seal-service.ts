import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Check, Difference } from '../../../core/books/verification.ts';
import type { Author } from '../../../platform/data/act.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, isDuplicateKey, type Connection, type Database } from '../../../platform/data/db.ts';
import { canonicalJson } from '../../../platform/data/idempotency.ts';
import { inSnapshot } from '../../../platform/data/snapshot.ts';
import { takeLock } from '../ledger/period-store.ts';
import { createTally } from './record-hash-service.ts';
import {
  countSealedRecords,
  findLastRecordSeal,
  findRecordSeals,
  insertRecordSeal,
  insertSealedRecords,
  nextRecordSealId,
  type RecordSeal,
  type SealedRecord,
  type TableSeal,
} from './record-seal-store.ts';
import { ACCEPTED, acceptanceId } from './telling-service.ts';
import { findToldSeals } from './telling-store.ts';
import { beginWalk, SEALED_TABLES, walkTable, type Judged, type RecordWalk } from './record-walk-service.ts';
import { difference } from '../proof/verify-service.ts';

export type { RecordSeal };

const SEALS_PER_STEP = 200;
const FIRST_SEAL = '0'.repeat(64);

/**
 * Seals every row beside the ledger that the books rest on, as it is at one moment. What came, went or changed since the
 * last seal is taken where the audit log tells of it; the rest stays as it was sealed, and every check names it. It writes
 * in small transactions, so that nobody waits for it; a seal that is cut off counts for nothing. null: another one was
 * quicker.
 */
export async function sealRecords(database: Database, actor: string, now: number): Promise<RecordSeal | null> {
  try {
    return await makeSeal(database, actor, now);
  } catch (error) {
    if (isDuplicateKey(error)) return null;
    throw error;
  }
}

function makeSeal(database: Database, actor: string, now: number): Promise<RecordSeal | null> {
  return inSnapshot(database, async (connection) => {
    const walk = await beginWalk(connection);
    const id = await nextRecordSealId(connection);
    const tables: Record<string, TableSeal> = {};
    for (const { shape, covered } of SEALED_TABLES) {
      await setImmediate();
      const tally = createTally();
      let written = 0;
      for await (const judged of walkTable(walk, { shape, covered })) {
        const fresh = freshOf(judged, id);
        await write(database, shape.table, fresh);
        written += fresh.length;
        for (const { now, before, isTold } of judged) tally.add(shape.table, isTold ? now : before);
      }
      tables[shape.table] = { form: shape.form, rows: tally.rows(), sum: tally.sum(), written };
    }
    return finish(database, walk, {
      id,
      tables,
      previousHash: walk.seal?.hash ?? FIRST_SEAL,
      sealedAt: now,
      sealedBy: actor,
    });
  });
}

/** What is written down of these rows: what the log tells of, and is not as it was. */
function freshOf(judged: readonly Judged[], sealId: number): SealedRecord[] {
  return judged
    .filter(({ now, before, isTold }) => isTold && !isSame(now, before))
    .map(({ key, now }) => ({ key, sealId, fixedHash: now?.fixedHash ?? null, stateHash: now?.stateHash ?? null }));
}

async function write(database: Database, table: string, records: readonly SealedRecord[]): Promise<void> {
  if (records.length > 0) await inTransaction(database, (trx) => insertSealedRecords(trx, table, records));
}

function isSame(now: SealedRecord | null, before: SealedRecord | null): boolean {
  return now?.fixedHash === before?.fixedHash && now?.stateHash === before?.stateHash;
}

function finish(database: Database, walk: RecordWalk, unhashed: Omit<RecordSeal, 'hash'>): Promise<RecordSeal | null> {
  return inTransaction(database, async (trx) => {
    await takeLock(trx, 'seal', unhashed.sealedAt);
    if ((await findLastRecordSeal(trx))?.id !== walk.seal?.id) return null;
    const seal = { ...unhashed, hash: sealHash(unhashed) };
    await insertRecordSeal(trx, seal);
    const rows = rowsOf(seal);
    await writeAudit(trx, [
      {
        recordedAt: seal.sealedAt,
        actor: seal.sealedBy,
        action: 'accounting.seal_records',
        entity: 'accounting',
        entityId: `records:${seal.id}`,
        changes: { rows, hash: seal.hash },
      },
    ]);
    return seal;
  });
}

function rowsOf({ tables }: Pick<RecordSeal, 'tables'>): number {
  return Object.values(tables).reduce((sum, { rows }) => sum + rows, 0);
}

/** A difference that was looked into: the next seal takes the record as it is. */
export async function acceptRecord(
  database: Database,
  { table, key }: { readonly table: string; readonly key: string },
  reason: string,
  { actor, moment }: Author,
): Promise<void> {
  const told = { actor, action: 'accounting.accept_record', entity: ACCEPTED, entityId: acceptanceId(table, key) };
  await inTransaction(database, (trx) =>
    writeAudit(trx, [{ ...told, recordedAt: moment.now, changes: { table, key, reason } }]),
  );
}

/** The newest seal with how many rows it covers; null: there is none yet. */
export async function lastRecordSeal(
  connection: Connection,
): Promise<(Pick<RecordSeal, 'id' | 'hash' | 'sealedAt'> & { readonly rows: number }) | null> {
  const seal = await findLastRecordSeal(connection);
  return seal === null ? null : { id: seal.id, hash: seal.hash, sealedAt: seal.sealedAt, rows: rowsOf(seal) };
}

/** The first row that is not as it was sealed though nothing tells why, or the first seal that is off. */
export async function problemOfRecords(connection: Connection): Promise<Difference | null> {
  const problem = await problemOfSeals(connection);
  if (problem !== null) return problem;
  const walk = await beginWalk(connection);
  if (walk.seal === null) return null;
  const doubtful = await problemOfWritten(connection);
  if (doubtful !== null) return doubtful;
  for (const one of SEALED_TABLES) {
    await setImmediate();
    const wrong = await problemOfTable(walk, one);
    if (wrong !== null) return wrong;
  }
  return null;
}

async function problemOfTable(walk: RecordWalk, one: (typeof SEALED_TABLES)[number]): Promise<Difference | null> {
  const { table, form } = one.shape;
  const tally = createTally();
  for await (const judged of walkTable(walk, one))
    for (const { key, now, before, isTold } of judged) {
      tally.add(table, before);
      if (isTold) continue;
      const check = now === null ? 'record_missing' : before === null ? 'record_added' : 'record_changed';
      return difference(check, { kind: 'record', table, name: key }, null, null);
    }
  const sealed = walk.seal?.tables[table];
  if (sealed === undefined || sealed.form !== form || sealed.sum === tally.sum()) return null;
  return difference('record_sum', { kind: 'record', table, name: '' }, sealed.sum, tally.sum());
}

/** Rows of a seal that were taken away or put in afterwards; what a seal left that was cut off counts for nothing. */
async function problemOfWritten(connection: Connection): Promise<Difference | null> {
  const counts = new Map(
    (await countSealedRecords(connection)).map(({ table, sealId, written }) => [`${sealId} ${table}`, written]),
  );
  for (let afterId = 0; ;) {
    const step: RecordSeal[] = await findRecordSeals(connection, afterId, SEALS_PER_STEP);
    for (const { id, tables } of step)
      for (const [table, { written }] of Object.entries(tables)) {
        const actual = counts.get(`${id} ${table}`) ?? 0;
        if (actual !== written) return difference('record_sum', { kind: 'record', table, name: '' }, written, actual);
      }
    afterId = step.at(-1)?.id ?? afterId;
    if (step.length < SEALS_PER_STEP) return null;
  }
}

async function problemOfSeals(connection: Connection): Promise<Difference | null> {
  const told = new Set(await findToldSeals(connection));
  let previous: RecordSeal | null = null;
  for (;;) {
    const step: RecordSeal[] = await findRecordSeals(connection, previous?.id ?? 0, SEALS_PER_STEP);
    for (const seal of step) {
      const problem = problemOfSeal(seal, previous);
      if (problem !== null) return problem;
      told.delete(seal.id);
      previous = seal;
    }
    if (step.length < SEALS_PER_STEP) break;
  }
  const [lost] = [...told];
  return lost === undefined
    ? null
    : difference('record_seal_number', { kind: 'seal', name: String(lost) }, lost, previous?.id ?? 0);
}

function problemOfSeal(seal: RecordSeal, previous: RecordSeal | null): Difference | null {
  const { hash, ...unhashed } = seal;
  const differ = (check: Check, expected: string, actual: string): Difference | null =>
    expected === actual ? null : difference(check, { kind: 'seal', name: String(seal.id) }, expected, actual);
  return (
    differ('record_seal_link', previous?.hash ?? FIRST_SEAL, seal.previousHash) ??
    differ('record_seal_hash', sealHash(unhashed), hash)
  );
}

function sealHash(seal: Omit<RecordSeal, 'hash'>): string {
  return createHash('sha256')
    .update(canonicalJson({ version: 1, ...seal }))
    .digest('hex');
}

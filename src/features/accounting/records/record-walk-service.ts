import { setImmediate } from 'node:timers/promises';
import type { Connection } from '../../../platform/data/db.ts';
import { COVERED_TABLES } from './covered-tables-fields.ts';
import { isSealed, type CoveredTable } from './record-coverage-field.ts';
import { createTally, keyOf, rowOfKey, sealedOf, shapeOf, type RecordShape } from './record-hash-service.ts';
import {
  findLastRecordSeal,
  findRecordSealIds,
  findSealedRecords,
  readSealedRecords,
  type RecordSeal,
  type SealedRecord,
} from './record-seal-store.ts';
import { findRecordsOf, readRecords, type RecordRow } from './record-store.ts';
import { acceptedKeys, isRestated, toldAdded, toldRows, type Tellings } from './telling-service.ts';
import { readLastSealedAudit } from './telling-store.ts';

const ROWS_PER_STEP = 500;

/** A row beside the state it was sealed in. */
export interface Judged {
  readonly key: string;
  /** null: it is gone. */
  readonly now: SealedRecord | null;
  /** null: it was not there. */
  readonly before: SealedRecord | null;
  /** Whether it is as it was, or the audit log tells why not. */
  readonly isTold: boolean;
}

export interface RecordWalk extends Tellings {
  readonly seal: RecordSeal | null;
}

/** The tables whose rows are sealed, each with what is read of it. */
export const SEALED_TABLES: readonly { readonly covered: CoveredTable; readonly shape: RecordShape }[] =
  COVERED_TABLES.filter(isSealed).map((covered) => ({ covered, shape: shapeOf(covered) }));

export async function beginWalk(connection: Connection): Promise<RecordWalk> {
  const seal = await findLastRecordSeal(connection);
  return {
    connection,
    seal,
    finished: await findRecordSealIds(connection),
    sealedAudit: seal === null ? 0 : await readLastSealedAudit(connection),
    toldEntities: new Map(),
  };
}

/** All rows of a table in steps, and at the end those that are gone. */
export async function* walkTable(
  walk: RecordWalk,
  { covered, shape }: (typeof SEALED_TABLES)[number],
): AsyncGenerator<readonly Judged[]> {
  const sealed = walk.seal?.tables[shape.table];
  const known = sealed?.form === shape.form ? sealed : undefined;
  const found = createTally();
  for (let after: readonly unknown[] | null = null; ;) {
    const rows: RecordRow[] = await readRecords(walk.connection, shape, after, ROWS_PER_STEP);
    const judged =
      known === undefined ? rows.map((row) => unsealed(shape, row)) : await judge(walk, covered, shape, rows);
    for (const { before } of judged) found.add(shape.table, before);
    yield judged;
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS_PER_STEP) break;
    // SQLite answers at once: without a pause nobody else would get a word in.
    await setImmediate();
    after = shape.key.map((column) => last[column]);
  }
  if (known !== undefined && found.rows() < known.rows) yield* walkGone(walk, covered, shape);
}

/** The first time, or with other columns than before: taken as it is. */
function unsealed(shape: RecordShape, row: RecordRow): Judged {
  return { key: keyOf(shape, row), now: sealedOf(shape, row, 0), before: null, isTold: true };
}

async function judge(
  walk: RecordWalk,
  covered: CoveredTable,
  shape: RecordShape,
  rows: readonly RecordRow[],
): Promise<Judged[]> {
  const sealed = await findSealedRecords(
    walk.connection,
    shape.table,
    rows.map((row) => keyOf(shape, row)),
    walk.finished,
  );
  const pairs = rows.map((row) => {
    const now = sealedOf(shape, row, 0);
    const known = sealed.get(now.key);
    return { row, now, before: known === undefined || known.fixedHash === null ? null : known };
  });
  const added = pairs.filter(({ before }) => before === null).map(({ row }) => row);
  const moved = pairs
    .filter(({ now, before }) => before?.fixedHash === now.fixedHash && before.stateHash !== now.stateHash)
    .map(({ row }) => row);
  const told = new Set([
    ...(await toldAdded(walk, covered, added)),
    ...(await toldRows(walk, covered.told ?? [], moved)),
  ]);
  const isAllTold = await isRestated(walk);
  const judged = pairs.map(({ row, now, before }) => ({
    key: now.key,
    now,
    before,
    isTold: isAllTold || told.has(row) || (before?.fixedHash === now.fixedHash && before.stateHash === now.stateHash),
  }));
  return withAccepted(walk, shape.table, judged);
}

async function withAccepted(walk: RecordWalk, table: string, judged: readonly Judged[]): Promise<Judged[]> {
  const untold = judged.filter(({ isTold }) => !isTold).map(({ key }) => key);
  const accepted = await acceptedKeys(walk, table, untold);
  return judged.map((one) => ({ ...one, isTold: one.isTold || accepted.has(one.key) }));
}

async function* walkGone(
  walk: RecordWalk,
  covered: CoveredTable,
  shape: RecordShape,
): AsyncGenerator<readonly Judged[]> {
  for (let after = ''; ;) {
    const { records, last }: Awaited<ReturnType<typeof readSealedRecords>> = await readSealedRecords(
      walk.connection,
      shape.table,
      { afterKey: after, limit: ROWS_PER_STEP },
      walk.finished,
    );
    const live = [...records.values()].filter(({ fixedHash }) => fixedHash !== null);
    const there = new Set(await presentKeys(walk.connection, shape, live));
    const gone = live.filter(({ key }) => !there.has(key));
    const rows = new Map(gone.map(({ key }) => [key, rowOfKey(shape, key)]));
    const told = new Set(await toldRows(walk, covered.told ?? [], [...rows.values()]));
    const isAllTold = await isRestated(walk);
    const judged = gone.map((before) => {
      const row = rows.get(before.key);
      return { key: before.key, now: null, before, isTold: isAllTold || (row !== undefined && told.has(row)) };
    });
    yield await withAccepted(walk, shape.table, judged);
    if (last === null) return;
    after = last;
  }
}

async function presentKeys(
  connection: Connection,
  shape: RecordShape,
  records: readonly SealedRecord[],
): Promise<string[]> {
  return (
    await findRecordsOf(
      connection,
      shape,
      records.map(({ key }) => rowOfKey(shape, key)),
    )
  ).map((row) => keyOf(shape, row));
}

import { createHash } from 'node:crypto';
import { columnsIn, type CoveredTable } from './record-coverage-field.ts';
import type { SealedRecord } from './record-seal-store.ts';
import type { RecordRow } from './record-store.ts';

const KEY_PARTS = ' / ';

/** A table as it is read row by row. */
export interface RecordShape {
  readonly table: string;
  readonly key: readonly string[];
  readonly fixed: readonly string[];
  readonly state: readonly string[];
  /** All of them, with those that an entry of the audit log is found by. */
  readonly columns: readonly string[];
  readonly form: string;
}

export function shapeOf({ table, key, fixed, state, told = [] }: CoveredTable): RecordShape {
  const shape = { table, key: columnsIn(key), fixed: columnsIn(fixed), state: columnsIn(state) };
  const ids = told.flatMap(({ id }) => (id === undefined ? [] : [id]));
  return {
    ...shape,
    columns: [...new Set([...shape.key, ...shape.fixed, ...shape.state, ...ids])],
    form: sha256(JSON.stringify(shape)).slice(0, 16),
  };
}

/** How a row is called: its key, the parts of which stand beside each other. */
export function keyOf({ key }: RecordShape, row: RecordRow): string {
  return key.map((column) => String(row[column])).join(KEY_PARTS);
}

/** What is still known of a row that is gone. */
export function rowOfKey({ key }: RecordShape, text: string): RecordRow {
  const parts = text.split(KEY_PARTS);
  return Object.fromEntries(key.map((column, index) => [column, parts[index] ?? null]));
}

/** SHA-256 over the JSON of table, key and cells as text; null stays null, a file counts as its own SHA-256. */
export function sealedOf(shape: RecordShape, row: RecordRow, sealId: number): SealedRecord {
  const key = keyOf(shape, row);
  const hashOf = (columns: readonly string[]): string =>
    sha256(JSON.stringify([shape.table, key, ...columns.map((column) => cellText(row[column]))]));
  return {
    key,
    sealId,
    fixedHash: hashOf(shape.fixed),
    stateHash: shape.state.length === 0 ? null : hashOf(shape.state),
  };
}

/** Adds up hashes in any order: how many rows a seal covers, and what all of them are together. */
export interface Tally {
  /** What is gone, and what was not there, counts for nothing. */
  add(table: string, record: SealedRecord | null): void;
  readonly rows: () => number;
  readonly sum: () => string;
}

export function createTally(): Tally {
  let rows = 0;
  let sum = 0n;
  return {
    add(table, record) {
      if (record === null) return;
      const { key, fixedHash, stateHash } = record;
      rows += 1;
      sum = (sum + BigInt(`0x${sha256(JSON.stringify([table, key, fixedHash, stateHash]))}`)) % MODULUS;
    },
    rows: () => rows,
    sum: () => sum.toString(16).padStart(64, '0'),
  };
}

const MODULUS = 1n << 256n;

function cellText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return Buffer.isBuffer(value) ? createHash('sha256').update(value).digest('hex') : String(value);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

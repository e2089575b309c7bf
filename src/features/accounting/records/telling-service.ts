import { createHash } from 'node:crypto';
import { isProven } from '../../../platform/data/audit.ts';
import type { Connection } from '../../../platform/data/db.ts';
import type { CoveredTable, Telling } from './record-coverage-field.ts';
import { findSealedRecords } from './record-seal-store.ts';
import type { RecordRow } from './record-store.ts';
import { findDoubleProofs, findTellings } from './telling-store.ts';

/** Entries of the log that were written, but not yet seen, when the last seal was made. */
const LATE_ENTRIES = 50_000;
const NEWEST_TELLINGS = 200;
const MAX_TELLINGS = 5000;
/** What the log calls a record that was accepted. */
export const ACCEPTED = 'record';
/** A migration that changes rows says so, and everything is sealed anew. */
const MIGRATION: Telling = { entity: 'migration' };

/** What the audit log tells of since the last seal. */
export interface Tellings {
  readonly connection: Connection;
  /** The seals that were finished. */
  readonly finished: ReadonlySet<number>;
  /** Entries of the audit log up to here are sealed, but for the late ones. */
  readonly sealedAudit: number;
  readonly toldEntities: Map<string, boolean>;
}

export function isRestated(tellings: Tellings): Promise<boolean> {
  return isEntityTold(tellings, MIGRATION);
}

/** What somebody accepted by name and with a reason: a record as it is now, or that it is gone. */
export async function acceptedKeys(tellings: Tellings, table: string, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set();
  const byId = new Map(keys.map((key) => [acceptanceId(table, key), key]));
  const found = await findTellings(
    tellings.connection,
    { entity: ACCEPTED, action: null, ids: [...byId.keys()] },
    tellings.sealedAudit - LATE_ENTRIES,
    MAX_TELLINGS,
  );
  return new Set((await freshOf(tellings, found)).flatMap(({ entityId }) => byId.get(entityId) ?? []));
}

/** Keys may be longer than an id of the log. */
export function acceptanceId(table: string, key: string): string {
  return createHash('sha256').update(`${table} ${key}`).digest('hex');
}

/** Rows that came since the last seal, and that something tells of. */
export async function toldAdded(
  walk: Tellings,
  { table, told, elsewhere }: CoveredTable,
  rows: readonly RecordRow[],
): Promise<readonly RecordRow[]> {
  if (table === 'audit_log') return provenEntries(walk, rows);
  return told === undefined && elsewhere?.['rows'] !== undefined ? rows : toldRows(walk, told ?? [], rows, true);
}

/** Nothing tells of an entry of the audit log but its own proof, which no other entry has. */
async function provenEntries(walk: Tellings, rows: readonly RecordRow[]): Promise<readonly RecordRow[]> {
  const doubled = new Set(
    await findDoubleProofs(
      walk.connection,
      rows.map((row) => Number(row['recorded_at'])),
    ),
  );
  return rows.filter((row) => isProven(row) && !doubled.has(String(row['proof'])));
}

/** What the log tells of what came since the last seal; of long work, what it has told at any time. */
export async function toldRows(
  walk: Tellings,
  told: readonly Telling[],
  rows: readonly RecordRow[],
  isAdded = false,
): Promise<readonly RecordRow[]> {
  let left = rows;
  for (const telling of told) {
    if (left.length === 0) break;
    const { id } = telling;
    // Of a row that is gone only its key is known.
    if (id === undefined || !(id in (left[0] ?? {}))) {
      if (await isEntityTold(walk, telling)) return rows;
      continue;
    }
    const ids = await toldIds(walk, telling, left, isAdded);
    left = left.filter((row) => !ids.has(String(row[id])));
  }
  const untold = new Set(left);
  return rows.filter((row) => !untold.has(row));
}

async function toldIds(
  walk: Tellings,
  { entity, action, id = '', isLong = false }: Telling,
  rows: readonly RecordRow[],
  isAdded: boolean,
): Promise<Set<string>> {
  const ids = [
    ...new Set(
      rows
        .map((row) => row[id])
        .filter((one) => one !== null && one !== undefined)
        .map(String),
    ),
  ];
  if (ids.length === 0) return new Set();
  const isEver = isLong && isAdded;
  const after = isEver ? 0 : walk.sealedAudit - LATE_ENTRIES;
  const tellings = await findTellings(walk.connection, { entity, action: action ?? null, ids }, after, MAX_TELLINGS);
  const fresh = isEver ? tellings : await freshOf(walk, tellings);
  return new Set(fresh.map(({ entityId }) => entityId));
}

async function isEntityTold(walk: Tellings, { entity, action }: Telling): Promise<boolean> {
  const key = `${entity} ${action ?? ''}`;
  const known = walk.toldEntities.get(key);
  if (known !== undefined) return known;
  const after = walk.sealedAudit - LATE_ENTRIES;
  const tellings = await findTellings(
    walk.connection,
    { entity, action: action ?? null, ids: null },
    after,
    NEWEST_TELLINGS,
  );
  const isTold = (await freshOf(walk, tellings)).length > 0;
  walk.toldEntities.set(key, isTold);
  return isTold;
}

async function freshOf<T extends { readonly id: string }>(walk: Tellings, tellings: readonly T[]): Promise<T[]> {
  const sealed = await findSealedRecords(
    walk.connection,
    'audit_log',
    tellings.map(({ id }) => id),
    walk.finished,
  );
  return tellings.filter(({ id }) => !sealed.has(id));
}

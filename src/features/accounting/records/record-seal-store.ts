import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';

/** What a seal says of one table. */
export interface TableSeal {
  /** Of the columns that were hashed: where they are others now, the next seal takes the table anew. */
  readonly form: string;
  readonly rows: number;
  /** The hashes of all rows, added up modulo 2^256. */
  readonly sum: string;
  /** Rows that this seal wrote down: what came or changed since the one before. */
  readonly written: number;
}

export interface RecordSeal {
  readonly id: number;
  readonly tables: Readonly<Record<string, TableSeal>>;
  readonly previousHash: string;
  readonly hash: string;
  readonly sealedAt: number;
  readonly sealedBy: string;
}

/** A state in which a record was sealed; without a hash it was gone. */
export interface SealedRecord {
  readonly key: string;
  readonly sealId: number;
  readonly fixedHash: string | null;
  readonly stateHash: string | null;
}

/** The state in which each of these keys was sealed last, by a seal that was finished. */
export async function findSealedRecords(
  knex: Knex,
  table: string,
  keys: readonly string[],
  finished: ReadonlySet<number>,
): Promise<Map<string, SealedRecord>> {
  if (keys.length === 0) return new Map();
  return newestOf(
    await knex('sealed_records')
      .where({ table_name: table })
      .whereIn('record_key', [...keys])
      .orderBy('seal_id')
      .select<SealedRow[]>(),
    finished,
  );
}

/** The next sealed keys of a table in their order, each with its newest state. */
export async function readSealedRecords(
  knex: Knex,
  table: string,
  { afterKey, limit }: { readonly afterKey: string; readonly limit: number },
  finished: ReadonlySet<number>,
): Promise<{ readonly records: Map<string, SealedRecord>; readonly last: string | null }> {
  const keys = await knex('sealed_records')
    .where({ table_name: table })
    .where('record_key', '>', afterKey)
    .distinct('record_key')
    .orderBy('record_key')
    .limit(limit)
    .pluck<string[]>('record_key');
  return {
    records: await findSealedRecords(knex, table, keys, finished),
    last: keys.length < limit ? null : (keys.at(-1) ?? null),
  };
}

/** SQLite reads rows to insert as parts of one compound select, of which it takes 500. */
const MAX_ROWS_PER_INSERT = 500;

export async function insertSealedRecords(
  trx: Knex.Transaction,
  table: string,
  records: readonly SealedRecord[],
): Promise<void> {
  for (let from = 0; from < records.length; from += MAX_ROWS_PER_INSERT)
    await trx('sealed_records').insert(
      records.slice(from, from + MAX_ROWS_PER_INSERT).map((record) => ({
        table_name: table,
        record_key: record.key,
        seal_id: record.sealId,
        fixed_hash: record.fixedHash,
        state_hash: record.stateHash,
      })),
    );
}

/** How many rows each seal wrote down of each table. */
export async function countSealedRecords(
  knex: Knex,
): Promise<{ readonly table: string; readonly sealId: number; readonly written: number }[]> {
  const rows = await knex('sealed_records')
    .groupBy('table_name', 'seal_id')
    .select<{ table_name: string; seal_id: number | string; written: unknown }[]>(
      'table_name',
      'seal_id',
      knex.raw('count(*) as written'),
    );
  return rows.map((row) => ({
    table: row.table_name,
    sealId: toSafeInteger(row.seal_id),
    written: toSafeInteger(row.written),
  }));
}

/** The first number that no seal has, not even one that was cut off. */
export async function nextRecordSealId(knex: Knex): Promise<number> {
  const sealed = await knex('sealed_records').max<{ id: unknown }[]>('seal_id as id');
  const seals = await knex('record_seals').max<{ id: unknown }[]>('id as id');
  return Math.max(toSafeInteger(sealed[0]?.id), toSafeInteger(seals[0]?.id)) + 1;
}

export async function insertRecordSeal(trx: Knex.Transaction, seal: RecordSeal): Promise<void> {
  await trx('record_seals').insert({
    id: seal.id,
    tables: JSON.stringify(seal.tables),
    previous_hash: seal.previousHash,
    hash: seal.hash,
    sealed_at: seal.sealedAt,
    sealed_by: seal.sealedBy,
  });
}

/** From the first on. */
export async function findRecordSeals(knex: Knex, afterId: number, limit: number): Promise<RecordSeal[]> {
  return (
    await knex('record_seals').where('id', '>', afterId).orderBy('id').limit(limit).select<RecordSealRow[]>()
  ).map(toSeal);
}

export async function findLastRecordSeal(knex: Knex): Promise<RecordSeal | null> {
  const row = await knex('record_seals').orderBy('id', 'desc').first<RecordSealRow | undefined>();
  return row === undefined ? null : toSeal(row);
}

export async function findRecordSealIds(knex: Knex): Promise<Set<number>> {
  const ids = await knex('record_seals').pluck<(number | string)[]>('id');
  return new Set(ids.map(Number));
}

interface SealedRow {
  readonly record_key: string;
  readonly seal_id: number | string;
  readonly fixed_hash: string | null;
  readonly state_hash: string | null;
}

interface RecordSealRow {
  readonly id: number | string;
  readonly tables: string;
  readonly previous_hash: string;
  readonly hash: string;
  readonly sealed_at: number | string;
  readonly sealed_by: string;
}

function newestOf(rows: readonly SealedRow[], finished: ReadonlySet<number>): Map<string, SealedRecord> {
  const newest = new Map<string, SealedRecord>();
  for (const row of rows) {
    const sealId = toSafeInteger(row.seal_id);
    if (finished.has(sealId))
      newest.set(row.record_key, {
        key: row.record_key,
        sealId,
        fixedHash: row.fixed_hash,
        stateHash: row.state_hash,
      });
  }
  return newest;
}

/** What cannot be read any more is found by the hash of the seal. */
function tablesIn(text: string): RecordSeal['tables'] {
  try {
    return parseJson<RecordSeal['tables']>(text);
  } catch {
    return {};
  }
}

function toSeal(row: RecordSealRow): RecordSeal {
  return {
    id: toSafeInteger(row.id),
    tables: tablesIn(row.tables),
    previousHash: row.previous_hash,
    hash: row.hash,
    sealedAt: toSafeInteger(row.sealed_at),
    sealedBy: row.sealed_by,
  };
}

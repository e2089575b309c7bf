import type { Knex } from 'knex';
import { openDatabase } from '../../../../src/platform/data/db.ts';
import type { TestDatabase } from '../../../support/databases.ts';

export type StoredRow = Record<string, unknown>;

/** Somebody with the rights of the owner, who knows no keys and no checks, and whom no trigger stops. */
export interface Attacker {
  run(work: (trx: Knex.Transaction) => PromiseLike<unknown>): Promise<void>;
  close(): Promise<void>;
}

/** The triggers are gone from then on. */
export async function openAttacker({ url, knex, dialect }: TestDatabase): Promise<Attacker> {
  for (const name of await triggerNames({ knex, dialect })) await knex.raw(`drop trigger ${name}`);
  const database = openDatabase(url);
  if (dialect === 'sqlite')
    for (const pragma of ['foreign_keys = off', 'ignore_check_constraints = on', 'synchronous = off'])
      await database.knex.raw(`pragma ${pragma}`);
  return {
    run: (work) =>
      database.knex.transaction(async (trx) => {
        if (dialect === 'mysql') await trx.raw('set foreign_key_checks = 0, check_constraint_checks = 0');
        await work(trx);
        if (dialect === 'mysql') await trx.raw('set foreign_key_checks = 1, check_constraint_checks = 1');
      }),
    close: () => database.close(),
  };
}

export async function triggerNames({ knex, dialect }: Pick<TestDatabase, 'knex' | 'dialect'>): Promise<string[]> {
  const sql =
    dialect === 'sqlite'
      ? "select name from sqlite_master where type = 'trigger' order by name"
      : 'select trigger_name as name from information_schema.triggers where trigger_schema = database() order by trigger_name';
  return rowsOf(await knex.raw(sql)).map((row) => String(row['name']));
}

/** Every table of the product with its columns. */
export async function schemaOf({
  knex,
  dialect,
}: Pick<TestDatabase, 'knex' | 'dialect'>): Promise<ReadonlyMap<string, readonly string[]>> {
  const sql =
    dialect === 'sqlite'
      ? "select m.name as t, c.name as c from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite_%'"
      : "select table_name as t, column_name as c from information_schema.columns where table_schema = database() and extra not like '%GENERATED%'";
  const schema = new Map<string, string[]>();
  for (const { t, c } of rowsOf(await knex.raw(sql)))
    schema.set(String(t), [...(schema.get(String(t)) ?? []), String(c)]);
  return schema;
}

/** The columns of each unique index beside the key of a table. */
export async function uniqueColumns(
  { knex, dialect }: Pick<TestDatabase, 'knex' | 'dialect'>,
  table: string,
): Promise<readonly (readonly string[])[]> {
  const sql =
    dialect === 'sqlite'
      ? 'select l.name as i, c.name as c from pragma_index_list(?) l join pragma_index_info(l.name) c where l."unique" = 1 and l.origin <> \'pk\''
      : "select index_name as i, column_name as c from information_schema.statistics where table_schema = database() and table_name = ? and non_unique = 0 and index_name <> 'PRIMARY'";
  const indexes = new Map<string, string[]>();
  for (const { i, c } of rowsOf(await knex.raw(sql, [table])))
    indexes.set(String(i), [...(indexes.get(String(i)) ?? []), String(c)]);
  return [...indexes.values()];
}

/** Another value than this one that the column takes. */
export function otherThan(value: unknown, column = ''): unknown {
  if (Buffer.isBuffer(value)) return Buffer.concat([value, Buffer.from([1])]);
  if (typeof value === 'number') return value === 0 || value === 1 ? 1 - value : value + 100_000;
  if (value === null || value === undefined) return /_(on|until|from)$/.test(column) ? '2031-01-01' : 1;
  const text = String(value);
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return `${Number(text.slice(0, 4)) + 1}${text.slice(4)}`;
  return `${text.slice(0, -1)}${text.endsWith('Z') ? 'Y' : 'Z'}`;
}

function rowsOf(answer: unknown): StoredRow[] {
  const list = answer as unknown[];
  return (Array.isArray(list[0]) ? list[0] : list) as StoredRow[];
}

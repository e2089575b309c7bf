import { expect } from 'chai';
import type { RowDataPacket } from 'mysql2/promise';
import { openDatabase, type Database } from '../../src/platform/data/db.ts';
import { migrateToLatest } from '../../src/platform/data/migrations.ts';
import { describeOn, describeOnEmpty } from '../support/databases.ts';

/** What a database is made of, and the rows that migrations write. */
async function contents({ knex, dialect }: Database): Promise<object> {
  const tables =
    dialect === 'sqlite'
      ? ((await knex.raw('select name, sql as made from sqlite_master order by name')) as object[])
      : await madeByMariadb(knex);
  const names = await knex('knex_migrations').orderBy('id').pluck<string[]>('name');
  const rows = await Promise.all(
    ['accounting_locks', 'accounting_books', 'campaign_figures_cursor', 'knex_migrations_lock'].map((table) =>
      knex(table).select<object[]>('*'),
    ),
  );
  return { tables, names, rows };
}

async function madeByMariadb(knex: Database['knex']): Promise<object[]> {
  const [found] = (await knex.raw(
    'select table_name as name from information_schema.tables where table_schema = database() order by 1',
  )) as [RowDataPacket[]];
  const made: object[] = [];
  for (const { name } of found) {
    const [[table]] = (await knex.raw('show create table ??', [name as string])) as [[object]];
    made.push(table);
  }
  return made;
}

for (const kind of ['SQLite', 'MariaDB'] as const) {
  describeOn(kind, 'the database of a test', (database) => {
    describeOnEmpty(kind, 'beside one that is migrated step by step', (empty) => {
      it('has the same tables, rules and first rows', async () => {
        const migrated = openDatabase(empty().url);
        await migrateToLatest(migrated);
        const expected = await contents(migrated);
        await migrated.close();
        expect(await contents(database())).to.deep.equal(expected);
      });
    });
  });
}

import { expect } from 'chai';
import type { Knex } from 'knex';
import { createTable, isMysql, reference, word } from '../../migrations/schema-1.ts';
import { widenWord } from '../../migrations/widen-word.ts';
import { openDatabase, type Database } from '../../src/platform/data/db.ts';
import { describeOnEmpty } from '../support/databases.ts';

for (const kind of ['SQLite', 'MariaDB'] as const) {
  describeOnEmpty(kind, 'the words of a column', (empty) => {
    let database: Database;
    const all = (table: string): Promise<unknown[]> => database.knex(table).orderBy('id');
    const thrownBy = async (work: PromiseLike<unknown>): Promise<string | null> =>
      work.then(
        () => null,
        (error: unknown) => String(error),
      );
    const widen = (words: readonly string[], column = 'state'): Promise<void> =>
      database.knex.transaction((trx) => widenWord(trx, 'doors', column, words));
    const put = (id: number, state: string | null): PromiseLike<unknown> =>
      database.knex('doors').insert({ id, house_id: 1, state, colour: 'red' });

    beforeEach(async () => {
      database = openDatabase(empty().url);
      await build(database.knex);
    });
    afterEach(async () => {
      for (const table of ['keys', 'doors', 'houses']) await database.knex.schema.dropTableIfExists(table);
      await database.close();
    });

    it('take one more, and still no other', async () => {
      await widen(['open', 'shut', 'ajar']);
      await put(7, 'ajar');
      await put(8, null);
      expect(await thrownBy(put(9, 'gone'))).to.match(/check|constraint/i);
      expect(
        await thrownBy(database.knex('doors').insert({ id: 9, house_id: 1, state: 'open', colour: 'blue' })),
      ).to.match(/check|constraint/i);
    });

    it('change while rows, indexes, triggers, keys and columns that follow others stay', async () => {
      const before = [await all('doors'), await all('keys'), await structureOf(database.knex)];
      await widen(['open', 'shut', 'ajar']);
      expect([await all('doors'), await all('keys')]).to.deep.equal(before.slice(0, 2));
      const structure = JSON.stringify(await structureOf(database.knex));
      expect(structure.replaceAll(/, ?'ajar'/g, '')).to.equal(JSON.stringify(before[2]));
      await put(7, 'ajar');
      expect(await database.knex('doors').where({ id: 7 }).first()).to.include({ loud: 'ajar!' });
      expect(await database.knex('houses').where({ id: 1 }).first()).to.include({ doors: 3 });
      expect(await thrownBy(database.knex('doors').where({ id: 1 }).delete())).to.match(/foreign key/i);
      expect(
        await thrownBy(database.knex('doors').insert({ id: 8, house_id: 99, state: 'open', colour: 'red' })),
      ).to.match(/foreign key/i);
    });

    it('go back once no row has one that goes, and not before', async () => {
      await widen(['open', 'shut', 'ajar']);
      await put(7, 'ajar');
      expect(await thrownBy(widen(['open', 'shut']))).to.include('ajar');
      await put(8, 'ajar');
      await database.knex('doors').where({ state: 'ajar' }).update({ state: 'shut' });
      await widen(['open', 'shut']);
      expect(await thrownBy(put(9, 'ajar'))).to.match(/check|constraint/i);
    });

    it('are left alone where a column has none, and where a word is no word', async () => {
      expect(await thrownBy(widen(['open'], 'house_id'))).to.include('no word');
      expect(await thrownBy(widen(["o'pen"]))).to.include('small letters');
      expect(
        await thrownBy(database.knex.transaction((trx) => widenWord(trx, 'nowhere', 'state', ['a']))),
      ).not.to.equal(null);
    });

    it('are the same for who opened the database before', async () => {
      const other = openDatabase(empty().url);
      await other.knex('doors').first();
      await widen(['open', 'shut', 'ajar']);
      await other.knex('doors').insert({ id: 7, house_id: 1, state: 'ajar', colour: 'red' });
      await other.close();
    });

    it('leave the database sound', async () => {
      await widen(['open', 'shut', 'ajar']);
      const sound = isMysql(database.knex)
        ? ((await database.knex.raw('check table doors')) as [{ Msg_text: string }[]])[0][0]?.Msg_text.toLowerCase()
        : ((await database.knex.raw('pragma integrity_check')) as { integrity_check: string }[])[0]?.integrity_check;
      expect(sound).to.equal('ok');
    });
  });
}

/** A table with all that hangs on one: rows, an index, a trigger, keys in both directions, a column that follows. */
async function build(knex: Knex): Promise<void> {
  await createTable(knex, 'houses', (table) => {
    table.bigIncrements('id');
    table.integer('doors').notNullable().defaultTo(0);
  });
  await createTable(knex, 'doors', (table) => {
    table.bigIncrements('id');
    reference(table, 'house_id', 'houses').notNullable();
    word(table, 'state', ['open', 'shut']);
    word(table, 'colour', ['red', 'green']).notNullable();
    table.index(['state'], 'doors_state');
  });
  await createTable(knex, 'keys', (table) => {
    table.bigIncrements('id');
    reference(table, 'door_id', 'doors').notNullable();
  });
  const loud = isMysql(knex) ? "concat(state, '!')" : "state || '!'";
  await knex.raw(`alter table doors add column loud varchar(40) generated always as (${loud}) virtual`);
  const counted = 'update houses set doors = doors + 1 where id = new.house_id';
  await knex.raw(
    `create trigger doors_counted after insert on doors for each row ${isMysql(knex) ? counted : `begin ${counted}; end`}`,
  );
  await knex('houses').insert({ id: 1 });
  await knex('doors').insert([
    { id: 1, house_id: 1, state: 'open', colour: 'red' },
    { id: 2, house_id: 1, state: null, colour: 'green' },
  ]);
  await knex('keys').insert({ id: 1, door_id: 1 });
}

async function structureOf(knex: Knex): Promise<unknown> {
  if (!isMysql(knex)) return knex('sqlite_master').select('type', 'name', 'sql').orderBy('name');
  const [[[table]], [triggers]] = [
    (await knex.raw('show create table doors')) as [[Record<string, string>]],
    (await knex.raw('show triggers')) as [{ Trigger: string; Statement: string }[]],
  ];
  // MariaDB puts the newest CHECK last.
  const lines = (table['Create Table'] ?? '').replaceAll(/,$/gm, '').split('\n').sort();
  return { lines, triggers: triggers.map(({ Trigger, Statement }) => [Trigger, Statement]) };
}

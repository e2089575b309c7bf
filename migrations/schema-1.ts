import type { Knex } from 'knex';

/** Column kinds every migration uses, so that one meaning has one type on SQLite and on MySQL/MariaDB. */

export function isMysql(knex: Knex): boolean {
  return (knex.client as { driverName: string }).driverName === 'mysql2';
}

/** A table in which equal text is equal by code point: codes, ids and keys differ by case and accent. */
export async function createTable(
  knex: Knex,
  name: string,
  build: (table: Knex.CreateTableBuilder) => void,
): Promise<void> {
  await knex.schema.createTable(name, (table) => {
    if (isMysql(knex)) {
      table.engine('InnoDB');
      table.charset('utf8mb4');
      table.collate('utf8mb4_bin');
    }
    build(table);
  });
}

/** Integer minor units. */
export function cents(table: Knex.CreateTableBuilder, name: string): Knex.ColumnBuilder {
  return table.bigInteger(name);
}

/** Milliseconds since 1970 in UTC. */
export function instant(table: Knex.CreateTableBuilder, name: string): Knex.ColumnBuilder {
  return table.bigInteger(name);
}

/** A calendar day in the business time zone, `YYYY-MM-DD`. */
export function day(table: Knex.CreateTableBuilder, name: string): Knex.ColumnBuilder {
  return table.date(name);
}

/** JSON as text: read and written whole by one store. */
export function json(table: Knex.CreateTableBuilder, name: string): Knex.ColumnBuilder {
  return table.text(name, 'mediumtext');
}

export function reference(table: Knex.CreateTableBuilder, name: string, target: string): Knex.ReferencingColumnBuilder {
  return table.bigInteger(name).unsigned().references('id').inTable(target);
}

/** A word of a closed set, kept by a CHECK. */
export function word(table: Knex.CreateTableBuilder, name: string, words: readonly string[]): Knex.ColumnBuilder {
  const column = table.string(name, 32);
  table.check(`?? in (${words.map((one) => `'${one}'`).join(', ')})`, [name]);
  return column;
}

/** Text that people search without minding case and accents. */
export function searchableText(
  knex: Knex,
  table: Knex.CreateTableBuilder,
  name: string,
  length: number,
): Knex.ColumnBuilder {
  const column = table.string(name, length);
  return isMysql(knex) ? column.collate('utf8mb4_unicode_ci') : column;
}

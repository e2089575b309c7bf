import type { Knex } from 'knex';
import { cents, createTable, day, instant } from './schema-1.ts';

/** What the general ledger said on a day, as somebody typed it in; and which runs it has read in. */
export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'book_comparisons', (table) => {
    table.bigIncrements('id');
    day(table, 'compared_on').notNullable();
    table.string('account', 32).notNullable();
    table.string('currency', 3).notNullable();
    cents(table, 'expected').notNullable();
    cents(table, 'actual').notNullable();
    instant(table, 'created_at').notNullable();
    table.string('created_by', 128).notNullable();
    table.index(['compared_on', 'id']);
  });
  await knex.schema.alterTable('export_runs', (table) => {
    instant(table, 'imported_at');
    table.string('imported_by', 128);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const column of ['imported_by', 'imported_at'])
    await knex.schema.alterTable('export_runs', (table) => {
      table.dropColumn(column);
    });
  await knex.schema.dropTable('book_comparisons');
}

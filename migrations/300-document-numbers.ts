import type { Knex } from 'knex';
import { createTable, instant } from './schema-1.ts';

/** What the bookkeeping wants to stand in Belegfeld 1 for a number that was entered otherwise. */
export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'document_numbers', (table) => {
    table.bigIncrements('id');
    table.string('number', 64).notNullable().unique();
    table.string('document', 36).notNullable();
    instant(table, 'created_at').notNullable();
    table.string('created_by', 128).notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('document_numbers');
}

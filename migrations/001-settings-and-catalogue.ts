import type { Knex } from 'knex';
import { createTable, instant, json, searchableText, word } from './schema-1.ts';

export const CATALOGUE_KINDS = ['product', 'theme', 'region', 'brand', 'partner'];

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'settings', (table) => {
    table.string('name', 64).primary();
    json(table, 'value').notNullable();
    table.integer('version').notNullable().defaultTo(1);
    instant(table, 'updated_at').notNullable();
    table.string('updated_by', 128);
  });
  await createTable(knex, 'catalogue_entries', (table) => {
    word(table, 'kind', CATALOGUE_KINDS).notNullable();
    table.string('id', 64).notNullable();
    searchableText(knex, table, 'name', 200).notNullable();
    table.string('parent_id', 64);
    json(table, 'details');
    instant(table, 'archived_at');
    instant(table, 'updated_at').notNullable();
    table.primary(['kind', 'id']);
    table.foreign(['kind', 'parent_id']).references(['kind', 'id']).inTable('catalogue_entries');
    table.index(['kind', 'name']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('catalogue_entries');
  await knex.schema.dropTable('settings');
}

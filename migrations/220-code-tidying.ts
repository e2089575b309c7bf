import type { Knex } from 'knex';
import { createTable, day, instant, reference, word } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('campaigns', (table) => {
    // Hidden in lists; still in exports and reports.
    instant(table, 'archived_at');
    // When its codes were last gone through by the tidying.
    instant(table, 'tidied_at');
    // When its codes first left the house as a file, a print or over the API.
    instant(table, 'handed_out_at');
    table.integer('removed_codes').notNullable().defaultTo(0);
    table.index(['archived_at'], 'campaigns_archived_at');
  });
  await knex.schema.alterTable('vouchers', (table) => {
    instant(table, 'archived_at');
  });
  // What the tidying took of a campaign's codes, so that its figures can be explained for ever.
  await createTable(knex, 'code_removals', (table) => {
    table.bigIncrements('id');
    reference(table, 'campaign_id', 'campaigns').notNullable();
    word(table, 'rule', ['unissued_codes', 'issued_codes', 'withdrawn']).notNullable();
    day(table, 'removed_on').notNullable();
    table.integer('codes').notNullable();
    table.string('actor', 128).notNullable();
    table.unique(['campaign_id', 'removed_on', 'rule', 'actor']);
  });
  // A code that was deleted means nothing else ever again: the first 52 bits of its SHA-256.
  await createTable(knex, 'retired_codes', (table) => {
    table.bigInteger('code_key').notNullable().primary();
    day(table, 'ended_on');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('retired_codes');
  await knex.schema.dropTable('code_removals');
  // Natively: knex would copy the table of SQLite, which an index of an expression does not survive.
  await knex.raw('alter table vouchers drop column archived_at');
  await knex.schema.alterTable('campaigns', (table) => {
    table.dropIndex([], 'campaigns_archived_at');
  });
  for (const column of ['archived_at', 'tidied_at', 'handed_out_at', 'removed_codes'])
    await knex.raw(`alter table campaigns drop column ${column}`);
}

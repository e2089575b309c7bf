import type { Knex } from 'knex';
import { createTable, instant, isMysql, json, reference, word } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'export_runs', (table) => {
    table.bigIncrements('id');
    table.string('number', 24).notNullable().unique();
    reference(table, 'setup_id', 'accounting_setups');
    table.string('from_month', 7).notNullable();
    table.string('to_month', 7).notNullable();
    word(table, 'state', ['sealed', 'written', 'undone']).notNullable();
    table.integer('entries').notNullable();
    table.integer('skipped').notNullable();
    json(table, 'summary');
    instant(table, 'created_at').notNullable();
    table.string('created_by', 128).notNullable();
    instant(table, 'undone_at');
    table.string('undone_by', 128);
    table.string('undo_reason', 500);
  });
  // The primary key lets an entry be in one run at most; taking a run back frees its entries and keeps its files.
  await createTable(knex, 'export_entries', (table) => {
    reference(table, 'entry_id', 'ledger_entries').notNullable().primary();
    reference(table, 'run_id', 'export_runs').notNullable();
    table.string('skip_reason', 16);
    table.index(['run_id', 'entry_id']);
  });
  // Given once, when an entry is first sealed into a run; it stays the entry's own also when that run is taken back.
  await createTable(knex, 'journal_numbers', (table) => {
    reference(table, 'entry_id', 'ledger_entries').notNullable().primary();
    table.bigInteger('number').notNullable().unique();
  });
  await createTable(knex, 'export_files', (table) => {
    table.bigIncrements('id');
    reference(table, 'run_id', 'export_runs').notNullable();
    word(table, 'kind', ['datev', 'generic', 'protocol']).notNullable();
    table.string('month', 7).notNullable();
    table.string('name', 128).notNullable();
    table.string('sha256', 64).notNullable();
    table.bigInteger('bytes').notNullable();
    table.integer('bookings').notNullable();
    table.unique(['run_id', 'name']);
  });
  await createTable(knex, 'export_file_parts', (table) => {
    reference(table, 'file_id', 'export_files').notNullable();
    table.integer('position').notNullable();
    table.specificType('content', isMysql(knex) ? 'longblob' : 'blob').notNullable();
    table.primary(['file_id', 'position']);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['export_file_parts', 'export_files', 'journal_numbers', 'export_entries', 'export_runs'])
    await knex.schema.dropTable(table);
}

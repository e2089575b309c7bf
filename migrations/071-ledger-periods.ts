import type { Knex } from 'knex';
import { createTable, day, instant } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('ledger_entries', (table) => {
    // 1: the form before these columns; its entries keep the hash they have.
    table.integer('hash_version').notNullable().defaultTo(1);
    day(table, 'event_on');
    table.string('document_number', 64);
    table.index(['booking_number'], 'ledger_entries_booking');
    table.index(['event', 'posted_on'], 'ledger_entries_event');
    table.index(['document_number'], 'ledger_entries_document');
  });
  // One row: the first day that is still open for postings. Who posts into the past locks it shared, who closes it alone.
  await createTable(knex, 'accounting_books', (table) => {
    table.integer('id').primary();
    day(table, 'open_from');
  });
  await knex('accounting_books').insert({ id: 1, open_from: null });
  // A row that is locked while the work of its name runs, so that it runs once at a time in all processes.
  await createTable(knex, 'accounting_locks', (table) => {
    table.string('name', 16).primary();
    instant(table, 'taken_at').notNullable();
  });
  await knex('accounting_locks').insert(['setup', 'export', 'seal'].map((name) => ({ name, taken_at: 0 })));
  await createTable(knex, 'closed_periods', (table) => {
    table.string('month', 7).primary();
    instant(table, 'closed_at').notNullable();
    table.string('closed_by', 128).notNullable();
    table.bigInteger('entries').notNullable();
    table.text('figures', 'mediumtext').notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('closed_periods');
  await knex.schema.dropTable('accounting_locks');
  await knex.schema.dropTable('accounting_books');
  await knex.schema.alterTable('ledger_entries', (table) => {
    table.dropIndex(['booking_number'], 'ledger_entries_booking');
    table.dropIndex(['event', 'posted_on'], 'ledger_entries_event');
    table.dropIndex(['document_number'], 'ledger_entries_document');
  });
  for (const column of ['document_number', 'event_on', 'hash_version'])
    await knex.raw(`alter table ledger_entries drop column ${column}`);
}

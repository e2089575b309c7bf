import type { Knex } from 'knex';
import { createTable, json, reference } from './schema-1.ts';

/** What was judged of the entries of a sealed run, until its files are written. */
export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'export_bookings', (table) => {
    reference(table, 'entry_id', 'ledger_entries').notNullable().primary();
    reference(table, 'run_id', 'export_runs').notNullable();
    json(table, 'booking').notNullable();
    table.index(['run_id']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('export_bookings');
}

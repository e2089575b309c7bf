import type { Knex } from 'knex';
import { createTable, day, json, reference } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  // The single balances of a closed day as they were when it was first reported: a lock or a longer date set later changes nothing of it.
  await createTable(knex, 'liability_days', (table) => {
    day(table, 'day').notNullable().primary();
    reference(table, 'setup_id', 'accounting_setups');
    json(table, 'balance_groups').notNullable();
  });
  // What was posted to a voucher after a day, read from the index alone.
  await knex.schema.alterTable('ledger_entries', (table) => {
    table.index(
      ['voucher_id', 'posted_on', 'recorded_at', 'debit_role', 'credit_role', 'cents'],
      'ledger_entries_voucher_day',
    );
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('ledger_entries', (table) => {
    table.dropIndex([], 'ledger_entries_voucher_day');
  });
  await knex.schema.dropTable('liability_days');
}

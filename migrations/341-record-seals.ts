import type { Knex } from 'knex';
import { createTable, instant, isMysql, json } from './schema-1.ts';

/** What is only ever added to; ledger, seals, totals, journal numbers and setups have had their triggers on SQLite from the start. */
const APPEND_ONLY = [
  'ledger_entries',
  'ledger_seals',
  'ledger_totals',
  'journal_numbers',
  'accounting_setups',
  'number_ranges',
  'closed_periods',
  'liability_days',
  'liability_day_items',
  'verifications',
  'audit_log',
  'sealed_records',
  'record_seals',
];
const GUARDED_BEFORE = ['ledger_entries', 'ledger_seals', 'ledger_totals', 'journal_numbers', 'accounting_setups'];
const CHANGES = ['update', 'delete'];

/** Who runs a server with a binary log keeps triggers from owners of a schema; the rights of the application's user guard there. */
const NO_TRIGGERS_ALLOWED = 1419;

/** What proves that rows beside the ledger are still what they were: a hash of each, and seals over all of them. */
export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'record_seals', (table) => {
    table.bigInteger('id').unsigned().primary();
    json(table, 'tables').notNullable();
    table.string('previous_hash', 64).notNullable();
    table.string('hash', 64).notNullable();
    instant(table, 'sealed_at').notNullable();
    table.string('sealed_by', 128).notNullable();
  });
  // A row for each state a record was sealed in; the newest of a finished seal holds. A record that is gone has no hash.
  await createTable(knex, 'sealed_records', (table) => {
    table.string('table_name', 32).notNullable();
    table.string('record_key', 190).notNullable();
    table.bigInteger('seal_id').unsigned().notNullable().index();
    table.string('fixed_hash', 64);
    table.string('state_hash', 64);
    table.primary(['table_name', 'record_key', 'seal_id']);
  });
  // Made with the entry, outside of any chain: no two people who work wait for each other. Older entries have none.
  await knex.raw('alter table audit_log add column proof varchar(96)');
  for (const table of APPEND_ONLY)
    for (const change of CHANGES)
      if (isMysql(knex) || !GUARDED_BEFORE.includes(table)) await guard(knex, table, change);
}

export async function down(knex: Knex): Promise<void> {
  for (const table of APPEND_ONLY)
    for (const change of CHANGES)
      if (isMysql(knex) || !GUARDED_BEFORE.includes(table))
        await knex.raw(`drop trigger if exists ${table}_no_${change}`);
  await knex.raw('alter table audit_log drop column proof');
  for (const table of ['sealed_records', 'record_seals']) await knex.schema.dropTable(table);
}

async function guard(knex: Knex, table: string, change: string): Promise<void> {
  const name = `${table}_no_${change}`;
  if (!isMysql(knex)) {
    await knex.raw(
      `create trigger ${name} before ${change} on ${table} begin select raise(abort, 'this table is append-only'); end`,
    );
    return;
  }
  try {
    await knex.raw(
      `create trigger ${name} before ${change} on ${table} for each row signal sqlstate '45000' set message_text = 'this table is append-only'`,
    );
  } catch (error) {
    if ((error as { errno?: number }).errno !== NO_TRIGGERS_ALLOWED) throw error;
  }
}

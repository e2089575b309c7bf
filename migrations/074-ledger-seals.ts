import type { Knex } from 'knex';
import { cents, createTable, day, instant, isMysql, json, reference } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'ledger_seals', (table) => {
    table.bigInteger('id').unsigned().primary();
    table.bigInteger('from_id').unsigned().notNullable();
    table.bigInteger('to_id').unsigned().notNullable();
    table.bigInteger('entries').notNullable();
    table.string('root', 64).notNullable();
    table.string('previous_hash', 64).notNullable();
    table.string('hash', 64).notNullable();
    instant(table, 'sealed_at').notNullable();
    table.string('sealed_by', 128).notNullable();
  });
  // The sums of what a seal covers, so that a page adds up days instead of ten million entries.
  await createTable(knex, 'ledger_totals', (table) => {
    table.bigIncrements('id');
    reference(table, 'seal_id', 'ledger_seals').notNullable();
    day(table, 'posted_on').notNullable().index();
    table.string('event', 32).notNullable();
    table.string('debit_role', 32).notNullable();
    table.string('credit_role', 32).notNullable();
    table.string('type', 32).notNullable();
    table.string('brand_id', 64);
    table.string('currency', 3).notNullable();
    cents(table, 'cents').notNullable();
    table.bigInteger('entries').notNullable();
  });
  await createTable(knex, 'verifications', (table) => {
    table.bigIncrements('id');
    instant(table, 'started_at').notNullable();
    instant(table, 'ended_at').notNullable();
    table.bigInteger('vouchers').notNullable();
    table.bigInteger('entries').notNullable();
    table.bigInteger('seals').notNullable();
    json(table, 'problem');
    table.string('actor', 128).notNullable();
  });
  if (isMysql(knex)) return;
  // As for the ledger itself: on MariaDB the application's user has no right to change or delete these.
  for (const table of ['ledger_seals', 'ledger_totals', 'journal_numbers', 'accounting_setups']) {
    for (const change of ['UPDATE', 'DELETE']) {
      await knex.raw(
        `CREATE TRIGGER ${table}_no_${change.toLowerCase()} BEFORE ${change} ON ${table} BEGIN SELECT RAISE(ABORT, 'this table is append-only'); END`,
      );
    }
  }
}

export async function down(knex: Knex): Promise<void> {
  if (!isMysql(knex)) {
    for (const table of ['journal_numbers', 'accounting_setups']) {
      for (const change of ['update', 'delete']) await knex.raw(`DROP TRIGGER ${table}_no_${change}`);
    }
  }
  for (const table of ['verifications', 'ledger_totals', 'ledger_seals']) await knex.schema.dropTable(table);
}

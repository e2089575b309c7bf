import type { Knex } from 'knex';
import { cents, createTable, day, instant, isMysql, reference } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'ledger_entries', (table) => {
    table.bigIncrements('id');
    reference(table, 'voucher_id', 'vouchers').notNullable();
    table.integer('position').notNullable();
    table.string('event', 32).notNullable();
    table.string('debit_role', 32).notNullable();
    table.string('credit_role', 32).notNullable();
    cents(table, 'cents').notNullable();
    table.string('currency', 3).notNullable();
    day(table, 'posted_on').notNullable().index();
    instant(table, 'recorded_at').notNullable();
    table.string('actor', 128).notNullable();
    table.string('reason', 500);
    table.string('booking_number', 64);
    reference(table, 'redemption_id', 'redemptions').index();
    reference(table, 'reversal_id', 'reversals');
    table.string('previous_hash', 64).notNullable();
    table.string('hash', 64).notNullable();
    table.unique(['voucher_id', 'position']);
    table.check('cents > 0');
    table.check('debit_role <> credit_role');
  });
  // On MariaDB the application's own database user has no right to UPDATE or DELETE here; SQLite knows no users.
  if (!isMysql(knex)) {
    for (const change of ['UPDATE', 'DELETE']) {
      await knex.raw(
        `CREATE TRIGGER ledger_entries_no_${change.toLowerCase()} BEFORE ${change} ON ledger_entries
         BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END`,
      );
    }
  }
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('ledger_entries');
}

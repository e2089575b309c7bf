import type { Knex } from 'knex';
import { cents, createTable, day, instant, json, reference, word } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'till_shifts', (table) => {
    table.bigIncrements('id');
    table.string('till', 40).notNullable();
    table.string('actor', 128).notNullable();
    // Set while the shift is open: one per till, one per person.
    table.string('open_till', 40).unique();
    table.string('open_actor', 128).unique();
    table.string('currency', 3).notNullable();
    day(table, 'opened_on').notNullable();
    instant(table, 'opened_at').notNullable();
    cents(table, 'opening_cash').notNullable();
    cents(table, 'cash').notNullable();
    instant(table, 'touched_at').notNullable();
    instant(table, 'closed_at');
    cents(table, 'counted_cash');
    table.string('closed_by', 128);
    table.string('note', 500);
    table.check('opening_cash >= 0');
    table.check('(closed_at is null) = (counted_cash is null)');
  });
  await createTable(knex, 'till_entries', (table) => {
    table.bigIncrements('id');
    reference(table, 'shift_id', 'till_shifts').notNullable();
    // Of the form that was sent: the same form sent twice is one entry.
    table.string('entry_key', 64).notNullable().unique();
    word(table, 'event', ['redemption', 'sale', 'top_up', 'cash_in', 'cash_out']).notNullable();
    json(table, 'business_types').notNullable();
    reference(table, 'voucher_id', 'vouchers');
    reference(table, 'order_id', 'orders');
    reference(table, 'redemption_id', 'redemptions');
    table.string('booking_number', 64);
    cents(table, 'price').notNullable();
    cents(table, 'voucher_amount').notNullable();
    cents(table, 'cash').notNullable();
    cents(table, 'card').notNullable();
    cents(table, 'transfer').notNullable();
    table.string('note', 200);
    table.string('actor', 128).notNullable();
    instant(table, 'recorded_at').notNullable();
    table.index(['shift_id', 'id']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('till_entries');
  await knex.schema.dropTable('till_shifts');
}

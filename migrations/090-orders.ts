import type { Knex } from 'knex';
import { cents, createTable, day, instant, reference, searchableText, word } from './schema-1.ts';

const STATES = ['ordered', 'partly_paid', 'fulfilled', 'cancelled', 'refunded'];
const METHODS = ['bank_transfer', 'cash', 'online', 'other'];

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'orders', (table) => {
    table.bigIncrements('id');
    table.string('number', 24).notNullable().unique();
    // Of the form that was sent: the same form sent twice is one order.
    table.string('submit_key', 64).notNullable().unique();
    word(table, 'state', STATES).notNullable();
    word(table, 'origin', ['shop', 'counter', 'api', 'admin']).notNullable();
    table.string('locale', 2).notNullable();
    table.string('brand_kind', 32);
    table.string('brand_id', 64);
    table.string('currency', 3).notNullable();
    cents(table, 'amount').notNullable();
    table.integer('quantity').notNullable();
    cents(table, 'total').notNullable();
    cents(table, 'paid').notNullable().defaultTo(0);
    table.string('motif_id', 64);
    word(table, 'delivery', ['buyer', 'recipient', 'counter']).notNullable();
    day(table, 'deliver_on');
    day(table, 'ordered_on').notNullable();
    instant(table, 'ordered_at').notNullable();
    instant(table, 'fulfilled_at');
    instant(table, 'ended_at');
    instant(table, 'updated_at').notNullable();
    table.foreign(['brand_kind', 'brand_id']).references(['kind', 'id']).inTable('catalogue_entries');
    table.check("brand_id is null or brand_kind = 'brand'");
    table.check('amount > 0');
    table.check('quantity > 0');
    table.check('total = amount * quantity');
    table.check('paid >= 0');
    table.index(['state', 'id']);
  });
  // Apart from the order, because a person's data goes before the books do.
  await createTable(knex, 'order_people', (table) => {
    reference(table, 'order_id', 'orders').notNullable().primary();
    searchableText(knex, table, 'buyer_name', 200);
    table.string('buyer_email', 254).index();
    table.string('buyer_phone', 50);
    table.string('buyer_street', 200);
    table.string('buyer_postcode', 20);
    table.string('buyer_city', 100);
    table.string('recipient_name', 200);
    table.string('recipient_email', 254);
    table.text('message');
  });
  // Every mail has a link of its own; only the hash of its token is kept.
  await createTable(knex, 'order_links', (table) => {
    table.string('token_hash', 64).primary();
    reference(table, 'order_id', 'orders').notNullable().index();
    instant(table, 'created_at').notNullable();
  });
  await createTable(knex, 'order_payments', (table) => {
    table.bigIncrements('id');
    reference(table, 'order_id', 'orders').notNullable().index();
    cents(table, 'cents').notNullable();
    word(table, 'method', METHODS).notNullable();
    day(table, 'paid_on').notNullable();
    // Where it came from, such as one line of one bank statement: nothing is booked twice.
    table.string('source_key', 160).notNullable().unique();
    table.string('reference', 200);
    table.string('actor', 128).notNullable();
    instant(table, 'recorded_at').notNullable();
    table.check('cents > 0');
  });
  await createTable(knex, 'order_vouchers', (table) => {
    reference(table, 'order_id', 'orders').notNullable();
    table.integer('position').notNullable();
    reference(table, 'voucher_id', 'vouchers').notNullable().unique();
    table.primary(['order_id', 'position']);
  });
  // The second secret of a voucher's holder, from the mail the code came with.
  await createTable(knex, 'voucher_pins', (table) => {
    reference(table, 'voucher_id', 'vouchers').notNullable().primary();
    table.string('pin_hash', 128).notNullable();
    instant(table, 'created_at').notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  const tables = ['voucher_pins', 'order_vouchers', 'order_payments', 'order_links', 'order_people', 'orders'];
  for (const table of tables) await knex.schema.dropTable(table);
}

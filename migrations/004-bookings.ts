import type { Knex } from 'knex';
import { cents, createTable, instant, json, reference, word } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'holds', (table) => {
    table.bigIncrements('id');
    table.string('reference', 128).notNullable().unique();
    table.string('client_token_hash', 64).unique();
    json(table, 'booking').notNullable();
    json(table, 'codes').notNullable();
    instant(table, 'expires_at').notNullable().index();
    instant(table, 'created_at').notNullable();
    instant(table, 'updated_at').notNullable();
  });
  await createTable(knex, 'hold_lines', (table) => {
    reference(table, 'hold_id', 'holds').notNullable().onDelete('CASCADE');
    reference(table, 'voucher_id', 'vouchers').notNullable();
    reference(table, 'campaign_id', 'campaigns');
    cents(table, 'amount').notNullable();
    instant(table, 'expires_at').notNullable();
    table.primary(['hold_id', 'voucher_id']);
    table.index(['voucher_id', 'expires_at', 'amount']);
    table.index(['campaign_id', 'expires_at', 'amount']);
    table.check('amount > 0');
  });
  await createTable(knex, 'redemptions', (table) => {
    table.bigIncrements('id');
    table.string('booking_number', 64).notNullable().index();
    // Not a foreign key: the hold is gone once it is redeemed.
    table.bigInteger('hold_id').unsigned().unique();
    table.string('reference', 128);
    table.string('channel', 16).notNullable();
    table.string('customer_id', 128);
    table.string('customer_email', 254);
    table.string('currency', 3).notNullable();
    cents(table, 'trip_price').notNullable();
    cents(table, 'payable').notNullable();
    json(table, 'booking').notNullable();
    json(table, 'evaluation').notNullable();
    table.string('actor', 128).notNullable();
    instant(table, 'redeemed_at').notNullable();
    table.check('trip_price >= 0');
    table.check('payable >= 0');
  });
  await createTable(knex, 'redemption_lines', (table) => {
    table.bigIncrements('id');
    reference(table, 'redemption_id', 'redemptions').notNullable();
    table.integer('position').notNullable();
    reference(table, 'voucher_id', 'vouchers').notNullable();
    reference(table, 'campaign_id', 'campaigns').index();
    word(table, 'kind', ['discount', 'payment']).notNullable();
    cents(table, 'applied').notNullable();
    cents(table, 'reversed').notNullable().defaultTo(0);
    json(table, 'allocation').notNullable();
    // Whose use it was, again beside the voucher: the limit per customer is one look into an index.
    table.string('customer_id', 128);
    table.string('customer_email', 254);
    table.unique(['redemption_id', 'voucher_id']);
    table.index(['voucher_id', 'customer_id']);
    table.index(['voucher_id', 'customer_email']);
    table.check('applied > 0');
    table.check('reversed >= 0 and reversed <= applied');
  });
  await createTable(knex, 'reversals', (table) => {
    table.bigIncrements('id');
    reference(table, 'redemption_id', 'redemptions').notNullable().index();
    cents(table, 'amount').notNullable();
    table.string('reason', 500).notNullable();
    table.string('actor', 128).notNullable();
    instant(table, 'reversed_at').notNullable();
    table.check('amount > 0');
  });
  await createTable(knex, 'reversal_lines', (table) => {
    reference(table, 'reversal_id', 'reversals').notNullable();
    reference(table, 'redemption_line_id', 'redemption_lines').notNullable();
    cents(table, 'amount').notNullable();
    table.primary(['reversal_id', 'redemption_line_id']);
    table.check('amount > 0');
  });
}

export async function down(knex: Knex): Promise<void> {
  const tables = ['reversal_lines', 'reversals', 'redemption_lines', 'redemptions', 'hold_lines', 'holds'];
  for (const table of tables) await knex.schema.dropTable(table);
}

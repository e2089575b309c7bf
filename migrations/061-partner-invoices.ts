import type { Knex } from 'knex';
import { cents, createTable, day, instant, json, reference, word } from './schema-1.ts';

/** What partners owe for the deals that were redeemed, and the counter-invoices that take it back. */
export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'partner_invoices', (table) => {
    table.bigIncrements('id');
    table.string('number', 24).notNullable().unique();
    word(table, 'state', ['open', 'paid', 'cancelled', 'cancellation']).notNullable();
    // The invoice a counter-invoice takes back: once.
    reference(table, 'cancels_id', 'partner_invoices').unique();
    table.string('partner_kind', 32).notNullable();
    table.string('partner_id', 64).notNullable();
    reference(table, 'redemption_id', 'redemptions').notNullable().index();
    reference(table, 'voucher_id', 'vouchers').notNullable().index();
    // The redeemed line this invoice stands for as long as it holds: never two invoices for one.
    reference(table, 'live_line_id', 'redemption_lines').unique();
    table.string('booking_number', 64).notNullable().index();
    table.string('currency', 3).notNullable();
    cents(table, 'redeemed').notNullable();
    cents(table, 'owed').notNullable();
    cents(table, 'difference').notNullable();
    word(table, 'difference_role', ['COMMISSION', 'RABATT']).notNullable();
    day(table, 'issued_on').notNullable();
    day(table, 'due_on').notNullable();
    day(table, 'paid_on');
    table.string('payment_reference', 140);
    table.string('reason', 500);
    // Everything that is printed, as it was on that day: the same document for ever.
    json(table, 'document').notNullable();
    table.string('actor', 128).notNullable();
    instant(table, 'created_at').notNullable();
    table.foreign(['partner_kind', 'partner_id']).references(['kind', 'id']).inTable('catalogue_entries');
    table.check("partner_kind = 'partner'");
    table.check('owed > 0');
    table.check('difference >= 0');
    table.check('redeemed = owed + difference');
    table.index(['state', 'id']);
    table.index(['partner_kind', 'partner_id', 'id']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('partner_invoices');
}

import type { Knex } from 'knex';
import { cents, createTable, day, instant, reference } from './schema-1.ts';

/** Deals that a partner sells in its own name for us: what is owed to their holders, and what the partner owes us for them. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('partner_statements', (table) => {
    // `sales`: the partner reports what it sold; `settlement`: it says what it pays for redeemed codes.
    table.string('kind', 16).notNullable().defaultTo('settlement');
    table.string('commission_number', 64);
    day(table, 'commission_on');
    cents(table, 'commission_net');
    cents(table, 'commission_vat');
    day(table, 'payout_on');
    table.string('payout_reference', 140);
  });
  await createTable(knex, 'deal_sales', (table) => {
    table.bigIncrements('id');
    reference(table, 'voucher_id', 'vouchers').notNullable().unique();
    table.string('partner_id', 64).notNullable();
    reference(table, 'statement_id', 'partner_statements').notNullable();
    table.string('document_number', 64).notNullable();
    table.string('currency', 3).notNullable();
    // What the holder paid, and what of it is still owed.
    cents(table, 'price').notNullable();
    cents(table, 'rest').notNullable();
    // The share of the partner's invoice about its commission, as booked.
    cents(table, 'commission').notNullable().defaultTo(0);
    cents(table, 'commission_vat').notNullable().defaultTo(0);
    day(table, 'sold_on').notNullable();
    day(table, 'paid_on');
    reference(table, 'refund_statement_id', 'partner_statements');
    day(table, 'refund_paid_on');
    // The voucher has another code: its sale goes on there.
    reference(table, 'passed_to_id', 'deal_sales');
    table.string('actor', 128).notNullable();
    instant(table, 'created_at').notNullable();
    table.check('price > 0 and rest >= 0 and rest <= price');
    table.index(['statement_id', 'id']);
    table.index(['refund_statement_id', 'id']);
  });
  await createTable(knex, 'deal_sale_uses', (table) => {
    table.bigIncrements('id');
    reference(table, 'sale_id', 'deal_sales').notNullable().index();
    reference(table, 'redemption_id', 'redemptions').notNullable().index();
    reference(table, 'line_id', 'redemption_lines').notNullable().index();
    // The redeemed line this stands for as long as it holds: never two for one.
    reference(table, 'live_line_id', 'redemption_lines').unique();
    table.string('booking_number', 64).notNullable();
    cents(table, 'redeemed').notNullable();
    cents(table, 'taken').notNullable();
    cents(table, 'difference').notNullable();
    instant(table, 'created_at').notNullable();
    table.check('taken >= 0 and difference >= 0');
    table.check('redeemed = taken + difference');
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['deal_sale_uses', 'deal_sales']) await knex.schema.dropTable(table);
  await knex.schema.alterTable('partner_statements', (table) => {
    for (const column of [
      'kind',
      'commission_number',
      'commission_on',
      'commission_net',
      'commission_vat',
      'payout_on',
      'payout_reference',
    ])
      table.dropColumn(column);
  });
}

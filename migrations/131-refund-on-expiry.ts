import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  // What is left on such a voucher is paid out when it ends, and never becomes income.
  await knex.schema.alterTable('voucher_rules', (table) => {
    table.boolean('refund_on_expiry').notNullable().defaultTo(false);
    table.index(['refund_on_expiry', 'book_until'], 'voucher_rules_refund_on_expiry');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('voucher_rules', (table) => {
    table.dropIndex([], 'voucher_rules_refund_on_expiry');
    table.dropColumn('refund_on_expiry');
  });
}

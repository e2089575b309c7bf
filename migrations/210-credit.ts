import type { Knex } from 'knex';

/** A rest on the customer's credit stands on an account of its own; what was credited before stays where it is booked. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('voucher_rules', (table) => {
    table.boolean('is_credit').notNullable().defaultTo(false);
  });
  await knex.raw(
    "alter table voucher_rules add column funding_kind varchar(32) generated always as (case when is_credit = 1 then 'credit' else funding end) virtual",
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table voucher_rules drop column funding_kind');
  await knex.raw('alter table voucher_rules drop column is_credit');
}

import type { Knex } from 'knex';

/** What of a voucher's value was given away when it was sold, and what of its balance is left of that; both are cents. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table vouchers add column bonus_value bigint not null default 0');
  await knex.raw('alter table vouchers add column bonus_balance bigint not null default 0');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table vouchers drop column bonus_balance');
  await knex.raw('alter table vouchers drop column bonus_value');
}

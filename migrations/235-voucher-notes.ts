import type { Knex } from 'knex';

/** What the staff writes down about one voucher; nobody outside reads it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table vouchers add column note text');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table vouchers drop column note');
}

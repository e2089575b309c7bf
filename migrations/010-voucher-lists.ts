import type { Knex } from 'knex';
import { createTable, instant, reference } from './schema-1.ts';

/** What the lists of vouchers sort and narrow by; an index ends with the primary key by itself. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('voucher_rules', (table) => {
    table.index(['title'], 'rules_title');
    table.index(['book_until'], 'rules_book_until');
    table.index(['type', 'title'], 'rules_type_title');
    table.index(['type', 'book_until'], 'rules_type_book_until');
    table.index(['motif_id'], 'rules_motif');
  });
  await knex.schema.alterTable('vouchers', (table) => {
    table.index(['balance'], 'vouchers_balance');
    table.index(['booking_ref'], 'vouchers_booking_ref');
  });
  await createTable(knex, 'saved_lists', (table) => {
    table.bigIncrements('id');
    reference(table, 'user_id', 'users').notNullable().onDelete('CASCADE');
    table.string('page', 32).notNullable();
    table.string('name', 80).notNullable();
    table.string('query', 1000).notNullable();
    instant(table, 'created_at').notNullable();
    table.unique(['user_id', 'page', 'name']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('saved_lists');
  await knex.schema.alterTable('vouchers', (table) => {
    table.dropIndex(['booking_ref'], 'vouchers_booking_ref');
    table.dropIndex(['balance'], 'vouchers_balance');
  });
  await knex.schema.alterTable('voucher_rules', (table) => {
    for (const name of ['title', 'book_until', 'type_title', 'type_book_until', 'motif'])
      table.dropIndex([], `rules_${name}`);
  });
}

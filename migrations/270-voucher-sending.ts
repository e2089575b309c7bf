import type { Knex } from 'knex';

/** Sending and printing vouchers as rights of their own: agents send, and print where they see codes or are granted it. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('users', (table) => {
    table.boolean('can_send_vouchers').notNullable().defaultTo(false);
    table.boolean('can_print_vouchers').notNullable().defaultTo(false);
  });
  await knex('users').whereIn('role', ['admin', 'agent']).update({ can_send_vouchers: true });
  await knex('users').where({ role: 'admin' }).update({ can_print_vouchers: true });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('users', (table) => {
    table.dropColumns('can_send_vouchers', 'can_print_vouchers');
  });
}

import type { Knex } from 'knex';
import { createTable, instant, json } from './schema-1.ts';

/** Bookings kept to test codes against them. */
export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'booking_samples', (table) => {
    table.bigIncrements('id');
    table.string('name', 100).notNullable().unique();
    json(table, 'booking').notNullable();
    table.string('updated_by', 128).notNullable();
    instant(table, 'updated_at').notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('booking_samples');
}

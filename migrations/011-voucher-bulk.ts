import type { Knex } from 'knex';
import { createTable } from './schema-1.ts';

/** What became of each voucher of a bulk action, kept until its result is written. */
export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'voucher_bulk_outcomes', (table) => {
    table.bigInteger('job_id').unsigned().notNullable();
    table.bigInteger('voucher_id').unsigned().notNullable();
    table.string('outcome', 300).notNullable();
    table.boolean('is_done').notNullable();
    table.primary(['job_id', 'voucher_id']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('voucher_bulk_outcomes');
}

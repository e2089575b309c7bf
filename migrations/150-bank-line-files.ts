import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  // Which file a line was first read from; what is older has none.
  await knex.schema.alterTable('bank_lines', (table) => {
    table.string('file_name', 200);
    table.index(['booked_on', 'cents'], 'bank_lines_day_amount');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('bank_lines', (table) => {
    table.dropIndex([], 'bank_lines_day_amount');
    table.dropColumn('file_name');
  });
}

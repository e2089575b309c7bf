import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('holds', (table) => {
    // The API key that made it (`key:7`): browsers may use the hold's token from the origins of this key only.
    table.string('created_by', 128);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('holds', (table) => {
    table.dropColumn('created_by');
  });
}

import type { Knex } from 'knex';

/** What a form said that was sent to the till, so that the same key with other numbers is not taken for the same form. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('till_entries', (table) => {
    // null: from before, when only the key was kept.
    table.string('form_hash', 64);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table till_entries drop column form_hash');
}

import type { Knex } from 'knex';
import { createTable, instant, json, word } from './schema-1.ts';

/** Accounts and how they are exported, in every version there ever was: an old export keeps the one it was made with. */
export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'accounting_setups', (table) => {
    table.bigIncrements('id');
    json(table, 'setup').notNullable();
    // Again beside the document: a redemption reads it in the statement it asks anyway.
    word(table, 'discount_method', ['net', 'gross']).notNullable();
    table.string('note', 500);
    instant(table, 'created_at').notNullable();
    table.string('created_by', 128).notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('accounting_setups');
}

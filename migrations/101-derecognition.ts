import type { Knex } from 'knex';
import { cents, createTable, day, instant, reference, word } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  // A proposal of time-barred vouchers, which a second person accepts or rejects.
  await createTable(knex, 'derecognition_runs', (table) => {
    table.bigIncrements('id');
    word(table, 'state', ['proposed', 'accepted', 'done', 'rejected']).notNullable();
    day(table, 'barred_on').notNullable();
    table.integer('vouchers').notNullable();
    table.string('proposed_by', 128).notNullable();
    instant(table, 'proposed_at').notNullable();
    table.string('decided_by', 128);
    instant(table, 'decided_at');
    table.string('document_number', 64);
  });
  await createTable(knex, 'derecognition_items', (table) => {
    reference(table, 'run_id', 'derecognition_runs').notNullable();
    reference(table, 'voucher_id', 'vouchers').notNullable().index();
    cents(table, 'cents').notNullable();
    table.string('currency', 3).notNullable();
    day(table, 'limitation_on').notNullable();
    word(table, 'outcome', ['open', 'derecognised', 'skipped']).notNullable();
    table.primary(['run_id', 'voucher_id']);
    table.check('cents > 0');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('derecognition_items');
  await knex.schema.dropTable('derecognition_runs');
}

import type { Knex } from 'knex';
import { createTable, instant, isMysql, reference, word } from './schema-1.ts';

/** Documents to partners as they went out, byte for byte. */
export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'partner_files', (table) => {
    table.bigIncrements('id');
    word(table, 'subject', ['invoice', 'run']).notNullable();
    // The id of an invoice, or run and part: `17-0`.
    table.string('subject_id', 40).notNullable();
    word(table, 'format', ['pdf', 'zugferd', 'xrechnung', 'zip']).notNullable();
    table.string('name', 128).notNullable();
    table.string('sha256', 64).notNullable();
    table.bigInteger('bytes').notNullable();
    instant(table, 'made_at').notNullable();
    table.unique(['subject', 'subject_id']);
  });
  await createTable(knex, 'partner_file_parts', (table) => {
    reference(table, 'file_id', 'partner_files').notNullable();
    table.integer('position').notNullable();
    table.specificType('content', isMysql(knex) ? 'longblob' : 'blob').notNullable();
    table.primary(['file_id', 'position']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('partner_file_parts');
  await knex.schema.dropTable('partner_files');
}

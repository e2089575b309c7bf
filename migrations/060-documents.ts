import type { Knex } from 'knex';
import { createTable, day, instant, isMysql, json, searchableText, word } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'mails', (table) => {
    table.bigIncrements('id');
    // One document is sent once for one event: the key says which.
    table.string('dedupe_key', 190).notNullable().unique();
    table.string('event', 48).notNullable();
    table.string('locale', 5).notNullable();
    table.string('brand_id', 64);
    table.string('recipient', 254).notNullable();
    table.string('recipient_name', 200);
    table.string('subject', 300).notNullable();
    json(table, 'body').notNullable();
    // Codes and PINs in the text, so that they can be masked for those who may not see them.
    json(table, 'secrets').notNullable();
    json(table, 'attachments').notNullable();
    table.string('entity', 32);
    table.string('entity_id', 64);
    instant(table, 'send_after').notNullable();
    word(table, 'state', ['queued', 'sending', 'sent', 'kept', 'failed', 'uncertain', 'cancelled']).notNullable();
    table.integer('attempts').notNullable().defaultTo(0);
    instant(table, 'lease_until');
    table.string('error', 500);
    instant(table, 'created_at').notNullable();
    instant(table, 'sent_at');
    table.index(['state', 'send_after', 'id']);
    table.index(['event', 'id']);
    table.index(['recipient', 'id']);
    table.index(['entity', 'entity_id', 'id']);
  });
  await createTable(knex, 'mail_texts', (table) => {
    table.string('event', 48).notNullable();
    table.string('locale', 5).notNullable();
    // Empty: for every brand without a text of its own.
    table.string('brand_id', 64).notNullable().defaultTo('');
    table.string('subject', 300).notNullable();
    json(table, 'body').notNullable();
    instant(table, 'updated_at').notNullable();
    table.primary(['event', 'locale', 'brand_id']);
  });
  await createTable(knex, 'motifs', (table) => {
    table.bigIncrements('id');
    searchableText(knex, table, 'name', 200).notNullable();
    table.string('brand_id', 64);
    word(table, 'position', ['left', 'right', 'center']).notNullable();
    table.string('text_color', 7).notNullable();
    table.string('panel_color', 7).notNullable();
    table.specificType('image', isMysql(knex) ? 'mediumblob' : 'blob').notNullable();
    table.specificType('thumbnail', isMysql(knex) ? 'mediumblob' : 'blob').notNullable();
    table.string('image_hash', 64).notNullable();
    table.integer('width').notNullable();
    table.integer('height').notNullable();
    instant(table, 'archived_at');
    instant(table, 'created_at').notNullable();
    table.integer('version').notNullable().defaultTo(1);
  });
  await createTable(knex, 'reminders', (table) => {
    table.bigInteger('voucher_id').unsigned().notNullable();
    day(table, 'book_until').notNullable();
    instant(table, 'queued_at').notNullable();
    table.primary(['voucher_id', 'book_until']);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['reminders', 'motifs', 'mail_texts', 'mails']) await knex.schema.dropTable(table);
}

import type { Knex } from 'knex';
import { createTable, instant, word } from './schema-1.ts';

/** What was heard of a mail after it had gone out: that it came back, is late, or that its reader complained. */
export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'mail_notices', (table) => {
    table.bigIncrements('id');
    table.bigInteger('mail_id').unsigned().notNullable().references('id').inTable('mails').onDelete('CASCADE').index();
    // The provider's own id, or what the report itself is: what is told twice counts once.
    table.string('source_key', 160).notNullable().unique();
    word(table, 'kind', ['bounce', 'complaint', 'delay']).notNullable();
    table.string('recipient', 254);
    table.string('status', 16);
    table.string('detail', 500);
    instant(table, 'happened_at');
    instant(table, 'recorded_at').notNullable();
    table.string('actor', 128).notNullable();
  });
  await knex.schema.alterTable('mails', (table) => {
    // Came back after it had been sent; null again once it is sent anew.
    instant(table, 'bounced_at').index();
    table.string('bounce_kind', 16);
    // Somebody has looked at it: it is no task any more.
    instant(table, 'bounce_seen_at');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('mails', (table) => {
    table.dropIndex('bounced_at');
  });
  await knex.schema.alterTable('mails', (table) => {
    table.dropColumns('bounced_at', 'bounce_kind', 'bounce_seen_at');
  });
  await knex.schema.dropTable('mail_notices');
}

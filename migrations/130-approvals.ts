import type { Knex } from 'knex';
import { cents, createTable, instant, json, reference, word } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  // What one person asked for and a second one has to accept: nothing moves before.
  await createTable(knex, 'approvals', (table) => {
    table.bigIncrements('id');
    word(table, 'kind', ['goodwill', 'issue', 'correction', 'reactivation', 'extension', 'refund']).notNullable();
    word(table, 'state', ['open', 'accepted', 'refused', 'withdrawn']).notNullable();
    // Of a voucher that is still to be made: null, until it is.
    reference(table, 'voucher_id', 'vouchers').index();
    table.integer('voucher_version');
    table.integer('voucher_entries');
    cents(table, 'cents').notNullable();
    table.string('currency', 3).notNullable();
    table.string('reason', 500).notNullable();
    // How it is to be done; emptied with the decision on a new voucher, because it names a code and a person.
    json(table, 'payload').notNullable();
    // One open request of a kind for a voucher, one request for a form.
    table.string('open_key', 160).unique();
    table.string('requested_by', 128).notNullable();
    instant(table, 'requested_at').notNullable();
    table.string('decided_by', 128);
    instant(table, 'decided_at');
    table.string('note', 500);
    table.index(['state', 'id']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('approvals');
}

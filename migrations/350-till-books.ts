import type { Knex } from 'knex';
import { cents, createTable, day, instant, json, reference } from './schema-1.ts';
import { widenWord } from './widen-word.ts';

const SUBJECTS = ['order', 'refund', 'partner'];
const METHODS = ['bank_transfer', 'cash', 'online', 'other', 'other_order'];
const EVENTS = ['redemption', 'sale', 'top_up', 'cash_in', 'cash_out'];
const REVERSALS = EVENTS.map((event) => `${event}_reversal`);

/** The account CASH follows the drawer: documents of the till, Storno, and the step that takes over what lay there before. */
export async function up(knex: Knex): Promise<void> {
  await widenWord(knex, 'ledger_subjects', 'kind', [...SUBJECTS, 'till']);
  await widenWord(knex, 'order_payments', 'method', [...METHODS, 'till']);
  await widenWord(knex, 'till_entries', 'event', [...EVENTS, ...REVERSALS, 'refund', 'difference']);
  await knex.schema.alterTable('till_entries', (table) => {
    // null: from before the till had documents.
    table.string('document_number', 64);
    // Taken back once at most.
    table.bigInteger('reverses_id').unsigned();
    table.unique(['document_number'], { indexName: 'till_entries_document' });
    table.unique(['reverses_id'], { indexName: 'till_entries_reverses' });
  });
  await knex.schema.alterTable('till_shifts', (table) => {
    // Counted less what should have been there.
    cents(table, 'difference');
  });
  // The drawer of a closed shift holds what was counted.
  await knex('till_shifts')
    .whereNotNull('counted_cash')
    .update({ difference: knex.raw('counted_cash - cash'), cash: knex.raw('counted_cash') });
  await createTable(knex, 'receipts', (table) => {
    table.string('number', 64).primary();
    table.string('kind', 32).notNullable();
    table.string('currency', 3).notNullable();
    cents(table, 'cents').notNullable();
    day(table, 'issued_on').notNullable();
    instant(table, 'issued_at').notNullable();
    table.string('actor', 128).notNullable();
    reference(table, 'voucher_id', 'vouchers').index();
    reference(table, 'order_id', 'orders').index();
    // What it says, as it was: a second copy says the same.
    json(table, 'content').notNullable();
    table.integer('prints').notNullable().defaultTo(0);
  });
  await createTable(knex, 'till_openings', (table) => {
    table.bigIncrements('id');
    table.string('currency', 3).notNullable();
    cents(table, 'in_drawers').notNullable();
    cents(table, 'in_account').notNullable();
    table.string('document_number', 64).notNullable().unique();
    table.string('reason', 500).notNullable();
    table.string('actor', 128).notNullable();
    day(table, 'posted_on').notNullable();
    instant(table, 'recorded_at').notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  const own: unknown = await knex('ledger_subjects').where({ kind: 'till' }).first('id');
  if (own !== undefined) throw new Error('entries of a till are in the ledger, and none of it is ever deleted');
  await knex('order_payments').where({ method: 'till' }).update({ method: 'cash' });
  await widenWord(knex, 'order_payments', 'method', METHODS);
  await widenWord(knex, 'till_entries', 'event', EVENTS);
  await knex('till_shifts')
    .whereNotNull('counted_cash')
    .update({ cash: knex.raw('counted_cash - difference') });
  await knex.raw('alter table till_shifts drop column difference');
  await knex.schema.dropTable('till_openings');
  await knex.schema.dropTable('receipts');
  await knex.schema.alterTable('till_entries', (table) => {
    table.dropUnique([], 'till_entries_document');
    table.dropUnique([], 'till_entries_reverses');
  });
  for (const column of ['document_number', 'reverses_id'])
    await knex.schema.alterTable('till_entries', (table) => {
      table.dropColumn(column);
    });
  await widenWord(knex, 'ledger_subjects', 'kind', SUBJECTS);
}

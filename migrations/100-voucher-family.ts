import type { Knex } from 'knex';
import { cents, createTable, day, instant, reference, word } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  // Which voucher became which, and how much of its value went over.
  await createTable(knex, 'voucher_links', (table) => {
    table.bigIncrements('id');
    reference(table, 'from_id', 'vouchers').notNullable();
    reference(table, 'to_id', 'vouchers').notNullable().index();
    word(table, 'kind', ['reissue', 'split', 'merge', 'residual']).notNullable();
    cents(table, 'cents').notNullable();
    instant(table, 'created_at').notNullable();
    table.unique(['from_id', 'to_id']);
    table.check('cents >= 0');
  });
  await knex.raw(
    `insert into voucher_links (from_id, to_id, kind, cents, created_at)
      select v.id, v.replaced_by_id, 'reissue', coalesce((select sum(e.cents) from ledger_entries e where e.voucher_id = v.id and e.event = 'transfer_out'), 0), v.updated_at
      from vouchers v where v.replaced_by_id is not null`,
  );
  await knex.schema.alterTable('vouchers', (table) => {
    // Uses that were made under the code before.
    table.integer('carried_uses').notNullable().defaultTo(0);
    // The day on which the claim was last acknowledged: an extension or a new code begins its limitation again.
    day(table, 'acknowledged_on');
  });
  await knex.raw('update vouchers set carried_uses = uses where id in (select to_id from voucher_links)');
  await createTable(knex, 'refund_tasks', (table) => {
    table.bigIncrements('id');
    reference(table, 'voucher_id', 'vouchers').notNullable().unique();
    cents(table, 'cents').notNullable();
    table.string('currency', 3).notNullable();
    table.string('reason', 500).notNullable();
    instant(table, 'created_at').notNullable();
    table.string('created_by', 128).notNullable();
    day(table, 'paid_on');
    table.string('payment_reference', 140);
    instant(table, 'done_at').index();
    table.string('done_by', 128);
    table.check('cents > 0');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('refund_tasks');
  await knex.schema.alterTable('vouchers', (table) => {
    table.dropColumn('carried_uses');
    table.dropColumn('acknowledged_on');
  });
  await knex.schema.dropTable('voucher_links');
}

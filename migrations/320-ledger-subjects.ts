import type { Knex } from 'knex';
import { cents, createTable, isMysql, word } from './schema-1.ts';
import { changeSqliteTable, sqliteTableText } from './sqlite-table-text.ts';
import { widenWord } from './widen-word.ts';

const METHODS = ['bank_transfer', 'cash', 'online', 'other'];

/** Entries that belong to no voucher: an order's money, a refund. Each has a chain of its own, and is an open item of the debtors. */
export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'ledger_subjects', (table) => {
    table.bigIncrements('id');
    word(table, 'kind', ['order', 'refund']).notNullable();
    // What people and the open items of the general ledger know it by.
    table.string('name', 64).notNullable();
    table.string('subject_id', 64).notNullable();
    table.string('brand_id', 64);
    table.string('currency', 3).notNullable();
    table.integer('ledger_count').notNullable().defaultTo(0);
    table.string('ledger_head', 64);
    // Credits less debits of the debtors in all entries that name it: what we owe, below 0 what is owed to us.
    cents(table, 'balance').notNullable().defaultTo(0);
    table.unique(['kind', 'name']);
    table.index(['kind', 'subject_id'], 'ledger_subjects_subject');
  });
  if (isMysql(knex)) await knex.raw(MYSQL);
  else await onSqlite(knex);
  await knex.schema.alterTable('order_payments', (table) => {
    table.boolean('is_posted').notNullable().defaultTo(true);
  });
  await knex.schema.alterTable('order_chargebacks', (table) => {
    table.boolean('is_posted').notNullable().defaultTo(true);
  });
  await widenWord(knex, 'order_payments', 'method', [...METHODS, 'other_order']);
  // Until now money was posted when it completed its order, or came for vouchers that existed.
  await knex.raw(
    `update order_payments set is_posted = ? where not exists (
       select 1 from orders o where o.id = order_payments.order_id and o.fulfilled_at is not null and order_payments.recorded_at <= o.fulfilled_at
     ) and not exists (
       select 1 from orders o join order_vouchers v on v.order_id = o.id join ledger_entries e on e.voucher_id = v.voucher_id
         where o.id = order_payments.order_id and e.event = 'payment_in' and e.recorded_at = order_payments.recorded_at
     )`,
    [false],
  );
  await knex('order_chargebacks').update({ is_posted: false });
}

const MYSQL = `alter table ledger_entries
  modify voucher_id bigint unsigned null,
  add column chain_id bigint unsigned null,
  add column open_item_id bigint unsigned null,
  add constraint ledger_entries_chain_id_foreign foreign key (chain_id) references ledger_subjects (id),
  add constraint ledger_entries_open_item_id_foreign foreign key (open_item_id) references ledger_subjects (id),
  add constraint ledger_entries_one_chain check ((voucher_id is null) <> (chain_id is null)),
  add unique index ledger_entries_chain_position (chain_id, position),
  add index ledger_entries_open_item (open_item_id, posted_on, debit_role, credit_role, cents)`;

const NOT_NULL = /`voucher_id` bigint( unsigned)? not null/;

async function onSqlite(knex: Knex): Promise<void> {
  const [found = ''] = NOT_NULL.exec(await sqliteTableText(knex, 'ledger_entries')) ?? [];
  if (found === '') throw new Error('the voucher of a ledger entry is not where it was');
  await changeSqliteTable(knex, 'ledger_entries', found, found.replace(' not null', ''));
  await knex.raw(
    'alter table ledger_entries add column chain_id bigint references ledger_subjects (id) check ((voucher_id is null) <> (chain_id is null))',
  );
  await knex.raw('alter table ledger_entries add column open_item_id bigint references ledger_subjects (id)');
  await knex.raw('create unique index ledger_entries_chain_position on ledger_entries (chain_id, position)');
  await knex.raw(
    'create index ledger_entries_open_item on ledger_entries (open_item_id, posted_on, debit_role, credit_role, cents)',
  );
}

export async function down(knex: Knex): Promise<void> {
  const own: unknown = await knex('ledger_entries').whereNotNull('chain_id').first('id');
  if (own !== undefined) throw new Error('entries without a voucher are in the ledger, and none of it is ever deleted');
  await widenWord(knex, 'order_payments', 'method', METHODS);
  for (const table of ['order_chargebacks', 'order_payments'])
    await knex.raw(`alter table ${table} drop column is_posted`);
  if (isMysql(knex))
    await knex.raw(
      `alter table ledger_entries drop foreign key ledger_entries_chain_id_foreign, drop foreign key ledger_entries_open_item_id_foreign,
         drop constraint ledger_entries_one_chain, drop index ledger_entries_chain_position, drop index ledger_entries_open_item,
         drop column chain_id, drop column open_item_id, modify voucher_id bigint unsigned not null`,
    );
  else {
    await knex.raw('drop index ledger_entries_open_item');
    await knex.raw('drop index ledger_entries_chain_position');
    for (const column of ['open_item_id', 'chain_id'])
      await knex.raw(`alter table ledger_entries drop column ${column}`);
    const [found = ''] = /`voucher_id` bigint( unsigned)?/.exec(await sqliteTableText(knex, 'ledger_entries')) ?? [];
    await changeSqliteTable(knex, 'ledger_entries', found, `${found} not null`);
  }
  await knex.schema.dropTable('ledger_subjects');
}

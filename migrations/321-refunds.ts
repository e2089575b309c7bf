import type { Knex } from 'knex';
import { cents, createTable, day, instant, isMysql, reference, word } from './schema-1.ts';

/** What is to be paid back, to whom and how, until it is paid; and the files that order payments at the bank. */
export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'refund_files', (table) => {
    table.bigIncrements('id');
    table.string('number', 24).notNullable().unique();
    word(table, 'state', ['live', 'withdrawn']).notNullable();
    table.integer('payments').notNullable();
    cents(table, 'cents').notNullable();
    table.string('currency', 3).notNullable();
    day(table, 'execution_on').notNullable();
    table.text('content', 'mediumtext').notNullable();
    table.string('sha256', 64).notNullable();
    instant(table, 'created_at').notNullable();
    table.string('created_by', 128).notNullable();
    instant(table, 'withdrawn_at');
    table.string('withdrawn_by', 128);
  });
  await createTable(knex, 'refunds', (table) => {
    table.bigIncrements('id');
    table.string('number', 24).notNullable().unique();
    word(table, 'state', ['open', 'ordered', 'paid', 'withdrawn']).notNullable();
    word(table, 'origin', ['voucher', 'order', 'order_money', 'partner']).notNullable();
    word(table, 'way', ['transfer', 'provider', 'cash']).notNullable();
    cents(table, 'cents').notNullable();
    table.string('currency', 3).notNullable();
    // Whose open item it settles; null: decided before open items were named.
    reference(table, 'open_item_id', 'ledger_subjects').index();
    reference(table, 'voucher_id', 'vouchers').index();
    table.string('voucher_number', 24);
    reference(table, 'order_id', 'orders').index();
    table.string('order_number', 24);
    table.string('partner_id', 64);
    table.string('payee', 200).notNullable();
    table.string('iban', 34).notNullable();
    // The provider's own id of the payment that goes back.
    table.string('provider_reference', 200).notNullable();
    table.string('reason', 500).notNullable();
    // Posting days, so that a closed day says the same for ever.
    day(table, 'decided_on').notNullable();
    instant(table, 'decided_at').notNullable();
    table.string('decided_by', 128).notNullable();
    // The one file that orders it and was not taken back.
    reference(table, 'file_id', 'refund_files').index();
    day(table, 'paid_on');
    day(table, 'paid_posted_on');
    instant(table, 'paid_at');
    table.string('paid_by', 128);
    table.string('payment_reference', 200);
    day(table, 'withdrawn_on');
    instant(table, 'withdrawn_at');
    table.string('withdrawn_by', 128);
    table.check('cents > 0');
    table.check("(state = 'paid') = (paid_on is not null)");
    table.check("(state = 'withdrawn') = (withdrawn_on is not null)");
    table.check("state <> 'ordered' or file_id is not null");
    table.index(['state', 'id']);
  });
  await createTable(knex, 'refund_file_lines', (table) => {
    reference(table, 'file_id', 'refund_files').notNullable();
    reference(table, 'refund_id', 'refunds').notNullable();
    table.primary(['file_id', 'refund_id']);
  });
  await knex.raw(isMysql(knex) ? fromTasks("concat('E-', t.id)", MYSQL_DAY) : fromTasks("'E-' || t.id", SQLITE_DAY));
  await knex.schema.dropTable('refund_tasks');
  await knex.schema.alterTable('order_chargebacks', (table) => {
    // How much of a refund at the provider was one that we had decided.
    cents(table, 'confirmed').notNullable().defaultTo(0);
  });
}

const MYSQL_DAY = 'date(from_unixtime(t.created_at / 1000))';
const SQLITE_DAY = "date(t.created_at / 1000, 'unixepoch')";

function fromTasks(number: string, createdOn: string): string {
  const posted = (event: string): string =>
    `(select max(e.posted_on) from ledger_entries e where e.voucher_id = t.voucher_id and e.event = '${event}')`;
  const order = (column: string): string =>
    `(select ${column} from order_vouchers ov join orders o on o.id = ov.order_id left join order_people p on p.order_id = o.id where ov.voucher_id = t.voucher_id)`;
  const recipient = '(select w.name from voucher_recipients w where w.voucher_id = t.voucher_id)';
  return `insert into refunds (id, number, state, origin, way, cents, currency, voucher_id, voucher_number, order_id, order_number, payee, iban, provider_reference,
      reason, decided_on, decided_at, decided_by, paid_on, paid_posted_on, paid_at, paid_by, payment_reference)
    select t.id, ${number}, case when t.done_at is null then 'open' else 'paid' end, 'voucher', 'transfer', t.cents, t.currency, t.voucher_id, v.number, ${order('o.id')},
      ${order('o.number')}, coalesce(${order('p.buyer_name')}, ${recipient}, ''), '', '', t.reason, coalesce(${posted('refund')}, ${createdOn}), t.created_at, t.created_by,
      case when t.done_at is null then null else coalesce(t.paid_on, ${posted('refund_paid')}) end,
      case when t.done_at is null then null else coalesce(${posted('refund_paid')}, t.paid_on) end, t.done_at, t.done_by, t.payment_reference
    from refund_tasks t join vouchers v on v.id = t.voucher_id`;
}

export async function down(knex: Knex): Promise<void> {
  const newer: unknown = await knex('refunds').whereNot('number', 'like', 'E-%').first('id');
  if (newer !== undefined)
    throw new Error('refunds with a number of their own are in the books, and none is ever deleted');
  await knex.raw('alter table order_chargebacks drop column confirmed');
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
  await knex.raw(
    `insert into refund_tasks (id, voucher_id, cents, currency, reason, created_at, created_by, paid_on, payment_reference, done_at, done_by)
     select id, voucher_id, cents, currency, reason, decided_at, decided_by, paid_on, payment_reference, paid_at, paid_by from refunds`,
  );
  for (const table of ['refund_file_lines', 'refunds', 'refund_files']) await knex.schema.dropTable(table);
}

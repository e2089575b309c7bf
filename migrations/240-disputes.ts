import type { Knex } from 'knex';
import { cents, createTable, instant, reference } from './schema-1.ts';

/** Which orders are disputed, what a dispute locked and ended, and whose mails wait for its end. */
export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'order_disputes', (table) => {
    reference(table, 'order_id', 'orders').primary();
    // Taken back and not given again; 0: won.
    cents(table, 'cents').notNullable().index();
    instant(table, 'opened_at').notNullable();
    instant(table, 'updated_at').notNullable();
    table.check('cents >= 0');
  });
  await createTable(knex, 'voucher_disputes', (table) => {
    reference(table, 'voucher_id', 'vouchers').notNullable();
    reference(table, 'order_id', 'orders').notNullable().index();
    // The lock is the dispute's own: it goes with it. Any other lock stays.
    table.boolean('has_locked').notNullable();
    // Ended by a person because of the dispute: it comes back when the money does.
    table.boolean('has_ended').notNullable();
    instant(table, 'created_at').notNullable();
    table.primary(['voucher_id', 'order_id']);
  });
  await createTable(knex, 'mail_holds', (table) => {
    table.string('entity', 32).notNullable();
    table.string('entity_id', 64).notNullable();
    instant(table, 'held_at').notNullable();
    table.primary(['entity', 'entity_id']);
  });
  await knex.raw(
    `insert into order_disputes (order_id, cents, opened_at, updated_at)
       select c.order_id, case when sum(case when c.kind = 'chargeback_won' then -c.cents else c.cents end) > 0 then sum(case when c.kind = 'chargeback_won' then -c.cents else c.cents end) else 0 end,
         min(c.recorded_at), max(c.recorded_at)
       from order_chargebacks c group by c.order_id`,
  );
  await knex.raw(
    `insert into voucher_disputes (voucher_id, order_id, has_locked, has_ended, created_at)
       select o.voucher_id, o.order_id,
         case when v.is_deactivated and exists (
           select 1 from audit_log a where a.entity = 'voucher' and a.entity_id = cast(v.id as char) and a.action = 'voucher.deactivate' and a.actor = 'webhook'
         ) then 1 else 0 end, 0, d.opened_at
       from order_vouchers o join vouchers v on v.id = o.voucher_id join order_disputes d on d.order_id = o.order_id where d.cents > 0`,
  );
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['mail_holds', 'voucher_disputes', 'order_disputes']) await knex.schema.dropTable(table);
}

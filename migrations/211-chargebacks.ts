import type { Knex } from 'knex';
import { cents, createTable, day, instant, reference, word } from './schema-1.ts';

/** Money of an order that the payment provider took back, or gave again after a dispute was won. */
export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'order_chargebacks', (table) => {
    table.bigIncrements('id');
    reference(table, 'order_id', 'orders').notNullable().index();
    word(table, 'kind', ['chargeback', 'refund', 'chargeback_won']).notNullable();
    cents(table, 'cents').notNullable();
    day(table, 'happened_on').notNullable();
    // Kind and the provider's own id: what is told twice counts once.
    table.string('source_key', 160).notNullable().unique();
    table.string('reference', 200);
    instant(table, 'recorded_at').notNullable();
    table.check('cents > 0');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('order_chargebacks');
}

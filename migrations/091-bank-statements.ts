import type { Knex } from 'knex';
import { cents, createTable, day, instant, reference, word } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'bank_lines', (table) => {
    table.bigIncrements('id');
    // What makes a line of a statement the same line, in whatever file it comes again.
    table.string('line_key', 64).notNullable().unique();
    table.string('account', 34).notNullable();
    day(table, 'booked_on').notNullable();
    cents(table, 'cents').notNullable();
    table.string('currency', 3).notNullable();
    table.string('payer', 200).notNullable();
    table.string('purpose', 500).notNullable();
    word(table, 'state', ['open', 'booked', 'ignored']).notNullable();
    reference(table, 'order_id', 'orders');
    instant(table, 'imported_at').notNullable();
    table.string('imported_by', 128).notNullable();
    instant(table, 'ended_at');
    table.check('cents > 0');
    table.check("(state = 'booked') = (order_id is not null)");
    table.index(['state', 'id']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('bank_lines');
}

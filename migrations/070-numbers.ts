import type { Knex } from 'knex';
import { createTable, instant } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'number_circles', (table) => {
    table.string('circle', 32).notNullable();
    table.integer('year').notNullable();
    table.bigInteger('last').notNullable();
    table.primary(['circle', 'year']);
    table.check('last > 0');
  });
  // What was given out, a range a row: a million codes made together take one.
  await createTable(knex, 'number_ranges', (table) => {
    table.string('circle', 32).notNullable();
    table.integer('year').notNullable();
    table.bigInteger('first').notNullable();
    table.bigInteger('last').notNullable();
    table.string('subject', 128);
    instant(table, 'issued_at').notNullable();
    table.primary(['circle', 'year', 'first']);
    table.check('first > 0');
    table.check('last >= first');
  });
  await knex.schema.alterTable('vouchers', (table) => {
    table.string('number', 24);
    table.unique(['number'], { indexName: 'vouchers_number_unique' });
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('vouchers', (table) => {
    table.dropUnique(['number'], 'vouchers_number_unique');
  });
  await knex.raw('alter table vouchers drop column number');
  await knex.schema.dropTable('number_ranges');
  await knex.schema.dropTable('number_circles');
}

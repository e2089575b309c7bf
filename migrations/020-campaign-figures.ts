import type { Knex } from 'knex';
import { cents, createTable, reference } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  // What the codes of a campaign brought, month by month, so that no page counts millions of redemptions.
  await createTable(knex, 'campaign_months', (table) => {
    reference(table, 'campaign_id', 'campaigns').notNullable();
    table.string('month', 7).notNullable();
    table.integer('redemptions').notNullable().defaultTo(0);
    table.integer('reversals').notNullable().defaultTo(0);
    cents(table, 'applied').notNullable().defaultTo(0);
    cents(table, 'given_back').notNullable().defaultTo(0);
    cents(table, 'trip_price').notNullable().defaultTo(0);
    table.primary(['campaign_id', 'month']);
  });
  // How far the redemptions and reversals have been added up; one row.
  await createTable(knex, 'campaign_figures_cursor', (table) => {
    table.integer('id').notNullable().primary();
    table.bigInteger('line_id').notNullable().defaultTo(0);
    table.bigInteger('reversal_id').notNullable().defaultTo(0);
  });
  await knex('campaign_figures_cursor').insert({ id: 1, line_id: 0, reversal_id: 0 });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('campaign_figures_cursor');
  await knex.schema.dropTable('campaign_months');
}

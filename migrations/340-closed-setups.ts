import type { Knex } from 'knex';
import { createTable, day, isMysql } from './schema-1.ts';

/** With which version of the accounts a month was closed, and the open items of a closed day as they were. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`alter table closed_periods add column setup_id bigint${isMysql(knex) ? ' unsigned' : ''}`);
  await knex.raw(
    'update closed_periods set setup_id = (select max(s.id) from accounting_setups s where s.created_at <= closed_periods.closed_at)',
  );
  await createTable(knex, 'liability_day_items', (table) => {
    day(table, 'day').notNullable();
    table.integer('position').notNullable();
    // Where the last item of this part stands in the list: a page begins where the one before ended.
    table.bigInteger('last_place').unsigned().notNullable();
    table.specificType('items', isMysql(knex) ? 'longblob' : 'blob').notNullable();
    table.primary(['day', 'position']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('liability_day_items');
  await knex.raw('alter table closed_periods drop column setup_id');
}

import type { Knex } from 'knex';

/** A voucher may be refunded more than once: what came back to it after its end is paid out as well. */
export async function up(knex: Knex): Promise<void> {
  if (!(await knex.schema.hasTable('refund_tasks'))) return;
  await knex.schema.alterTable('refund_tasks', (table) => {
    table.index(['voucher_id'], 'refund_tasks_voucher');
  });
  await knex.schema.alterTable('refund_tasks', (table) => {
    table.dropUnique(['voucher_id']);
  });
}

export async function down(knex: Knex): Promise<void> {
  if (!(await knex.schema.hasTable('refund_tasks'))) return;
  await knex.schema.alterTable('refund_tasks', (table) => {
    table.unique(['voucher_id']);
  });
  await knex.schema.alterTable('refund_tasks', (table) => {
    table.dropIndex([], 'refund_tasks_voucher');
  });
}

import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  // What is held now, what ends first on top; holds long past stand below and are never walked.
  await knex.schema.alterTable('hold_lines', (table) => {
    table.index(['expires_at', 'hold_id', 'voucher_id'], 'hold_lines_by_end');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('hold_lines', (table) => {
    table.dropIndex([], 'hold_lines_by_end');
  });
}

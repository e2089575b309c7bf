import type { Knex } from 'knex';

/** Whether an entry is in use, and which entries have children, are questions of every page of the master data. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('rule_restrictions', (table) => {
    table.index(['kind', 'entry_id', 'rules_id'], 'rule_restrictions_entry');
  });
  await knex.schema.alterTable('voucher_rules', (table) => {
    table.index(['brand_kind', 'brand_id'], 'voucher_rules_brand');
    table.index(['partner_kind', 'partner_id'], 'voucher_rules_partner');
  });
  await knex.schema.alterTable('catalogue_entries', (table) => {
    table.index(['kind', 'parent_id', 'name'], 'catalogue_entries_parent');
  });
}

export async function down(knex: Knex): Promise<void> {
  await restoreIndex(knex, 'catalogue_entries', ['kind', 'parent_id'], 'catalogue_entries_parent');
  await restoreIndex(knex, 'voucher_rules', ['partner_kind', 'partner_id'], 'voucher_rules_partner');
  await restoreIndex(knex, 'voucher_rules', ['brand_kind', 'brand_id'], 'voucher_rules_brand');
  await restoreIndex(knex, 'rule_restrictions', ['kind', 'entry_id'], 'rule_restrictions_entry');
}

/** MariaDB gave up its own index of the foreign key for ours, and does not let the last one go. */
async function restoreIndex(knex: Knex, table: string, columns: readonly string[], dropped: string): Promise<void> {
  await knex.schema.alterTable(table, (altered) => {
    altered.index(columns, `${table}_${columns.join('_')}_foreign`);
    altered.dropIndex([], dropped);
  });
}

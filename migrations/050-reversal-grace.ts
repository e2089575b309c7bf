import type { Knex } from 'knex';
import { day } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('vouchers', (table) => {
    // A code of a campaign follows the campaign's dates; what came back to it after them is kept open by a day of its own.
    day(table, 'extended_until');
  });
  // The list of redemptions, newest first, as a whole and by day, campaign or voucher.
  await knex.schema.alterTable('redemptions', (table) => {
    table.index(['redeemed_at', 'id'], 'redemptions_by_time');
  });
  await knex.schema.alterTable('redemption_lines', (table) => {
    table.index(['campaign_id', 'redemption_id'], 'redemption_lines_by_campaign');
    table.index(['voucher_id', 'redemption_id'], 'redemption_lines_by_voucher');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('redemption_lines', (table) => {
    table.dropIndex([], 'redemption_lines_by_voucher');
    table.dropIndex([], 'redemption_lines_by_campaign');
  });
  await knex.schema.alterTable('redemptions', (table) => {
    table.dropIndex([], 'redemptions_by_time');
  });
  await knex.schema.alterTable('vouchers', (table) => {
    table.dropColumn('extended_until');
  });
}

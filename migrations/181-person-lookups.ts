import type { Knex } from 'knex';

const LOOKUPS = [
  ['redemptions', 'customer_email', 'redemptions_customer_email'],
  ['voucher_rules', 'customer_email', 'rules_customer_email'],
  ['voucher_recipients', 'email', 'recipients_email'],
  ['order_people', 'recipient_email', 'order_people_recipient'],
] as const;

/** Where one person's mail address may stand. */
export async function up(knex: Knex): Promise<void> {
  for (const [name, column, index] of LOOKUPS)
    await knex.schema.alterTable(name, (table) => {
      table.index([column], index);
    });
}

export async function down(knex: Knex): Promise<void> {
  for (const [name, , index] of LOOKUPS)
    await knex.schema.alterTable(name, (table) => {
      table.dropIndex([], index);
    });
}

import type { Knex } from 'knex';
import { cents } from './schema-1.ts';

/** What of a payment by voucher was given away: told to the booking's side, and known of earlier ones by their entries. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('redemption_lines', (table) => {
    cents(table, 'bonus').notNullable().defaultTo(0);
  });
  await knex.raw(
    `update redemption_lines set bonus = (select coalesce(sum(e.cents), 0) from ledger_entries e
       where e.redemption_id = redemption_lines.redemption_id and e.voucher_id = redemption_lines.voucher_id
         and e.event = 'redemption' and e.debit_role = 'RABATT' and e.credit_role = 'DEBITOR')
     where kind = 'payment' and exists (select 1 from ledger_entries x
       where x.redemption_id = redemption_lines.redemption_id and x.voucher_id = redemption_lines.voucher_id and x.debit_role = 'RABATT')`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table redemption_lines drop column bonus');
}

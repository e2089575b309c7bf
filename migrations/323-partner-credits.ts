import type { Knex } from 'knex';
import { cents, day } from './schema-1.ts';
import { widenWord } from './widen-word.ts';

const KINDS = ['order', 'refund'];
const STATES = ['open', 'ordered', 'paid', 'withdrawn'];

/** What a partner paid and no longer owes is a credit: paid back, or set off against an invoice. */
export async function up(knex: Knex): Promise<void> {
  await widenWord(knex, 'ledger_subjects', 'kind', [...KINDS, 'partner']);
  await widenWord(knex, 'refunds', 'state', [...STATES, 'set_off']);
  await knex.schema.alterTable('refunds', (table) => {
    // The redeemed deal whose invoice was paid and taken back.
    table.bigInteger('line_id').unsigned();
    // The invoice it was set off against, and the posting day on which it was.
    table.string('set_off_number', 24);
    day(table, 'set_off_on');
    table.index(['line_id'], 'refunds_line');
  });
  await knex.schema.alterTable('partner_invoices', (table) => {
    cents(table, 'set_off').notNullable().defaultTo(0);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table partner_invoices drop column set_off');
  await knex.schema.alterTable('refunds', (table) => {
    table.dropIndex([], 'refunds_line');
  });
  for (const column of ['line_id', 'set_off_number', 'set_off_on'])
    await knex.raw(`alter table refunds drop column ${column}`);
  await widenWord(knex, 'refunds', 'state', STATES);
  await widenWord(knex, 'ledger_subjects', 'kind', KINDS);
}

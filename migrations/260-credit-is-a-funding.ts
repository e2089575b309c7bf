import type { Knex } from 'knex';
import { widenWord } from './widen-word.ts';

const BEFORE = ['refund_conversion', 'legal_claim', 'goodwill', 'transfer'];
const KIND_BEFORE = "varchar(32) generated always as (case when is_credit = 1 then 'credit' else funding end) virtual";

/** The funding `credit` is stored as itself. Until now it was a `transfer` with a mark, because a CHECK was in the way. */
export async function up(knex: Knex): Promise<void> {
  await widenWord(knex, 'voucher_rules', 'funding', [...BEFORE, 'credit']);
  await knex('voucher_rules').where('is_credit', true).update({ funding: 'credit' });
  await knex.raw('alter table voucher_rules drop column funding_kind');
  await knex.raw('alter table voucher_rules drop column is_credit');
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('voucher_rules', (table) => {
    table.boolean('is_credit').notNullable().defaultTo(false);
  });
  await knex('voucher_rules').where('funding', 'credit').update({ is_credit: true, funding: 'transfer' });
  await knex.raw(`alter table voucher_rules add column funding_kind ${KIND_BEFORE}`);
  await widenWord(knex, 'voucher_rules', 'funding', BEFORE);
}

import type { Knex } from 'knex';

/**
 * What a derecognition asks of a voucher: how much of its rest was forfeited and waits for the run (and whether any ever was, for the days before), and when money was
 * last added, which is a claim of its own. A run names the day it is posted on, an item what of it was forfeited.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table vouchers add column forfeited bigint not null default 0');
  await knex.raw('alter table vouchers add column has_forfeited boolean not null default false');
  await knex.raw(`alter table vouchers add column topped_up_on date`);
  await knex.raw('alter table derecognition_items add column forfeited bigint not null default 0');
  await knex.raw(`alter table derecognition_runs add column posted_on date`);
  await knex.raw(
    `update vouchers set has_forfeited = true, forfeited = (
       select coalesce(sum(case when e.credit_role = 'V_FORFEIT' then e.cents when e.debit_role = 'V_FORFEIT' then -e.cents else 0 end), 0)
       from ledger_entries e where e.voucher_id = vouchers.id)
     where id in (select voucher_id from ledger_entries where credit_role = 'V_FORFEIT')`,
  );
  await knex.raw(
    `update vouchers set topped_up_on = (
       select max(coalesce(e.event_on, e.posted_on)) from ledger_entries e where e.voucher_id = vouchers.id and e.event = 'top_up')
     where id in (select voucher_id from ledger_entries where event = 'top_up')`,
  );
  await knex.schema.alterTable('vouchers', (table) => {
    table.index(['has_forfeited', 'id'], 'vouchers_forfeited');
    table.index(['topped_up_on', 'id'], 'vouchers_topped_up');
  });
  // A deal that a partner reported as sold is paid, so its code works.
  await knex.raw(
    `update vouchers set paid_on = (select s.sold_on from deal_sales s where s.voucher_id = vouchers.id)
     where type = 'deal' and paid_on is null and id in (select voucher_id from deal_sales where passed_to_id is null)`,
  );
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('vouchers', (table) => {
    table.dropIndex([], 'vouchers_forfeited');
    table.dropIndex([], 'vouchers_topped_up');
  });
  await knex.raw('alter table derecognition_runs drop column posted_on');
  await knex.raw('alter table derecognition_items drop column forfeited');
  await knex.raw('alter table vouchers drop column topped_up_on');
  await knex.raw('alter table vouchers drop column has_forfeited');
  await knex.raw('alter table vouchers drop column forfeited');
}

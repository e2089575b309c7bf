import type { Knex } from 'knex';
import { cents, createTable, day, instant, isMysql, json, reference, word } from './schema-1.ts';

/** Redeemed deals by partner and day, what settles them besides an invoice, and the statements partners send. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('redemption_lines', (table) => {
    // The partner on the day of the redemption, whoever the voucher belongs to later; null: none, or no deal.
    table.string('deal_partner_id', 64);
    // Set for deals alone.
    instant(table, 'deal_redeemed_at');
    table.index(['deal_partner_id', 'deal_redeemed_at', 'id'], 'redemption_lines_by_partner');
    table.index(['deal_redeemed_at', 'deal_partner_id'], 'redemption_lines_by_deal_day');
  });
  const ofDeals =
    "from vouchers v join voucher_rules r on r.id = v.rules_id join redemptions d on d.id = redemption_lines.redemption_id where v.id = redemption_lines.voucher_id and r.type = 'deal'";
  await knex.raw(
    isMysql(knex)
      ? `update redemption_lines l join vouchers v on v.id = l.voucher_id join voucher_rules r on r.id = v.rules_id join redemptions d on d.id = l.redemption_id
           set l.deal_partner_id = r.partner_id, l.deal_redeemed_at = d.redeemed_at where r.type = 'deal'`
      : `update redemption_lines set (deal_partner_id, deal_redeemed_at) = (select r.partner_id, d.redeemed_at ${ofDeals}) where exists (select 1 ${ofDeals})`,
  );
  await knex.schema.alterTable('partner_invoices', (table) => {
    // The job of the settlement run that made it; null: made by itself or by hand.
    table.bigInteger('run_job_id').unsigned();
    table.index(['run_job_id', 'id'], 'partner_invoices_run');
  });
  await createTable(knex, 'partner_statements', (table) => {
    table.bigIncrements('id');
    table.string('partner_kind', 32).notNullable();
    table.string('partner_id', 64).notNullable();
    // The partner's own number of it; once, unless it was discarded.
    table.string('document_number', 64).notNullable();
    table.string('live_key', 200).unique();
    day(table, 'from_on').notNullable();
    day(table, 'to_on').notNullable();
    table.string('currency', 3).notNullable();
    table.string('file_key', 100).notNullable();
    table.string('file_name', 200).notNullable();
    word(table, 'state', ['columns', 'compared', 'discarded']).notNullable();
    json(table, 'column_map').notNullable();
    table.string('actor', 128).notNullable();
    instant(table, 'created_at').notNullable();
    table.foreign(['partner_kind', 'partner_id']).references(['kind', 'id']).inTable('catalogue_entries');
    table.check("partner_kind = 'partner'");
    table.index(['partner_kind', 'partner_id', 'id']);
  });
  await createTable(knex, 'partner_statement_lines', (table) => {
    table.bigIncrements('id');
    reference(table, 'statement_id', 'partner_statements').notNullable();
    table.integer('file_row').notNullable();
    table.string('code_text', 100).notNullable();
    cents(table, 'cents').notNullable();
    table.string('finding', 32).notNullable();
    reference(table, 'voucher_id', 'vouchers').index();
    reference(table, 'line_id', 'redemption_lines').index();
    // What we expected when it was compared: booked only as long as it is still so.
    cents(table, 'expected');
    word(table, 'state', ['open', 'booked', 'closed']).notNullable();
    word(table, 'decision', ['agreed', 'accepted', 'rejected', 'noted']);
    table.string('note', 500);
    table.string('decided_by', 128);
    instant(table, 'decided_at');
    table.unique(['statement_id', 'file_row']);
    table.index(['statement_id', 'finding', 'id']);
    table.check("(state = 'open') = (decision is null)");
  });
  await createTable(knex, 'partner_clearings', (table) => {
    table.bigIncrements('id');
    // null: the deal was redeemed without a partner.
    table.string('partner_id', 64);
    reference(table, 'redemption_id', 'redemptions').notNullable().index();
    reference(table, 'voucher_id', 'vouchers').notNullable().index();
    reference(table, 'line_id', 'redemption_lines').notNullable().index();
    // The redeemed line this stands for as long as it holds: never two for one.
    reference(table, 'live_line_id', 'redemption_lines').unique();
    word(table, 'source', ['nothing_owed', 'statement', 'rejected', 'written_off']).notNullable();
    table.string('document_number', 64).notNullable();
    table.string('booking_number', 64).notNullable();
    table.string('currency', 3).notNullable();
    cents(table, 'redeemed').notNullable();
    cents(table, 'owed').notNullable();
    cents(table, 'difference').notNullable();
    word(table, 'difference_role', ['COMMISSION', 'RABATT']).notNullable();
    cents(table, 'claimed').notNullable();
    day(table, 'settled_on').notNullable();
    day(table, 'paid_on');
    table.string('payment_reference', 140);
    table.string('reason', 500);
    table.string('actor', 128).notNullable();
    instant(table, 'created_at').notNullable();
    table.check('owed >= 0 and difference >= 0 and claimed >= 0');
    table.check('redeemed = owed + difference + claimed');
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['partner_clearings', 'partner_statement_lines', 'partner_statements'])
    await knex.schema.dropTable(table);
  await knex.schema.alterTable('partner_invoices', (table) => {
    table.dropIndex([], 'partner_invoices_run');
    table.dropColumn('run_job_id');
  });
  await knex.schema.alterTable('redemption_lines', (table) => {
    table.dropIndex([], 'redemption_lines_by_deal_day');
    table.dropIndex([], 'redemption_lines_by_partner');
    table.dropColumn('deal_redeemed_at');
    table.dropColumn('deal_partner_id');
  });
}

import type { Knex } from 'knex';
import { cents, createTable, day, instant, json, reference, searchableText, word } from './schema-1.ts';

const TYPES = ['discount', 'deal', 'purchase', 'settlement'];

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'voucher_rules', (table) => {
    table.bigIncrements('id');
    word(table, 'type', TYPES).notNullable();
    searchableText(knex, table, 'title', 200).notNullable();
    table.string('currency', 3).notNullable();
    word(table, 'multiplier', ['booking', 'pax', 'adult', 'child']).notNullable();
    cents(table, 'max_amount');
    cents(table, 'original_value');
    day(table, 'book_from');
    day(table, 'book_until');
    day(table, 'travel_from');
    day(table, 'travel_until');
    table.string('brand_kind', 32);
    table.string('brand_id', 64);
    table.string('partner_kind', 32);
    table.string('partner_id', 64);
    json(table, 'channels').notNullable();
    table.string('customer_id', 128);
    table.string('customer_email', 254);
    table.integer('min_travellers');
    table.integer('max_uses');
    table.integer('max_uses_per_customer');
    table.boolean('is_exclusive').notNullable().defaultTo(false);
    json(table, 'deal');
    word(table, 'funding', ['refund_conversion', 'legal_claim', 'goodwill', 'transfer']);
    word(table, 'residual', ['keep', 'forfeit', 'credit', 'reissue']).notNullable();
    table.string('motif_id', 64);
    table.text('message');
    table.foreign(['brand_kind', 'brand_id']).references(['kind', 'id']).inTable('catalogue_entries');
    table.foreign(['partner_kind', 'partner_id']).references(['kind', 'id']).inTable('catalogue_entries');
    table.check("brand_id is null or brand_kind = 'brand'");
    table.check("partner_id is null or partner_kind = 'partner'");
    table.check('max_amount is null or max_amount > 0');
    table.check('original_value is null or original_value > 0');
    table.check('max_uses is null or max_uses > 0');
    table.check('max_uses_per_customer is null or max_uses_per_customer > 0');
  });
  await createTable(knex, 'rule_tiers', (table) => {
    reference(table, 'rules_id', 'voucher_rules').notNullable().onDelete('CASCADE');
    cents(table, 'min_trip_price').notNullable();
    cents(table, 'amount');
    table.integer('basis_points');
    table.primary(['rules_id', 'min_trip_price']);
    table.check('(amount is null) <> (basis_points is null)');
    table.check('amount is null or amount > 0');
    table.check('basis_points is null or (basis_points > 0 and basis_points <= 10000)');
    table.check('min_trip_price >= 0');
  });
  await createTable(knex, 'rule_restrictions', (table) => {
    reference(table, 'rules_id', 'voucher_rules').notNullable().onDelete('CASCADE');
    word(table, 'kind', ['product', 'theme', 'region']).notNullable();
    table.string('entry_id', 64).notNullable();
    table.boolean('is_excluded').notNullable();
    table.primary(['rules_id', 'kind', 'entry_id', 'is_excluded']);
    table.foreign(['kind', 'entry_id']).references(['kind', 'id']).inTable('catalogue_entries');
  });
  await createTable(knex, 'campaigns', (table) => {
    table.bigIncrements('id');
    reference(table, 'rules_id', 'voucher_rules').notNullable().unique();
    day(table, 'paid_on');
    table.boolean('is_active').notNullable().defaultTo(true);
    cents(table, 'budget');
    cents(table, 'budget_used').notNullable().defaultTo(0);
    table.integer('code_count').notNullable().defaultTo(0);
    table.integer('version').notNullable().defaultTo(1);
    instant(table, 'created_at').notNullable();
    instant(table, 'updated_at').notNullable();
    table.check('budget is null or budget > 0');
    table.check('budget_used >= 0');
  });
  // A generated code tells its family by prefix and length, so that a slip of the finger is told from an unknown code.
  await createTable(knex, 'code_shapes', (table) => {
    table.string('prefix', 32).notNullable();
    table.integer('length').notNullable();
    table.primary(['prefix', 'length']);
  });
  await createTable(knex, 'vouchers', (table) => {
    table.bigIncrements('id');
    table.string('code', 100).notNullable();
    table.string('normalised_code', 64).notNullable().unique();
    reference(table, 'rules_id', 'voucher_rules').notNullable().index();
    reference(table, 'campaign_id', 'campaigns');
    table.bigInteger('generation_id').unsigned();
    word(table, 'type', TYPES).notNullable();
    day(table, 'paid_on');
    table.boolean('is_deactivated').notNullable().defaultTo(false);
    instant(table, 'cancelled_at');
    instant(table, 'refunded_at');
    instant(table, 'derecognised_at');
    reference(table, 'replaced_by_id', 'vouchers');
    cents(table, 'original_value');
    cents(table, 'balance');
    table.integer('uses').notNullable().defaultTo(0);
    table.integer('ledger_count').notNullable().defaultTo(0);
    table.string('ledger_head', 64);
    table.string('booking_ref', 64);
    table.string('invoice_ref', 64);
    table.integer('version').notNullable().defaultTo(1);
    instant(table, 'created_at').notNullable();
    instant(table, 'updated_at').notNullable();
    table.check('balance is null or balance >= 0');
    table.check('uses >= 0');
    table.check('ledger_count >= 0');
    table.check("(type in ('purchase', 'settlement')) = (balance is not null)");
    table.index(['campaign_id', 'id']);
    table.index(['type', 'id']);
    table.index(['generation_id', 'id']);
  });
  // Apart from the voucher, because a person's data goes long before the books do.
  await createTable(knex, 'voucher_recipients', (table) => {
    reference(table, 'voucher_id', 'vouchers').notNullable().primary();
    table.string('name', 200);
    table.string('email', 254);
    table.text('note');
  });
}

export async function down(knex: Knex): Promise<void> {
  const tables = [
    'voucher_recipients',
    'vouchers',
    'code_shapes',
    'campaigns',
    'rule_restrictions',
    'rule_tiers',
    'voucher_rules',
  ];
  for (const table of tables) await knex.schema.dropTable(table);
}

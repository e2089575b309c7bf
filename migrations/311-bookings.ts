import type { Knex } from 'knex';
import { cents, createTable, instant, isMysql } from './schema-1.ts';

/**
 * A booking stands in one row, so that its redemptions cannot take more than its price; holds and redemptions belong to a
 * client. What was redeemed until now is of the house's circle; where it is more than the price it stays as it was, and
 * nothing more is taken.
 */
export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'bookings', (table) => {
    table.bigInteger('circle').unsigned().notNullable();
    table.string('number_key', 255).notNullable();
    table.string('number', 64).notNullable();
    table.string('currency', 3).notNullable();
    cents(table, 'price').notNullable();
    cents(table, 'redeemed').notNullable();
    instant(table, 'created_at').notNullable();
    instant(table, 'updated_at').notNullable();
    table.primary(['number_key', 'circle']);
    table.check('price >= 0');
    table.check('redeemed >= 0');
  });
  await ownHolds(knex);
  await ownRedemptions(knex);
  await fillKeys(knex);
  await knex.schema.alterTable('redemptions', (table) => {
    table.index(['booking_key', 'booking_circle'], 'redemptions_by_booking');
    table.index(['client_id', 'updated_at', 'id'], 'redemptions_by_client');
    table.index(['updated_at', 'id'], 'redemptions_by_change');
  });
  await knex.schema.alterTable('reversals', (table) => {
    table.index(['reversed_at', 'id'], 'reversals_by_time');
  });
  await knex.raw(`insert into bookings (circle, number_key, number, currency, price, redeemed, created_at, updated_at)
    select 0, d.booking_key, d.booking_number, d.currency, d.trip_price,
      (select coalesce(sum(l.applied - l.reversed), 0) from redemptions e
        join redemption_lines l on l.redemption_id = e.id
        where e.booking_circle = 0 and e.booking_key = d.booking_key and e.currency = d.currency),
      (select min(f.redeemed_at) from redemptions f where f.booking_circle = 0 and f.booking_key = d.booking_key),
      d.updated_at
    from redemptions d
    where d.id = (select max(g.id) from redemptions g where g.booking_circle = 0 and g.booking_key = d.booking_key)`);
}

async function ownHolds(knex: Knex): Promise<void> {
  await knex.schema.alterTable('holds', (table) => {
    table.dropUnique([], 'holds_reference_unique');
    // 0: the product's own pages.
    table.bigInteger('client_id').unsigned().notNullable().defaultTo(0);
  });
  await knex('holds')
    .where('created_by', 'like', 'key:%')
    .update({ client_id: clientOf(knex, 'created_by') });
  await knex.raw('alter table holds drop column created_by');
  await knex.schema.alterTable('holds', (table) => {
    table.unique(['client_id', 'reference'], { indexName: 'holds_by_client' });
  });
}

async function ownRedemptions(knex: Knex): Promise<void> {
  await knex.schema.alterTable('redemptions', (table) => {
    table.bigInteger('client_id').unsigned().notNullable().defaultTo(0);
    table.bigInteger('booking_circle').unsigned().notNullable().defaultTo(0);
    table.string('booking_key', 255).notNullable().defaultTo('');
    instant(table, 'updated_at').notNullable().defaultTo(0);
  });
  await knex('redemptions')
    .where('actor', 'like', 'key:%')
    .update({ client_id: clientOf(knex, 'actor') });
  await knex.raw(`update redemptions set updated_at = coalesce(
    (select max(x.reversed_at) from reversals x where x.redemption_id = redemptions.id), redeemed_at)`);
}

function clientOf(knex: Knex, column: string): Knex.Raw {
  return knex.raw(`cast(substr(${column}, 5) as ${isMysql(knex) ? 'unsigned' : 'integer'})`);
}

interface Numbered {
  readonly id: number | string;
  readonly booking_number: string;
}

/** Numbers of plain ASCII, which are nearly all, in one statement; others one by one in the reading of the product. */
async function fillKeys(knex: Knex): Promise<void> {
  await knex('redemptions').update({ booking_key: knex.raw("lower(replace(booking_number, ' ', ''))") });
  const isOdd = isMysql(knex)
    ? "booking_number regexp '[^!-~ ]' or trim(booking_number) = ''"
    : "booking_number glob '*[^!-~ ]*' or trim(booking_number) = ''";
  const odd = await knex('redemptions').whereRaw(isOdd).select<Numbered[]>('id', 'booking_number');
  for (const { id, booking_number: number } of odd) {
    const key = number
      .normalize('NFC')
      .toLowerCase()
      .replace(/[\s\p{Cf}]+/gu, '');
    await knex('redemptions')
      .where({ id })
      .update({ booking_key: key === '' ? number : key });
  }
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('reversals', (table) => {
    table.dropIndex([], 'reversals_by_time');
  });
  await knex.schema.alterTable('redemptions', (table) => {
    table.dropIndex([], 'redemptions_by_change');
    table.dropIndex([], 'redemptions_by_client');
    table.dropIndex([], 'redemptions_by_booking');
  });
  for (const column of ['updated_at', 'booking_key', 'booking_circle', 'client_id'])
    await knex.raw(`alter table redemptions drop column ${column}`);
  await knex.schema.alterTable('holds', (table) => {
    table.dropUnique([], 'holds_by_client');
    table.string('created_by', 128);
  });
  // A reference was one of all clients: the newer hold of it stays, as a newer one had replaced an older.
  const newer = await knex('holds').groupBy('reference').max<{ id: number | string }[]>('id as id');
  await knex('holds')
    .whereNotIn(
      'id',
      newer.map(({ id }) => id),
    )
    .delete();
  await knex('holds')
    .where('client_id', '>', 0)
    .update({ created_by: actorOf(knex) });
  await knex.raw('alter table holds drop column client_id');
  await knex.schema.alterTable('holds', (table) => {
    table.unique(['reference'], { indexName: 'holds_reference_unique' });
  });
  await knex.schema.dropTable('bookings');
}

function actorOf(knex: Knex): Knex.Raw {
  return knex.raw(isMysql(knex) ? "concat('key:', client_id)" : "'key:' || client_id");
}

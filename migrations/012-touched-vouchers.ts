import type { Knex } from 'knex';
import { isMysql } from './schema-1.ts';

/** Of a million codes of a campaign few were ever used, locked or ended: an index that leads to those alone. */
const IS_TOUCHED = `case when uses > 0 or is_deactivated or cancelled_at is not null or refunded_at is not null
  or derecognised_at is not null or replaced_by_id is not null then 1 else 0 end`;

export async function up(knex: Knex): Promise<void> {
  if (isMysql(knex)) {
    await knex.raw(`alter table vouchers add column is_touched tinyint generated always as (${IS_TOUCHED}) virtual`);
    await knex.raw('create index vouchers_touched on vouchers (campaign_id, is_touched)');
  } else {
    // An index of an expression: knex copies tables of SQLite row by row, which a computed column would not survive.
    await knex.raw(`create index vouchers_touched on vouchers (campaign_id, (${IS_TOUCHED}))`);
  }
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(isMysql(knex) ? 'drop index vouchers_touched on vouchers' : 'drop index vouchers_touched');
  if (isMysql(knex)) await knex.raw('alter table vouchers drop column is_touched');
}

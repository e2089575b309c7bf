import type { Knex } from 'knex';
import { isMysql } from './schema-1.ts';

/** MariaDB indexes what refers to another table by itself; SQLite would look through a whole table for each voucher that is deleted. */
const COLUMNS = [
  ['vouchers', 'replaced_by_id'],
  ['till_entries', 'voucher_id'],
] as const;

export async function up(knex: Knex): Promise<void> {
  if (isMysql(knex)) return;
  for (const [table, column] of COLUMNS)
    await knex.raw(`create index ${table}_by_${column} on ${table} (${column}) where ${column} is not null`);
}

export async function down(knex: Knex): Promise<void> {
  if (isMysql(knex)) return;
  for (const [table, column] of COLUMNS) await knex.raw(`drop index ${table}_by_${column}`);
}

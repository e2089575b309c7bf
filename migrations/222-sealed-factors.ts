import type { Knex } from 'knex';
import { isMysql } from './schema-1.ts';

/** Room for an encrypted secret, and a count of changes for the form of a person. */
export async function up(knex: Knex): Promise<void> {
  // SQLite does not mind the length of a text.
  if (isMysql(knex)) await knex.raw('alter table users modify totp_secret varchar(255)');
  await knex.raw('alter table users add column version integer not null default 1');
}

/** Encrypted secrets go with their column's length: whoever had one sets up another. */
export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table users drop column version');
  await knex('users').where('totp_secret', 'like', 'v1.%').update({ totp_secret: null, totp_last_step: null });
  if (isMysql(knex)) await knex.raw('alter table users modify totp_secret varchar(64)');
}

import type { Knex } from 'knex';
import { createTable, instant, reference, word } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('users', (table) => {
    table.boolean('can_change_settings').notNullable().defaultTo(false);
    // Invited people have an account and no password of their own yet.
    table.boolean('is_invited').notNullable().defaultTo(false);
    // How often all sessions were ended: a session of an earlier count is worth nothing.
    table.integer('session_epoch').notNullable().defaultTo(0);
    table.string('totp_secret', 64);
    table.bigInteger('totp_last_step');
  });
  await knex('users').where({ role: 'admin' }).update({ can_change_settings: true });
  await knex.schema.alterTable('sessions', (table) => {
    table.bigInteger('user_id').unsigned();
    table.index(['user_id'], 'sessions_user_id');
  });
  await createTable(knex, 'user_tokens', (table) => {
    table.bigIncrements('id');
    reference(table, 'user_id', 'users').notNullable();
    word(table, 'kind', ['invitation', 'password_reset']).notNullable();
    table.string('token_hash', 64).notNullable().unique();
    instant(table, 'created_at').notNullable();
    instant(table, 'expires_at').notNullable();
    instant(table, 'used_at');
  });
  await createTable(knex, 'user_recovery_codes', (table) => {
    table.bigIncrements('id');
    reference(table, 'user_id', 'users').notNullable();
    table.string('code_hash', 64).notNullable();
    instant(table, 'used_at');
    table.unique(['user_id', 'code_hash']);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('user_recovery_codes');
  await knex.schema.dropTable('user_tokens');
  await knex.schema.alterTable('sessions', (table) => {
    table.dropIndex([], 'sessions_user_id');
  });
  await knex.schema.alterTable('sessions', (table) => {
    table.dropColumn('user_id');
  });
  await knex.schema.alterTable('users', (table) => {
    table.dropColumns('can_change_settings', 'is_invited', 'session_epoch', 'totp_secret', 'totp_last_step');
  });
}

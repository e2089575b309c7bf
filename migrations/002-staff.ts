import type { Knex } from 'knex';
import { createTable, day, instant, json, word } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'users', (table) => {
    table.bigIncrements('id');
    table.string('email', 254).notNullable().unique();
    table.string('name', 200).notNullable();
    word(table, 'role', ['admin', 'agent', 'accountant', 'auditor']).notNullable();
    table.string('password_hash', 255).notNullable();
    table.string('locale', 5);
    table.boolean('can_see_codes').notNullable().defaultTo(false);
    table.boolean('can_refund').notNullable().defaultTo(false);
    table.boolean('is_active').notNullable().defaultTo(true);
    instant(table, 'created_at').notNullable();
    instant(table, 'last_login_at');
  });
  await createTable(knex, 'sessions', (table) => {
    table.string('sid', 255).primary();
    table.text('sess').notNullable();
    table.datetime('expired').notNullable().index();
  });
  await createTable(knex, 'api_keys', (table) => {
    table.bigIncrements('id');
    table.string('name', 200).notNullable();
    word(table, 'channel', ['web', 'counter', 'partner']).notNullable();
    json(table, 'rights').notNullable();
    json(table, 'origins').notNullable();
    table.string('token_hash', 64).notNullable().unique();
    instant(table, 'created_at').notNullable();
    day(table, 'last_used_on');
    instant(table, 'revoked_at');
  });
  await createTable(knex, 'rate_limits', (table) => {
    table.string('key', 255).primary();
    table.integer('points').notNullable().defaultTo(0);
    table.bigInteger('expire');
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['rate_limits', 'api_keys', 'sessions', 'users']) await knex.schema.dropTable(table);
}

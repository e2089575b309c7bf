import type { Knex } from 'knex';
import { createTable, instant, json, word } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'idempotency_keys', (table) => {
    table.string('scope', 64).notNullable();
    table.string('key', 255).notNullable();
    table.string('request_hash', 64).notNullable();
    json(table, 'outcome');
    instant(table, 'created_at').notNullable().index();
    table.primary(['scope', 'key']);
  });
  await createTable(knex, 'jobs', (table) => {
    table.bigIncrements('id');
    table.string('kind', 64).notNullable();
    word(table, 'state', ['queued', 'running', 'done', 'failed', 'cancelled']).notNullable();
    json(table, 'payload').notNullable();
    json(table, 'cursor');
    table.integer('done').notNullable().defaultTo(0);
    table.integer('total');
    json(table, 'result');
    json(table, 'error');
    table.integer('attempts').notNullable().defaultTo(0);
    table.string('dedupe_key', 128).unique();
    table.boolean('is_cancel_requested').notNullable().defaultTo(false);
    table.string('lease_owner', 64);
    instant(table, 'lease_until');
    instant(table, 'run_after').notNullable();
    table.string('created_by', 128).notNullable();
    instant(table, 'created_at').notNullable();
    instant(table, 'started_at');
    instant(table, 'ended_at');
    table.index(['state', 'run_after']);
  });
  await createTable(knex, 'outbox', (table) => {
    table.bigIncrements('id');
    table.string('event', 64).notNullable();
    json(table, 'payload').notNullable();
    instant(table, 'created_at').notNullable();
    instant(table, 'delivered_at');
    table.integer('attempts').notNullable().defaultTo(0);
    table.index(['delivered_at', 'id']);
  });
  await createTable(knex, 'audit_log', (table) => {
    table.bigIncrements('id');
    instant(table, 'recorded_at').notNullable();
    table.string('actor', 128).notNullable();
    table.string('action', 64).notNullable();
    table.string('entity', 32).notNullable();
    table.string('entity_id', 64).notNullable();
    json(table, 'changes');
    table.string('request_id', 64);
    table.index(['entity', 'entity_id', 'id']);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['audit_log', 'outbox', 'jobs', 'idempotency_keys']) await knex.schema.dropTable(table);
}

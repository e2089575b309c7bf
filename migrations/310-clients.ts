import type { Knex } from 'knex';
import { createTable, day, instant, json, reference, word } from './schema-1.ts';

const UNIQUE = 'api_keys_token_hash_unique';
const OLD_RIGHTS = ['booking', 'manage', 'read'];
const CHANNELS = ['web', 'counter', 'partner'];

interface Client {
  readonly id: number | string;
  readonly name: string;
  readonly rights: string;
}

/**
 * Each key gets a client of its own with the key's number: from now on idempotency keys, holds and redemptions belong to
 * the client, who may have several keys. The old table becomes that of the clients, so that nothing is copied but tokens.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table api_keys rename to clients');
  await knex.schema.alterTable('clients', (table) => {
    table.dropUnique([], UNIQUE);
  });
  await createTable(knex, 'api_keys', (table) => {
    table.bigIncrements('id');
    reference(table, 'client_id', 'clients').notNullable().index();
    table.string('token_hash', 64).notNullable().unique({ indexName: UNIQUE });
    instant(table, 'created_at').notNullable();
    day(table, 'last_used_on');
    // The last day on which it is good; null: without an end.
    day(table, 'ends_on');
    instant(table, 'revoked_at');
  });
  await knex.raw(
    'insert into api_keys (id, client_id, token_hash, created_at, last_used_on, revoked_at) select id, id, token_hash, created_at, last_used_on, revoked_at from clients',
  );
  for (const column of ['token_hash', 'last_used_on', 'revoked_at'])
    await knex.raw(`alter table clients drop column ${column}`);
  await knex.schema.alterTable('clients', (table) => {
    // Channels its bookings may name beside its own.
    json(table, 'other_channels');
    // Its booking numbers are of a series of its own; else equal numbers are one booking of the house.
    table.boolean('has_own_booking_numbers').notNullable().defaultTo(false);
  });
  await knex('clients').update({ other_channels: '[]' });
  for (const client of await knex('clients').select<Client[]>('id', 'name', 'rights')) await widenRights(knex, client);
  await knex('idempotency_keys')
    .where('scope', 'like', 'key:%')
    .update({ scope: knex.raw("replace(scope, 'key:', 'client:')") });
}

/** A key that only looks redeems nothing of its own and goes on seeing those of others. The environment's key may all. */
async function widenRights(knex: Knex, { id, name, rights }: Client): Promise<void> {
  const known = JSON.parse(rights) as string[];
  const mayAll = name === 'Bootstrap' && OLD_RIGHTS.every((right) => known.includes(right));
  if (known.includes('booking') && !mayAll) return;
  await knex('clients')
    .where({ id })
    .update({
      rights: JSON.stringify([...known, 'all']),
      ...(mayAll ? { other_channels: JSON.stringify(CHANNELS) } : {}),
    });
}

interface Key {
  readonly id: number | string;
  readonly name: string;
  readonly channel: string;
  readonly rights: string;
  readonly origins: string;
  readonly token_hash: string;
  readonly created_at: number | string;
  readonly last_used_on: string | null;
  readonly revoked_at: number | string | null;
}

/** A client with several keys becomes as many keys that have nothing to do with each other, as it was before. */
export async function down(knex: Knex): Promise<void> {
  const keys = await knex('api_keys as k')
    .join('clients as c', 'c.id', 'k.client_id')
    .orderBy('k.id')
    .select<Key[]>(
      'k.id',
      'c.name',
      'c.channel',
      'c.rights',
      'c.origins',
      'k.token_hash',
      'k.created_at',
      'k.last_used_on',
      'k.revoked_at',
    );
  await knex.schema.dropTable('api_keys');
  await knex.schema.dropTable('clients');
  await createTable(knex, 'api_keys', (table) => {
    table.bigIncrements('id');
    table.string('name', 200).notNullable();
    word(table, 'channel', CHANNELS).notNullable();
    json(table, 'rights').notNullable();
    json(table, 'origins').notNullable();
    table.string('token_hash', 64).notNullable().unique({ indexName: UNIQUE });
    instant(table, 'created_at').notNullable();
    day(table, 'last_used_on');
    instant(table, 'revoked_at');
  });
  for (const key of keys) {
    const rights = (JSON.parse(key.rights) as string[]).filter((right) => OLD_RIGHTS.includes(right));
    await knex('api_keys').insert({ ...key, rights: JSON.stringify(rights) });
  }
  await knex('idempotency_keys')
    .where('scope', 'like', 'client:%')
    .update({ scope: knex.raw("replace(scope, 'client:', 'key:')") });
}

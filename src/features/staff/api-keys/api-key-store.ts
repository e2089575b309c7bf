import type { Knex } from 'knex';
import type { ApiRight } from '../../../core/access.ts';
import type { Channel } from '../../../core/engine/voucher.ts';

/** A booking engine, a partner's portal …: who calls, with whichever of its keys. */
export interface Client {
  readonly name: string;
  /** What its bookings are where they name no channel. */
  readonly channel: Channel;
  /** What its bookings may name besides. */
  readonly otherChannels: readonly Channel[];
  readonly rights: readonly ApiRight[];
  /** Browser origins that may use its keys; empty when only servers do. */
  readonly origins: readonly string[];
  /** Its booking numbers are a series of its own; else equal numbers are one booking, whoever sends them. */
  readonly hasOwnBookingNumbers: boolean;
}

/** What nobody says is the narrower choice. */
export type NewClient = Omit<Client, 'otherChannels' | 'hasOwnBookingNumbers'> &
  Partial<Pick<Client, 'otherChannels' | 'hasOwnBookingNumbers'>>;

export interface ApiKey extends Client {
  readonly id: number;
  readonly clientId: number;
  readonly createdAt: number;
  readonly lastUsedOn: string | null;
  /** The last day on which it is good; null: without an end. */
  readonly endsOn: string | null;
  readonly revokedAt: number | null;
}

interface ApiKeyRow {
  readonly id: number;
  readonly client_id: number;
  readonly name: string;
  readonly channel: Channel;
  readonly other_channels: string;
  readonly rights: string;
  readonly origins: string;
  readonly has_own_booking_numbers: number | boolean;
  readonly created_at: number;
  readonly last_used_on: string | null;
  readonly ends_on: string | null;
  readonly revoked_at: number | null;
}

/** Those that are good first, the keys of a client beside each other, the newest on top. */
export async function listApiKeys(knex: Knex): Promise<ApiKey[]> {
  const rows = await selectKeys(knex)
    .orderByRaw('case when k.revoked_at is null then 0 else 1 end')
    .orderBy([
      { column: 'k.client_id', order: 'desc' },
      { column: 'k.id', order: 'desc' },
    ])
    .select<ApiKeyRow[]>(COLUMNS);
  return rows.map(toApiKey);
}

export async function findApiKey(knex: Knex, id: number): Promise<ApiKey | null> {
  const row = await selectKeys(knex).where('k.id', id).first<ApiKeyRow | undefined>(COLUMNS);
  return row ? toApiKey(row) : null;
}

export async function findValidApiKeyByHash(knex: Knex, tokenHash: string, today: string): Promise<ApiKey | null> {
  const row = await selectKeys(knex)
    .where('k.token_hash', tokenHash)
    .whereNull('k.revoked_at')
    .where((query) => query.whereNull('k.ends_on').orWhere('k.ends_on', '>=', today))
    .first<ApiKeyRow | undefined>(COLUMNS);
  return row ? toApiKey(row) : null;
}

export async function insertClient(trx: Knex.Transaction, client: NewClient, createdAt: number): Promise<number> {
  const [id] = await trx('clients').insert({
    name: client.name,
    channel: client.channel,
    other_channels: JSON.stringify(client.otherChannels ?? []),
    rights: JSON.stringify(client.rights),
    origins: JSON.stringify(client.origins),
    has_own_booking_numbers: client.hasOwnBookingNumbers ?? false,
    created_at: createdAt,
  });
  return Number(id);
}

/** Fails with a duplicate key where the token is known. */
export async function insertApiKey(
  trx: Knex.Transaction,
  clientId: number,
  tokenHash: string,
  createdAt: number,
): Promise<number> {
  const [id] = await trx('api_keys').insert({ client_id: clientId, token_hash: tokenHash, created_at: createdAt });
  return Number(id);
}

/** False when it was revoked before. */
export async function markRevoked(knex: Knex, id: number, at: number): Promise<boolean> {
  return (await knex('api_keys').where({ id }).whereNull('revoked_at').update({ revoked_at: at })) > 0;
}

/** False when it is over, or ends by then already. */
export async function setEnd(trx: Knex.Transaction, id: number, endsOn: string, today: string): Promise<boolean> {
  const ended: number = await trx('api_keys')
    .where({ id })
    .whereNull('revoked_at')
    .where((query) => query.whereNull('ends_on').orWhere('ends_on', '>=', today))
    .update({ ends_on: endsOn });
  return ended > 0;
}

export async function recordUse(knex: Knex, id: number, day: string): Promise<void> {
  await knex('api_keys')
    .where({ id })
    .where((query) => query.whereNull('last_used_on').orWhere('last_used_on', '<', day))
    .update({ last_used_on: day });
}

const COLUMNS = [
  'k.id',
  'k.client_id',
  'c.name',
  'c.channel',
  'c.other_channels',
  'c.rights',
  'c.origins',
  'c.has_own_booking_numbers',
  'k.created_at',
  'k.last_used_on',
  'k.ends_on',
  'k.revoked_at',
];

function selectKeys(knex: Knex): Knex.QueryBuilder {
  return knex('api_keys as k').join('clients as c', 'c.id', 'k.client_id');
}

function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: Number(row.id),
    clientId: Number(row.client_id),
    name: row.name,
    channel: row.channel,
    otherChannels: JSON.parse(row.other_channels) as Channel[],
    rights: JSON.parse(row.rights) as ApiRight[],
    origins: JSON.parse(row.origins) as string[],
    hasOwnBookingNumbers: Boolean(row.has_own_booking_numbers),
    createdAt: Number(row.created_at),
    lastUsedOn: row.last_used_on,
    endsOn: row.ends_on,
    revokedAt: row.revoked_at === null ? null : Number(row.revoked_at),
  };
}

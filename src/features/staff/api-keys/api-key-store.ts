import type { Knex } from 'knex';
import type { ApiRight } from '../../../core/access.ts';
import type { Channel } from '../../../core/engine/voucher.ts';

export interface ApiKey {
  readonly id: number;
  readonly name: string;
  readonly channel: Channel;
  readonly rights: readonly ApiRight[];
  /** Browser origins that may use the key; empty when only servers do. */
  readonly origins: readonly string[];
  readonly createdAt: number;
  readonly lastUsedOn: string | null;
  readonly revokedAt: number | null;
}

export interface NewApiKey {
  readonly name: string;
  readonly channel: Channel;
  readonly rights: readonly ApiRight[];
  readonly origins: readonly string[];
}

interface ApiKeyRow {
  id: number;
  name: string;
  channel: Channel;
  rights: string;
  origins: string;
  token_hash: string;
  created_at: number;
  last_used_on: string | null;
  revoked_at: number | null;
}

export async function listApiKeys(knex: Knex): Promise<ApiKey[]> {
  const rows = await knex<ApiKeyRow>('api_keys').orderBy([
    { column: 'revoked_at', order: 'asc' },
    { column: 'id', order: 'desc' },
  ]);
  return rows.map(toApiKey);
}

export async function findApiKey(knex: Knex, id: number): Promise<ApiKey | null> {
  const row = await knex<ApiKeyRow>('api_keys').where({ id }).first();
  return row ? toApiKey(row) : null;
}

export async function findValidApiKeyByHash(knex: Knex, tokenHash: string): Promise<ApiKey | null> {
  const row = await knex<ApiKeyRow>('api_keys').where({ token_hash: tokenHash }).whereNull('revoked_at').first();
  return row ? toApiKey(row) : null;
}

export async function insertApiKey(knex: Knex, key: NewApiKey, tokenHash: string, createdAt: number): Promise<number> {
  const ids = await knex('api_keys').insert(toRow(key, tokenHash, createdAt));
  return Number(ids[0]);
}

export async function insertApiKeyIfAbsent(
  knex: Knex,
  key: NewApiKey,
  tokenHash: string,
  createdAt: number,
): Promise<void> {
  await knex('api_keys')
    .insert(toRow(key, tokenHash, createdAt))
    .onConflict('token_hash')
    .ignore();
}

/** False when it was revoked before. */
export async function markRevoked(knex: Knex, id: number, at: number): Promise<boolean> {
  return (await knex('api_keys').where({ id }).whereNull('revoked_at').update({ revoked_at: at })) > 0;
}

export async function recordUse(knex: Knex, id: number, day: string): Promise<void> {
  await knex('api_keys')
    .where({ id })
    .where((query) => query.whereNull('last_used_on').orWhere('last_used_on', '<', day))
    .update({ last_used_on: day });
}

function toRow(key: NewApiKey, tokenHash: string, createdAt: number): object {
  return {
    name: key.name,
    channel: key.channel,
    rights: JSON.stringify(key.rights),
    origins: JSON.stringify(key.origins),
    token_hash: tokenHash,
    created_at: createdAt,
  };
}

function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: Number(row.id),
    name: row.name,
    channel: row.channel,
    rights: JSON.parse(row.rights) as ApiRight[],
    origins: JSON.parse(row.origins) as string[],
    createdAt: Number(row.created_at),
    lastUsedOn: row.last_used_on,
    revokedAt: row.revoked_at === null ? null : Number(row.revoked_at),
  };
}

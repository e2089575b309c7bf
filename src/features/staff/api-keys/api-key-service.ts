import { API_RIGHTS, type ApiRight } from '../../../core/access.ts';
import type { Channel } from '../../../core/engine/voucher.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import type { Clock } from '../../../platform/process/clock.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { generateToken, hashToken } from '../../../platform/secrets/tokens.ts';
import {
  findApiKey,
  findValidApiKeyByHash,
  insertApiKey,
  insertApiKeyIfAbsent,
  listApiKeys,
  markRevoked,
  recordUse,
  type ApiKey,
  type NewApiKey,
} from './api-key-store.ts';

export type { ApiKey, NewApiKey };

export interface AuthenticatedKey {
  readonly id: number;
  readonly name: string;
  readonly channel: Channel;
  readonly rights: readonly ApiRight[];
  readonly origins: readonly string[];
}

export interface ApiKeyService {
  list(): Promise<readonly ApiKey[]>;
  find(id: number): Promise<ApiKey>;
  /** The token is in this answer and nowhere else. */
  create(key: NewApiKey, actor: string): Promise<{ readonly key: ApiKey; readonly token: string }>;
  revoke(id: number, actor: string): Promise<ApiKey>;
  /** Null for a token that is unknown or revoked. A revoked key is refused within five seconds in every process. */
  authenticate(token: string): Promise<AuthenticatedKey | null>;
  /** The browser origins of every valid key, by `key:7`; a new one is known within five seconds in every process. */
  browserOrigins(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Whether any valid key names it. */
  isBrowserOrigin(origin: string): Promise<boolean>;
  /** A token given by the environment, with all rights; does nothing when it exists. */
  bootstrap(token: string): Promise<void>;
}

const TOKEN_PREFIX = 'rb_';
const MAX_TOKEN_LENGTH = 500;
const CACHED_KEYS = 1000;
const CACHED_FOR_MS = 5000;

export function createApiKeyService(database: Database, clock: Clock): ApiKeyService {
  const { knex } = database;
  const cache = createKeyCache(clock);
  let origins: { readonly byKey: ReadonlyMap<string, readonly string[]>; readonly until: number } | null = null;
  const find = async (id: number): Promise<ApiKey> => {
    const key = await findApiKey(knex, id);
    if (!key) throw appError('not_found');
    return key;
  };
  const browserOrigins = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
    if (origins !== null && origins.until > clock.now()) return origins.byKey;
    const valid = (await listApiKeys(knex)).filter(({ revokedAt }) => revokedAt === null);
    origins = {
      byKey: new Map(valid.map((one) => [`key:${one.id}`, one.origins])),
      until: clock.now() + CACHED_FOR_MS,
    };
    return origins.byKey;
  };
  return {
    list: () => listApiKeys(knex),
    find,
    async create(key, actor) {
      const token = generateToken(TOKEN_PREFIX);
      const id = await inTransaction(database, async (trx) => {
        const created = await insertApiKey(trx, key, hashToken(token), clock.now());
        await writeAudit(trx, [audit(clock, actor, 'api_key.create', created, { ...key })]);
        return created;
      });
      origins = null;
      return { key: await find(id), token };
    },
    async revoke(id, actor) {
      const key = await find(id);
      await inTransaction(database, async (trx) => {
        const revoked = await markRevoked(trx, id, clock.now());
        if (revoked) await writeAudit(trx, [audit(clock, actor, 'api_key.revoke', id, { name: key.name })]);
      });
      cache.clear();
      origins = null;
      return key;
    },
    async authenticate(token) {
      if (token === '' || token.length > MAX_TOKEN_LENGTH) return null;
      const hash = hashToken(token);
      const known = cache.get(hash);
      if (known) return known;
      const key = await findValidApiKeyByHash(knex, hash);
      if (!key) return null;
      const today = clock.today();
      if (key.lastUsedOn === null || key.lastUsedOn < today) await recordUse(knex, key.id, today);
      const { id, name, channel, rights } = key;
      return cache.put(hash, { id, name, channel, rights, origins: key.origins });
    },
    browserOrigins,
    isBrowserOrigin: async (origin) => [...(await browserOrigins()).values()].some((known) => known.includes(origin)),
    async bootstrap(token) {
      const key: NewApiKey = { name: 'Bootstrap', channel: 'web', rights: API_RIGHTS, origins: [] };
      await insertApiKeyIfAbsent(knex, key, hashToken(token), clock.now());
    },
  };
}

/** Holds only tokens that proved right, so that guessing cannot push the real ones out. */
function createKeyCache(clock: Clock) {
  const entries = new Map<string, { readonly key: AuthenticatedKey; readonly until: number }>();
  return {
    get(hash: string): AuthenticatedKey | null {
      const entry = entries.get(hash);
      if (!entry) return null;
      if (entry.until > clock.now()) return entry.key;
      entries.delete(hash);
      return null;
    },
    put(hash: string, key: AuthenticatedKey): AuthenticatedKey {
      const oldest = entries.size >= CACHED_KEYS ? entries.keys().next().value : undefined;
      if (oldest !== undefined) entries.delete(oldest);
      entries.set(hash, { key, until: clock.now() + CACHED_FOR_MS });
      return key;
    },
    clear(): void {
      entries.clear();
    },
  };
}

function audit(clock: Clock, actor: string, action: string, id: number, changes: object) {
  return { recordedAt: clock.now(), actor, action, entity: 'api_key', entityId: String(id), changes };
}

import { API_RIGHTS, type ApiRight } from '../../../core/access.ts';
import { HOUSE, type BookingOwner } from '../../../core/booking-owner.ts';
import { addDays } from '../../../core/calendar.ts';
import { CHANNELS, type Channel } from '../../../core/engine/voucher.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import type { Clock } from '../../../platform/process/clock.ts';
import { inTransaction, isDuplicateKey, type Database } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { generateToken, hashToken } from '../../../platform/secrets/tokens.ts';
import {
  findApiKey,
  findValidApiKeyByHash,
  insertApiKey,
  insertClient,
  listApiKeys,
  markRevoked,
  recordUse,
  setEnd,
  type ApiKey,
  type NewClient,
} from './api-key-store.ts';

export type { ApiKey, NewClient };

export interface AuthenticatedKey {
  readonly id: number;
  readonly name: string;
  readonly owner: BookingOwner;
  readonly channel: Channel;
  /** Its own first. */
  readonly channels: readonly Channel[];
  readonly rights: readonly ApiRight[];
  readonly origins: readonly string[];
}

export interface CreatedKey {
  readonly key: ApiKey;
  /** In this answer and nowhere else. */
  readonly token: string;
}

export interface ApiKeyService {
  list(): Promise<readonly ApiKey[]>;
  find(id: number): Promise<ApiKey>;
  /** A new client with its first key. */
  create(client: NewClient, actor: string): Promise<CreatedKey>;
  /** A new key of the same client; the old one is good up to and including a day. Refused for a key that is over. */
  roll(id: number, endsOn: string, actor: string): Promise<CreatedKey>;
  revoke(id: number, actor: string): Promise<ApiKey>;
  /** Null for a token that is unknown, over or revoked. A revoked key is refused within five seconds in every process. */
  authenticate(token: string): Promise<AuthenticatedKey | null>;
  /** The browser origins of every client with a valid key, by its id; a new one is known within five seconds everywhere. */
  browserOrigins(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Whether any valid key names it. */
  isBrowserOrigin(origin: string): Promise<boolean>;
  /** A token given by the environment, with all rights and for all channels; does nothing when it exists. */
  bootstrap(token: string): Promise<void>;
}

/** How long an old key may go on beside its successor. */
export const MAX_OVERLAP_DAYS = 366;

const TOKEN_PREFIX = 'rb_';
const MAX_TOKEN_LENGTH = 500;
const CACHED_KEYS = 1000;
const CACHED_FOR_MS = 5000;

export function createApiKeyService(database: Database, clock: Clock): ApiKeyService {
  const { knex } = database;
  const cache = createKeyCache(clock);
  let origins: { readonly byClient: ReadonlyMap<string, readonly string[]>; readonly until: number } | null = null;
  const forget = (): void => {
    cache.clear();
    origins = null;
  };
  const find = (id: number): Promise<ApiKey> => foundKey(database, id);
  const browserOrigins = async (): Promise<ReadonlyMap<string, readonly string[]>> => {
    if (origins !== null && origins.until > clock.now()) return origins.byClient;
    const valid = (await listApiKeys(knex)).filter((key) => isValid(key, clock.today()));
    origins = {
      byClient: new Map(valid.map((one) => [String(one.clientId), one.origins])),
      until: clock.now() + CACHED_FOR_MS,
    };
    return origins.byClient;
  };
  return {
    list: () => listApiKeys(knex),
    find,
    async create(client, actor) {
      const created = await createKey(database, clock, client, actor);
      forget();
      return created;
    },
    async roll(id, endsOn, actor) {
      const rolled = await rollKey(database, clock, { id, endsOn }, actor);
      forget();
      return rolled;
    },
    async revoke(id, actor) {
      const key = await find(id);
      await inTransaction(database, async (trx) => {
        const revoked = await markRevoked(trx, id, clock.now());
        if (revoked) await writeAudit(trx, [audit(clock, actor, 'api_key.revoke', id, { name: key.name })]);
      });
      forget();
      return key;
    },
    async authenticate(token) {
      if (token === '' || token.length > MAX_TOKEN_LENGTH) return null;
      const hash = hashToken(token);
      const known = cache.get(hash);
      if (known) return known;
      const today = clock.today();
      const key = await findValidApiKeyByHash(knex, hash, today);
      if (!key) return null;
      if (key.lastUsedOn === null || key.lastUsedOn < today) await recordUse(knex, key.id, today);
      return cache.put(hash, authenticated(key));
    },
    browserOrigins,
    isBrowserOrigin: async (origin) => [...(await browserOrigins()).values()].some((known) => known.includes(origin)),
    bootstrap: (token) => createFromEnvironment(database, clock, token),
  };
}

/** Whether a key is good on a day. */
export function isValid({ revokedAt, endsOn }: Pick<ApiKey, 'revokedAt' | 'endsOn'>, today: string): boolean {
  return revokedAt === null && (endsOn === null || endsOn >= today);
}

async function foundKey(database: Database, id: number): Promise<ApiKey> {
  const key = await findApiKey(database.knex, id);
  if (!key) throw appError('not_found');
  return key;
}

async function createKey(database: Database, clock: Clock, client: NewClient, actor: string): Promise<CreatedKey> {
  const token = generateToken(TOKEN_PREFIX);
  const id = await inTransaction(database, async (trx) => {
    const clientId = await insertClient(trx, client, clock.now());
    const created = await insertApiKey(trx, clientId, hashToken(token), clock.now());
    await writeAudit(trx, [audit(clock, actor, 'api_key.create', created, { ...client })]);
    return created;
  });
  return { key: await foundKey(database, id), token };
}

async function rollKey(
  database: Database,
  clock: Clock,
  { id, endsOn }: { readonly id: number; readonly endsOn: string },
  actor: string,
): Promise<CreatedKey> {
  const today = clock.today();
  if (endsOn < today || endsOn > addDays(today, MAX_OVERLAP_DAYS)) throw appError('rule_broken');
  const { clientId, name } = await foundKey(database, id);
  const token = generateToken(TOKEN_PREFIX);
  const successor = await inTransaction(database, async (trx) => {
    if (!(await setEnd(trx, id, endsOn, today))) throw appError('conflict');
    const created = await insertApiKey(trx, clientId, hashToken(token), clock.now());
    await writeAudit(trx, [
      audit(clock, actor, 'api_key.roll', id, { name, endsOn, successor: String(created) }),
      audit(clock, actor, 'api_key.create', created, { name, predecessor: String(id) }),
    ]);
    return created;
  });
  return { key: await foundKey(database, successor), token };
}

/** Two processes may start at once: the second finds the token taken, and leaves no client without a key. */
async function createFromEnvironment(database: Database, clock: Clock, token: string): Promise<void> {
  const client: NewClient = {
    name: 'Bootstrap',
    channel: 'web',
    otherChannels: CHANNELS.filter((channel) => channel !== 'web'),
    rights: API_RIGHTS,
    origins: [],
    hasOwnBookingNumbers: false,
  };
  try {
    await inTransaction(database, async (trx) => {
      const id = await insertApiKey(trx, await insertClient(trx, client, clock.now()), hashToken(token), clock.now());
      await writeAudit(trx, [audit(clock, 'system', 'api_key.bootstrap', id, { name: client.name })]);
    });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}

function authenticated(key: ApiKey): AuthenticatedKey {
  const clientId = String(key.clientId);
  return {
    id: key.id,
    name: key.name,
    owner: { clientId, circle: key.hasOwnBookingNumbers ? clientId : HOUSE.circle },
    channel: key.channel,
    channels: [key.channel, ...key.otherChannels.filter((channel) => channel !== key.channel)],
    rights: key.rights,
    origins: key.origins,
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

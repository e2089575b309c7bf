import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { RateLimiterMySQL, RateLimiterRes, RateLimiterSQLite, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Database } from './db.ts';

export interface RateLimit {
  /** Keeps the counters of different limits apart. */
  readonly name: string;
  /** So many events in so many seconds; one more is refused until the time is over. */
  readonly points: number;
  readonly seconds: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Everything that is limited, and how much of it is let through. */
export const RATE_LIMITS = {
  login: { name: 'login', points: 5, seconds: 15 * MINUTE },
  loginWithFactor: { name: 'login-factor', points: 5, seconds: 15 * MINUTE },
  loginFromAddress: { name: 'login-address', points: 50, seconds: 15 * MINUTE },
  ownPassword: { name: 'own-password', points: 5, seconds: 15 * MINUTE },
  forgottenPassword: { name: 'forgotten', points: 3, seconds: HOUR },
  forgottenFromAddress: { name: 'forgotten-address', points: 20, seconds: HOUR },
  /** Orders of the shop from one address. */
  shopOrders: { name: 'shop-orders', points: 20, seconds: 10 * MINUTE },
  /** Wrong PINs of one voucher. */
  holderPin: { name: 'holder-pin', points: 10, seconds: HOUR },
  /** New PINs mailed for one voucher. */
  newHolderPin: { name: 'holder-new-pin', points: 3, seconds: DAY },
  /** Wrong codes typed by a person, by hold and by address. */
  wrongCodesInBrowser: { name: 'wrong-codes-browser', points: 10, seconds: 10 * MINUTE },
  wrongCodesByKey: { name: 'wrong-codes-key', points: 1000, seconds: MINUTE },
} as const satisfies Readonly<Record<string, RateLimit>>;

export interface RateLimiter {
  /** Counts one event, exactly also under parallel requests. Never inside a transaction: SQLite has one connection. */
  consume(key: string): Promise<RateLimitAnswer>;
  /** What `consume` would say, without counting. */
  peek(key: string): Promise<RateLimitAnswer>;
  reset(key: string): Promise<void>;
}

export interface RateLimitAnswer {
  readonly allowed: boolean;
  readonly remaining: number;
  readonly retryAfterSeconds: number;
}

const TABLE = 'rate_limits';

export function createRateLimiter(database: Database, limit: RateLimit): RateLimiter {
  const limiter =
    database.dialect === 'mysql' ? mysqlLimiter(database.knex, limit) : sqliteLimiter(database.knex, limit);
  return {
    async consume(key) {
      try {
        return answer(await limiter.consume(storedKey(key)), true);
      } catch (error) {
        if (error instanceof RateLimiterRes) return answer(error, false);
        throw error;
      }
    },
    async peek(key) {
      const result = await limiter.get(storedKey(key));
      return result === null
        ? { allowed: true, remaining: limit.points, retryAfterSeconds: 0 }
        : answer(result, result.remainingPoints > 0);
    },
    async reset(key) {
      await limiter.delete(storedKey(key));
    },
  };
}

/** Addresses and names do not belong into this table, and a key must not grow beyond its column. */
function storedKey(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

function answer(result: RateLimiterRes, allowed: boolean): RateLimitAnswer {
  return {
    allowed,
    remaining: result.remainingPoints,
    retryAfterSeconds: allowed ? 0 : Math.max(1, Math.ceil(result.msBeforeNext / 1000)),
  };
}

function mysqlLimiter(knex: Knex, limit: RateLimit): RateLimiterAbstract {
  const { database } = (knex.client as { connectionSettings: { database: string } }).connectionSettings;
  return new RateLimiterMySQL({ ...options(limit), storeClient: knex, storeType: 'knex', dbName: database });
}

function sqliteLimiter(knex: Knex, limit: RateLimit): RateLimiterAbstract {
  const { client } = knex as unknown as {
    client: { acquireConnection(): Promise<unknown>; releaseConnection(connection: unknown): Promise<void> };
  };
  // The limiter knows knex's dialect by its name only, and ours is a class of its own.
  const storeClient = {
    raw: knex.raw.bind(knex),
    client: {
      config: { client: 'better-sqlite3' },
      acquireConnection: () => client.acquireConnection(),
      releaseConnection: (connection: unknown) => client.releaseConnection(connection),
    },
  };
  return new RateLimiterSQLite({ ...options(limit), storeClient, storeType: 'knex' });
}

function options({ name, points, seconds }: RateLimit) {
  return {
    keyPrefix: name,
    points,
    duration: seconds,
    tableName: TABLE,
    tableCreated: true,
    clearExpiredByTimeout: false,
  };
}

export async function findLimitsBefore(knex: Knex, before: number, limit: number): Promise<string[]> {
  return knex(TABLE).where('expire', '<', before).limit(limit).pluck<string[]>('key');
}

export async function deleteLimitsBefore(
  trx: Knex.Transaction,
  keys: readonly string[],
  before: number,
): Promise<number> {
  return trx(TABLE).whereIn('key', keys).where('expire', '<', before).delete();
}

import type { ApiCaller } from './api/api-route.ts';
import { createRateLimiter, RATE_LIMITS, type RateLimiter } from '../data/rate-limit.ts';
import type { Clock } from '../process/clock.ts';
import type { Database } from '../data/db.ts';
import { appError } from '../process/errors.ts';

/** Who looks at codes: an API client, a traveller it names, or a browser with a hold or none. */
export interface WrongCodeSource {
  readonly caller: ApiCaller | null;
  readonly client: string | null;
  readonly address: string;
}

export interface WrongCodeLimiter {
  /** Throws `too_many_wrong_codes` while blocked. Looks into memory only, so that a right code costs no round trip. */
  assertNotBlocked(who: WrongCodeSource): void;
  countWrongCodes(who: WrongCodeSource, count: number): Promise<void>;
  /** What the answer's RateLimit headers say, as far as this process knows. */
  headers(who: WrongCodeSource): Readonly<Record<string, string>>;
}

/** Sources remembered in memory; the oldest goes first. */
const MAX_REMEMBERED = 10_000;
/** Each further block of one source is twice as long, up to a day. */
const MAX_DELAY_SECONDS = 86_400;

interface Remembered {
  readonly blockedUntil: number;
  readonly blocks: number;
  readonly remaining: number;
  readonly resetAt: number;
}

export function createWrongCodeLimiter(database: Database, clock: Clock): WrongCodeLimiter {
  const limiters = {
    browser: createRateLimiter(database, RATE_LIMITS.wrongCodesInBrowser),
    key: createRateLimiter(database, RATE_LIMITS.wrongCodesByKey),
  };
  const remembered = new Map<string, Remembered>();

  function remember(key: string, value: Remembered): void {
    remembered.delete(key);
    const oldest = remembered.size >= MAX_REMEMBERED ? remembered.keys().next().value : undefined;
    if (oldest !== undefined) remembered.delete(oldest);
    remembered.set(key, value);
  }

  async function count({ key, kind }: Bucket, times: number): Promise<void> {
    const { points, seconds } = kind === 'browser' ? RATE_LIMITS.wrongCodesInBrowser : RATE_LIMITS.wrongCodesByKey;
    const answer = await consume(limiters[kind], key, times);
    const blocks = (remembered.get(key)?.blocks ?? 0) + (answer.remaining <= 0 ? 1 : 0);
    const delay = Math.min(MAX_DELAY_SECONDS, Math.max(answer.retryAfterSeconds, 1) * 2 ** Math.min(blocks - 1, 16));
    remember(key, {
      blocks,
      blockedUntil: answer.remaining <= 0 ? clock.now() + delay * 1000 : 0,
      remaining: Math.min(points, Math.max(0, answer.remaining)),
      resetAt: clock.now() + seconds * 1000,
    });
  }

  return {
    assertNotBlocked(who) {
      for (const { key } of bucketsOf(who)) {
        const seconds = Math.ceil(((remembered.get(key)?.blockedUntil ?? 0) - clock.now()) / 1000);
        if (seconds > 0) throw appError('too_many_wrong_codes', { retryAfterSeconds: seconds });
      }
    },
    async countWrongCodes(who, times) {
      for (const bucket of bucketsOf(who)) await count(bucket, times);
    },
    headers(who): Readonly<Record<string, string>> {
      const [bucket] = bucketsOf(who);
      if (bucket === undefined) return {};
      const { points, seconds } =
        bucket.kind === 'browser' ? RATE_LIMITS.wrongCodesInBrowser : RATE_LIMITS.wrongCodesByKey;
      const known = remembered.get(bucket.key);
      const isCurrent = known !== undefined && known.resetAt > clock.now();
      return {
        'RateLimit-Limit': String(points),
        'RateLimit-Remaining': String(isCurrent ? known.remaining : points),
        'RateLimit-Reset': String(isCurrent ? Math.ceil((known.resetAt - clock.now()) / 1000) : seconds),
      };
    },
  };
}

interface Bucket {
  readonly key: string;
  readonly kind: 'browser' | 'key';
}

function bucketsOf({ caller, client, address }: WrongCodeSource): Bucket[] {
  if (caller === null) return [{ key: `address ${address}`, kind: 'browser' }];
  if (caller.holdId !== null) {
    return [
      { key: `hold ${caller.holdId}`, kind: 'browser' },
      { key: `address ${address}`, kind: 'browser' },
    ];
  }
  return client === null
    ? [{ key: `client ${caller.owner.clientId}`, kind: 'key' }]
    : [{ key: `client ${caller.owner.clientId} ${client}`, kind: 'browser' }];
}

async function consume(
  limiter: RateLimiter,
  key: string,
  times: number,
): Promise<{ remaining: number; retryAfterSeconds: number }> {
  let answer = await limiter.consume(key);
  // At most the ten codes of one request.
  for (let done = 1; done < times; done++) answer = await limiter.consume(key);
  if (answer.remaining > 0) return answer;
  const { retryAfterSeconds } = answer.allowed ? await limiter.peek(key) : answer;
  return { remaining: 0, retryAfterSeconds: Math.max(1, retryAfterSeconds) };
}

import type { Connection, Transaction } from '../../../platform/data/db.ts';
import { memoryOf } from '../../../platform/data/memory.ts';
import { OPEN_FROM, readOpenFrom } from './period-store.ts';

/** The accountant's day of an entry, and the day on which it truly happened. */
export interface PostingDay {
  readonly postedOn: string;
  readonly eventOn: string;
}

/**
 * Where an event of `eventOn` is posted: on that day, or on the first open day when its month is closed. A month can be
 * closed only from the second day after its end on, so what happens today is always in an open one and needs no look;
 * for earlier days the period stays locked until the transaction ends, so that nobody closes it in between.
 * June closed, an event of 28 June entered on 3 July: posted on 1 July, event on 28 June.
 */
export async function postingDay(trx: Transaction, eventOn: string, today: string): Promise<PostingDay> {
  return postingDayIn(await openDays(trx, [eventOn], today), eventOn);
}

/** The first day open for postings; null: all are; undefined: nothing lies in the past, so nobody looked. */
export interface OpenDays {
  readonly openFrom: string | null | undefined;
  readonly today: string;
}

/** One look for several events. */
export async function openDays(trx: Transaction, events: readonly string[], today: string): Promise<OpenDays> {
  return {
    openFrom: events.every((eventOn) => eventOn >= today) ? undefined : await readOpenFrom(trx, 'shared'),
    today,
  };
}

export function postingDayIn({ openFrom, today }: OpenDays, eventOn: string): PostingDay {
  const isClosed = openFrom !== undefined && openFrom !== null && eventOn < openFrom;
  // A day to come was told before such days were refused: what is booked today is booked today.
  return { postedOn: isClosed ? openFrom : eventOn > today ? today : eventOn, eventOn };
}

/** How long a look at the first open day is good enough to judge a day by; what is posted looks anew. */
const LOOK_MS = 60_000;

/** The same as it was at most a minute ago, or a little after the last month was closed by another process. */
export async function openFromLately(connection: Connection, now: number): Promise<string | null> {
  const memory = memoryOf(connection);
  const known = memory.get(OPEN_FROM) as { readonly day: string | null; readonly at: number } | undefined;
  if (known !== undefined && Math.abs(now - known.at) < LOOK_MS) return known.day;
  const day = await readOpenFrom(connection);
  memory.set(OPEN_FROM, { day, at: now });
  return day;
}

/** The first day open for postings; null: all are. */
export function openFrom(connection: Connection): Promise<string | null> {
  return readOpenFrom(connection);
}

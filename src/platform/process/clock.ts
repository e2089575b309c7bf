import { Temporal } from 'temporal-polyfill';

/** One instant and the calendar day it falls on: read once for a use case, so that all of it happens at the same time. */
export interface Moment {
  /** Milliseconds since 1970 in UTC. */
  readonly now: number;
  /** The calendar day in the business time zone, `YYYY-MM-DD`. */
  readonly today: string;
}

export interface Clock {
  /** Milliseconds since 1970 in UTC. */
  now(): number;
  /** The calendar day in the business time zone, `YYYY-MM-DD`: what a validity is compared with. */
  today(): string;
  moment(): Moment;
  /** The first instant of a day in the business time zone. */
  startOfDay(day: string): number;
  /** The first instant after a day in the business time zone. */
  endOfDay(day: string): number;
}

export function systemClock(timeZone: string): Clock {
  return clockOf(() => Date.now(), timeZone);
}

/** Stands still at one instant, given in RFC 3339. */
export function fixedClock(instant: string, timeZone = 'Europe/Berlin'): Clock {
  const now = Temporal.Instant.from(instant).epochMilliseconds;
  return clockOf(() => now, timeZone);
}

/** The instant at which a calendar day begins in a time zone. */
export function startOfDay(day: string, timeZone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds;
}

/** The calendar day an instant falls on in a time zone. */
export function dayOf(now: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

function clockOf(now: () => number, timeZone: string): Clock {
  const startOf = (day: string, days: number): number =>
    Temporal.PlainDate.from(day).add({ days }).toZonedDateTime({ timeZone }).epochMilliseconds;
  // Asked several times a request, and the same for a whole day.
  let known = { day: '', from: 0, until: 0 };
  const dayAt = (at: number): string => {
    if (at < known.from || at >= known.until) {
      const day = dayOf(at, timeZone);
      known = { day, from: startOf(day, 0), until: startOf(day, 1) };
    }
    return known.day;
  };
  return {
    now,
    today: () => dayAt(now()),
    moment() {
      const at = now();
      return { now: at, today: dayAt(at) };
    },
    startOfDay: (day) => startOf(day, 0),
    endOfDay: (day) => startOf(day, 1),
  };
}

/** Local date and time in 17 digits, `20260401153012007`. */
export function localTimestamp(now: number, timeZone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  const parts: [number, number][] = [
    [local.year, 4],
    [local.month, 2],
    [local.day, 2],
    [local.hour, 2],
    [local.minute, 2],
    [local.second, 2],
    [local.millisecond, 3],
  ];
  return parts.map(([value, digits]) => String(value).padStart(digits, '0')).join('');
}

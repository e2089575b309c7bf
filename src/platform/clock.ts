import { Temporal } from 'temporal-polyfill';

export interface Clock {
  /** Milliseconds since 1970 in UTC. */
  now(): number;
  /** The calendar day in the business time zone, `YYYY-MM-DD`: what a validity is compared with. */
  today(): string;
}

export function systemClock(timeZone: string): Clock {
  return { now: () => Date.now(), today: () => dayOf(Date.now(), timeZone) };
}

/** Stands still at one instant, given in RFC 3339. */
export function fixedClock(instant: string, timeZone = 'Europe/Berlin'): Clock {
  const now = Temporal.Instant.from(instant).epochMilliseconds;
  return { now: () => now, today: () => dayOf(now, timeZone) };
}

/** The calendar day an instant falls on in a time zone. */
export function dayOf(now: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

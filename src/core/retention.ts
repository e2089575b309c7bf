import { addDays, endOfYearAfter } from './calendar.ts';
import type { Jurisdiction } from './limitation.ts';

/** What goes by itself; everything else stays until the books' own time is over. */
export const RETENTION_RULES = ['holds', 'idempotency_keys', 'rate_limits', 'unpaid_orders', 'order_people', 'recipients'] as const;
export type RetentionRule = (typeof RETENTION_RULES)[number];

/** Days that pass before something goes, counted from its end: of a hold, an answer, an unpaid order, a voucher's life. */
export const RETENTION_DAYS: Readonly<Record<RetentionRule, number>> = {
  holds: 1,
  idempotency_keys: 30,
  rate_limits: 0,
  unpaid_orders: 90,
  order_people: 90,
  recipients: 365,
};

/**
 * The first day whose things stay: what ended before it goes.
 * @param today calendar day of the business time zone, `YYYY-MM-DD`
 * @returns a day; `cutoffDay('unpaid_orders', '2026-11-23')` is `'2026-08-25'`: an order of 24 August goes, one of 25 August stays
 * Source: accounting.md 4.6 and 4.7.
 */
export function cutoffDay(rule: RetentionRule, today: string): string {
  return addDays(today, -RETENTION_DAYS[rule]);
}

/** `document`: what a posting rests on, such as an order or a redemption; `letter`: a mail that was sent. */
export type KeptClass = 'document' | 'letter';

const YEARS_KEPT: Readonly<Record<Jurisdiction, Readonly<Record<KeptClass, number>>>> = {
  DE: { document: 8, letter: 6 },
  AT: { document: 7, letter: 7 },
  CH: { document: 10, letter: 10 },
};

/**
 * The last day on which the law wants something kept, counted from the end of the year of its last entry. Source:
 * accounting.md 4.4. keptUntil('document', '2026-05-04', 'DE') = '2034-12-31', keptUntil('letter', '2026-05-04', 'DE') = '2032-12-31'.
 */
export function keptUntil(what: KeptClass, lastEntryOn: string, jurisdiction: Jurisdiction): string {
  return endOfYearAfter(lastEntryOn, YEARS_KEPT[jurisdiction][what]);
}

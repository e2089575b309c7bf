import { addDays, endOfYearAfter } from '../calendar.ts';
import type { Jurisdiction } from './limitation.ts';

/** What goes by itself, in this order; everything else stays until the books' own time is over. */
export const RETENTION_RULES = [
  'holds',
  'idempotency_keys',
  'rate_limits',
  'unpaid_orders',
  'order_people',
  'recipients',
  'issued_links',
  'campaign_archive',
  'voucher_archive',
  'unused_codes',
  'job_rows',
  'access_tokens',
  'system_mails',
  'letters',
] as const;
export type RetentionRule = (typeof RETENTION_RULES)[number];

/** What the law fixes, and nobody's setting. */
export const LETTERS_RULE = 'letters';
export type DayRule = Exclude<RetentionRule, typeof LETTERS_RULE>;

/**
 * Days that pass before something goes, counted from its end: of a hold, an answer, an unpaid order, a voucher's life, a
 * campaign, a job. Where the product has a setting for it, this is what it begins with.
 */
export const RETENTION_DAYS: Readonly<Record<DayRule, number>> = {
  holds: 1,
  idempotency_keys: 30,
  rate_limits: 0,
  unpaid_orders: 90,
  order_people: 90,
  recipients: 365,
  issued_links: 30,
  campaign_archive: 90,
  voucher_archive: 90,
  unused_codes: 30,
  job_rows: 180,
  access_tokens: 30,
  system_mails: 30,
};

/**
 * The first day whose things stay: what ended before it goes.
 * @param days that have to pass
 * @param today calendar day of the business time zone, `YYYY-MM-DD`
 * @returns a day; `cutoffDay(90, '2026-11-23')` is `'2026-08-25'`: an order of 24 August goes, one of 25 August stays
 * Source: accounting.md 4.6 and 4.7.
 */
export function cutoffDay(days: number, today: string): string {
  return addDays(today, -days);
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

/**
 * The first day whose letters or documents stay: `keptUntil` of everything before has passed. legalCutoff('letter',
 * '2033-01-01', 'DE') = '2027-01-01': a mail of 31 December 2026 was kept until 31 December 2032.
 */
export function legalCutoff(what: KeptClass, today: string, jurisdiction: Jurisdiction): string {
  return `${String(Number(today.slice(0, 4)) - YEARS_KEPT[jurisdiction][what]).padStart(4, '0')}-01-01`;
}

import { monthOf } from './month.ts';

/** Why a day that somebody tells of a payment is not taken. */
export type ToldDayProblem = 'day_to_come' | 'day_before_open' | 'day_too_old';

/** What a day of payment is held against. */
export interface PostingDays {
  readonly today: string;
  /** The first day after the last closed month; null: none was closed yet. */
  readonly openFrom: string | null;
}

/** As long as records are kept, nobody tells of money that moved before them. Source: accounting.md 4.6, § 147 AO. */
const OLDEST_YEARS = 10;

/**
 * What is wrong with a day on which money is said to have moved; null: nothing. Everybody may tell a day from the first
 * open one up to today; who has the right to, an earlier one as well, which is posted on the first open day with its
 * true day beside. Nobody may tell a day to come. Source: accounting.md section 9, "days".
 * Today 2026-07-03 with June closed: '2026-07-01' null, '2026-06-28' 'day_before_open', with the right null,
 * '1900-01-01' 'day_too_old', '2062-07-01' 'day_to_come'.
 */
export function toldDayProblem(
  day: string,
  days: PostingDays,
  who: 'usual' | 'may_tell_earlier',
): ToldDayProblem | null {
  if (day > days.today) return 'day_to_come';
  if (day >= firstToldDay(days)) return null;
  if (day < oldestToldDay(days.today)) return 'day_too_old';
  return who === 'may_tell_earlier' ? null : 'day_before_open';
}

/**
 * The first day that everybody may tell: the first open one; before a month was ever closed all days are open that
 * anybody may tell. firstToldDay({ today: '2026-07-03', openFrom: '2026-07-01' }) = '2026-07-01'.
 */
export function firstToldDay({ today, openFrom }: PostingDays): string {
  return openFrom ?? oldestToldDay(today);
}

/** The first day that anybody may tell: oldestToldDay('2026-07-03') = '2016-01-01'. */
export function oldestToldDay(today: string): string {
  return `${String(Number(today.slice(0, 4)) - OLDEST_YEARS).padStart(4, '0')}-01-01`;
}

/** No claim lives longer than thirty years (§ 1479 ABGB), so none that is taken over was sold much earlier. */
const OLDEST_SALE_YEARS = 40;

/** The first day of sale of a voucher that is taken over: oldestSaleDay('2026-07-03') = '1986-01-01'. */
export function oldestSaleDay(today: string): string {
  return `${String(Number(today.slice(0, 4)) - OLDEST_SALE_YEARS).padStart(4, '0')}-01-01`;
}

/** A day of this month is open whatever was closed, because a month is closed after its end. isSurelyOpen('2026-07-01', '2026-07-03') = true. */
export function isSurelyOpen(day: string, today: string): boolean {
  return day <= today && monthOf(day) === monthOf(today);
}

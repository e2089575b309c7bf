import { addDays, endOfYearAfter } from '../calendar.ts';
import type { Chart } from './chart-of-accounts.ts';

export const JURISDICTIONS = ['DE', 'AT', 'CH'] as const;
export type Jurisdiction = (typeof JURISDICTIONS)[number];

/** Whose law a chart of accounts belongs to: SKR 03 and 04 are German, EKR Austrian, KMU Swiss. */
export function jurisdictionOf(chart: Chart): Jurisdiction {
  if (chart === 'EKR') return 'AT';
  return chart === 'KMU' ? 'CH' : 'DE';
}

/**
 * The last day on which the claim from a voucher can be enforced, from the day of its issue or of its last
 * acknowledgement. DE: the end of the third year after (§§ 195, 199 BGB); AT: 30 years (§ 1479 ABGB); CH: 10 years
 * (Art. 127 OR). Source: accounting.md section 2. limitationDay('2026-05-04', 'DE') = '2029-12-31',
 * limitationDay('2026-05-04', 'CH') = '2036-05-04'.
 */
export function limitationDay(claimOn: string, jurisdiction: Jurisdiction): string {
  switch (jurisdiction) {
    case 'DE':
      return endOfYearAfter(claimOn, 3);
    case 'AT':
      return yearsLater(claimOn, 30);
    case 'CH':
      return yearsLater(claimOn, 10);
  }
}

/**
 * The last day of a voucher: the later of the limitation of its claim and its printed or extended end. Before it has passed
 * the voucher is neither time-barred nor derecognised. Source: accounting.md section 9.
 * lastDayOf({ claimOn: '2026-11-06', bookUntil: '2032-12-31' }, 'DE') = '2032-12-31'; without an end, or with an earlier
 * one, '2029-12-31'.
 */
export function lastDayOf(
  { claimOn, bookUntil }: { readonly claimOn: string; readonly bookUntil: string | null },
  jurisdiction: Jurisdiction,
): string {
  const barredOn = limitationDay(claimOn, jurisdiction);
  return bookUntil !== null && bookUntil > barredOn ? bookUntil : barredOn;
}

/** Money that came onto a voucher after its sale; cents > 0. */
export interface TopUp {
  readonly on: string;
  readonly cents: number;
}

/**
 * How much of what is owed is time-barred where all claims up to `lastClaim` are: each top-up is a claim of its own, and
 * the oldest money is spent first. 100,00 sold in 2026 with 50,00 topped up in 2028, 120,00 left: of the 120,00 are 70,00
 * barred at the end of 2029. Cents, 0 <= result <= owed. Source: accounting.md K12 and section 2.
 */
export function barredOf(owed: number, topUps: readonly TopUp[], lastClaim: string): number {
  const young = topUps.filter(({ on }) => on > lastClaim).reduce((sum, { cents }) => sum + cents, 0);
  return Math.max(0, owed - young);
}

/**
 * The first end of a paid voucher that is not shorter than the law lets it be: in Germany and Switzerland the end of the
 * limitation, in Austria five years, which was accepted with a right of exchange. Source: accounting.md section 2.
 * shortestSoundEnd('2026-05-04', 'DE') = '2029-12-31', shortestSoundEnd('2026-05-04', 'AT') = '2031-05-04'.
 */
export function shortestSoundEnd(claimOn: string, jurisdiction: Jurisdiction): string {
  return jurisdiction === 'AT' ? yearsLater(claimOn, 5) : limitationDay(claimOn, jurisdiction);
}

/**
 * The last day of issue whose claim is time-barred on a day: limitationDay of it lies before, that of the next day does
 * not. lastBarredClaim('2030-01-01', 'DE') = '2026-12-31', lastBarredClaim('2029-12-31', 'DE') = '2025-12-31'.
 */
export function lastBarredClaim(on: string, jurisdiction: Jurisdiction): string {
  if (jurisdiction === 'DE') return `${Number(on.slice(0, 4)) - 4}-12-31`;
  const years = jurisdiction === 'AT' ? 30 : 10;
  const sameDay = `${String(Number(on.slice(0, 4)) - years).padStart(4, '0')}${on.slice(4) === '-02-29' ? '-02-28' : on.slice(4)}`;
  let claim = sameDay;
  while (limitationDay(claim, jurisdiction) >= on) claim = addDays(claim, -1);
  return claim;
}

/** The 29th of February has its day in other years on the 28th. */
function yearsLater(day: string, years: number): string {
  const year = String(Number(day.slice(0, 4)) + years).padStart(4, '0');
  const isLeapDay = day.slice(5) === '02-29';
  const isLeapYear = Number(year) % 4 === 0 && (Number(year) % 100 !== 0 || Number(year) % 400 === 0);
  return isLeapDay && !isLeapYear ? addDays(`${year}-03-01`, -1) : `${year}${day.slice(4)}`;
}

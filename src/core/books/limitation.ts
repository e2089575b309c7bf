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

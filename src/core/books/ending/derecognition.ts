import type { DatedPosting } from '../ledger-sums.ts';

/** An entry of a voucher's books. */
export interface LedgerFact extends DatedPosting {
  readonly event: string;
}

export interface TakenByRuns {
  /** Income of runs that nobody gave back. */
  readonly cents: number;
  /** Of it what was income of the year asked for; the rest was income of other years. */
  readonly ofYear: number;
}

/**
 * What runs took of a voucher and is still income: derecognitions less reactivations, the newest first. 70,00 taken on
 * 31.12.2029 and 20,00 on 05.01.2030, nothing given back: 90,00, of which 20,00 in 2030. `entries` are all of the voucher,
 * in minor units; a bonus that lapsed with it is no income and not counted. Source: accounting.md K14 and K15.
 */
export function takenByRuns(entries: readonly LedgerFact[], year: string): TakenByRuns {
  const sumOf = (event: string, inYear?: string): number =>
    entries
      .filter((entry) => entry.event === event && (inYear === undefined || entry.postedOn.startsWith(inYear)))
      .reduce((sum, { cents }) => sum + cents, 0);
  const cents = Math.max(0, sumOf('derecognition') - sumOf('reactivation'));
  return { cents, ofYear: Math.min(cents, sumOf('derecognition', year)) };
}

import type { AccountingSetup } from '../../../core/books/chart-of-accounts.ts';
import {
  isTransfer,
  judge,
  problemsOfSetup,
  transferLeg,
  type ExportProblem,
  type SkipReason,
} from './datev-booking-service.ts';
import type { ExportRow } from './export-row-store.ts';

export interface AccountSum {
  readonly account: string;
  readonly currency: string;
  readonly debit: number;
  readonly credit: number;
  readonly bookings: number;
}

export interface CurrencySum {
  readonly currency: string;
  readonly bookings: number;
  readonly cents: number;
}

/** All that is known of the entries of a run before a byte of it is written. */
export interface ExportCheck {
  readonly entries: number;
  readonly problems: readonly ExportProblem[];
  /** How many problems there are in all; the list ends earlier. */
  readonly problemCount: number;
  readonly accounts: readonly AccountSum[];
  readonly currencies: readonly CurrencySum[];
  readonly skipped: ReadonlyMap<SkipReason, readonly number[]>;
  readonly skippedCurrencies: readonly string[];
  readonly transfers: 'export' | 'skip';
}

export const MAX_PROBLEMS_TOLD = 200;

/**
 * Looks at every entry once. Transfers between vouchers stay in the sub-ledger as long as they begin and end on the same
 * account; where one changes the account, all of them are exported over the account of TRANSFER.
 */
export async function checkEntries(setup: AccountingSetup, rows: AsyncIterable<ExportRow>): Promise<ExportCheck> {
  const problems: ExportProblem[] = [...problemsOfSetup(setup)];
  let problemCount = problems.length;
  const seen = new Set<string>();
  const note = (found: readonly ExportProblem[]): void => {
    for (const problem of found) {
      problemCount += 1;
      // A missing account is one thing to do, however many entries wait for it.
      const isOncePerValue = problem.code === 'account_missing' || problem.code === 'account_wrong';
      const key = `${problem.code} ${problem.value}`;
      if (isOncePerValue && seen.has(key)) continue;
      seen.add(key);
      if (problems.length < MAX_PROBLEMS_TOLD) problems.push(problem);
    }
  };
  const sums = createSums();
  const skipped = new Map<SkipReason, number[]>();
  const skippedCurrencies = new Set<string>();
  const skip = (reason: SkipReason, row: ExportRow): void => {
    const known = skipped.get(reason);
    skippedCurrencies.add(row.currency);
    if (known === undefined) skipped.set(reason, [row.id]);
    else known.push(row.id);
  };
  const waiting: ExportRow[] = [];
  const moved = new Map<string, number>();
  let entries = 0;
  for await (const row of rows) {
    entries += 1;
    if (isTransfer(row)) {
      const leg = transferLeg(setup, row);
      moved.set(leg.account, (moved.get(leg.account) ?? 0) + leg.cents);
      waiting.push(row);
      continue;
    }
    const judgement = judge(setup, row, 'export');
    if (judgement.kind === 'problem') note(judgement.problems);
    else if (judgement.kind === 'skip') skip(judgement.reason, row);
    else sums.add(judgement.booking);
  }
  const transfers = [...moved.values()].some((cents) => cents !== 0) ? 'export' : 'skip';
  for (const row of waiting) {
    const judgement = judge(setup, row, transfers);
    if (judgement.kind === 'problem') note(judgement.problems);
    else if (judgement.kind === 'skip') skip(judgement.reason, row);
    else sums.add(judgement.booking);
  }
  return {
    entries,
    problems,
    problemCount,
    ...sums.told(),
    skipped,
    skippedCurrencies: [...skippedCurrencies].sort(),
    transfers,
  };
}

function createSums() {
  const accounts = new Map<string, AccountSum>();
  const currencies = new Map<string, CurrencySum>();
  const move = (account: string, currency: string, debit: number, credit: number): void => {
    const key = `${account} ${currency}`;
    const known = accounts.get(key) ?? { account, currency, debit: 0, credit: 0, bookings: 0 };
    accounts.set(key, {
      ...known,
      debit: known.debit + debit,
      credit: known.credit + credit,
      bookings: known.bookings + 1,
    });
  };
  return {
    /** A Generalumkehr takes back on the side of the first booking, so it counts as less there. */
    add({
      debit,
      credit,
      cents,
      currency,
      isGeneralReversal,
    }: {
      debit: string;
      credit: string;
      cents: number;
      currency: string;
      isGeneralReversal: boolean;
    }): void {
      const signed = isGeneralReversal ? -cents : cents;
      move(debit, currency, signed, 0);
      move(credit, currency, 0, signed);
      const known = currencies.get(currency) ?? { currency, bookings: 0, cents: 0 };
      currencies.set(currency, { currency, bookings: known.bookings + 1, cents: known.cents + cents });
    },
    told: () => ({
      accounts: [...accounts.values()].sort((a, b) => (a.account + a.currency < b.account + b.currency ? -1 : 1)),
      currencies: [...currencies.values()].sort((a, b) => (a.currency < b.currency ? -1 : 1)),
    }),
  };
}

import type { AccountingSetup } from '../../../core/books/chart-of-accounts.ts';
import { jurisdictionOf, limitationDay } from '../../../core/books/limitation.ts';
import type { OpenState, RemainingLife } from '../../../core/books/liability-report.ts';
import type { BalanceGroup } from './liability-store.ts';

export interface AgeingLine {
  readonly currency: string;
  readonly key: string;
  readonly cents: number;
  readonly vouchers: number;
}

/** Balances added up by a key of their own. */
export function ageing(groups: readonly BalanceGroup[], keyOf: (group: BalanceGroup) => string): AgeingLine[] {
  const lines = new Map<string, AgeingLine>();
  for (const group of groups) {
    const key = keyOf(group);
    const known = lines.get(`${group.currency} ${key}`) ?? { currency: group.currency, key, cents: 0, vouchers: 0 };
    lines.set(`${group.currency} ${key}`, {
      ...known,
      cents: known.cents + group.cents,
      vouchers: known.vouchers + group.vouchers,
    });
  }
  return [...lines.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, line]) => line);
}

/** How long a voucher is still to be honoured. */
export function remainingLifeOf({ bookUntil }: BalanceGroup): RemainingLife {
  if (bookUntil === 'none') return 'endless';
  return bookUntil === 'past' || bookUntil === 'year' ? 'year' : bookUntil;
}

/** Time-barred is only what is past its end as well. */
export function stateOf(group: BalanceGroup, on: string, setup: AccountingSetup): OpenState {
  const { isBlocked, bookUntil, isForfeited } = group;
  if (isBlocked) return 'blocked';
  if (isBarred(group, on, setup) && (bookUntil === 'past' || bookUntil === 'none')) return 'time_barred';
  if (isForfeited === true) return 'forfeited';
  return bookUntil === 'past' ? 'expired' : 'redeemable';
}

function isBarred({ isBarred: known, claimYear = '' }: BalanceGroup, on: string, { chart }: AccountingSetup): boolean {
  return known ?? (claimYear !== '' && limitationDay(`${claimYear}-12-31`, jurisdictionOf(chart)) < on);
}

import { addDays } from '../../../core/calendar.ts';
import type { AccountBalance } from '../../../core/books/ledger-sums.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { accountBalances, accountVersions } from '../ledger/account-version-service.ts';

/** One account over some days; what stands on the debit side is above 0. */
export interface AccountRow {
  readonly account: string | null;
  readonly role: string;
  readonly currency: string;
  readonly opening: number;
  readonly debit: number;
  readonly credit: number;
  readonly closing: number;
}

/** Every account with what it had before these days, what moved in them and what it has at their end. */
export async function accountRows(
  connection: Connection,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<AccountRow[]> {
  const versions = await accountVersions(connection);
  const before = await accountBalances(connection, versions, { from: null, to: addDays(from, -1) });
  return merged(before, await accountBalances(connection, versions, { from, to }));
}

function merged(before: readonly AccountBalance[], moved: readonly AccountBalance[]): AccountRow[] {
  const keyOf = (one: AccountBalance): string => `${one.account ?? `~${one.role}`} ${one.currency}`;
  const rows = new Map<string, AccountRow>();
  for (const one of before) {
    const opening = one.debit - one.credit;
    rows.set(keyOf(one), {
      account: one.account,
      role: one.role,
      currency: one.currency,
      opening,
      debit: 0,
      credit: 0,
      closing: opening,
    });
  }
  for (const one of moved) {
    const opening = rows.get(keyOf(one))?.opening ?? 0;
    rows.set(keyOf(one), {
      account: one.account,
      role: one.role,
      currency: one.currency,
      opening,
      debit: one.debit,
      credit: one.credit,
      closing: opening + one.debit - one.credit,
    });
  }
  return [...rows.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

/** The sums of each currency; debit and credit are equal. */
export function sumsOf(
  rows: readonly AccountRow[],
): { currency: string; opening: number; debit: number; credit: number; closing: number; isEven: boolean }[] {
  return [...new Set(rows.map(({ currency }) => currency))].map((currency) => {
    const own = rows.filter((row) => row.currency === currency);
    const sum = (pick: (row: AccountRow) => number): number => own.reduce((total, row) => total + pick(row), 0);
    const [debit, credit] = [sum((row) => row.debit), sum((row) => row.credit)];
    return {
      currency,
      opening: sum((row) => row.opening),
      debit,
      credit,
      closing: sum((row) => row.closing),
      isEven: debit === credit,
    };
  });
}

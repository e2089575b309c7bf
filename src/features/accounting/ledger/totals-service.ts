import { isMemoRole } from '../../../core/books/account-role.ts';
import { accountOf, LIABILITY_ROLES, type AccountingSetup } from '../../../core/books/chart-of-accounts.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { readMonthlyTotals, readTotals, type Totals, type TotalsSpan } from './totals-store.ts';

export type { Totals, TotalsSpan };

/** All entries of these posting days, added up by event, roles, type, brand and currency. */
export function totals(connection: Connection, span: TotalsSpan): Promise<Totals[]> {
  return readTotals(connection, span);
}

/** One account with its movement; a role that has no account shows its own name. */
export interface AccountBalance {
  readonly account: string | null;
  readonly role: string;
  readonly currency: string;
  readonly debit: number;
  readonly credit: number;
  readonly entries: number;
}

/** Debit and credit of every account. Their sums are equal by construction: each entry has one of both. */
export function balancesOf(setup: AccountingSetup, rows: readonly Totals[]): AccountBalance[] {
  const balances = new Map<string, AccountBalance>();
  for (const row of rows) {
    for (const [role, debit, credit] of [
      [row.debitRole, row.cents, 0],
      [row.creditRole, 0, row.cents],
    ] as const) {
      const account = isMemoRole(role) ? null : accountOf(setup, role, row.type, row.brand);
      const key = `${account ?? role} ${row.currency}`;
      const known = balances.get(key) ?? { account, role, currency: row.currency, debit: 0, credit: 0, entries: 0 };
      balances.set(key, {
        ...known,
        debit: known.debit + debit,
        credit: known.credit + credit,
        entries: known.entries + row.entries,
      });
    }
  }
  return [...balances.values()].sort(
    (a, b) => compare(a.account ?? `~${a.role}`, b.account ?? `~${b.role}`) || compare(a.currency, b.currency),
  );
}

/** What came onto vouchers and what was redeemed from them in a month, net of what was given back. */
export interface MonthlyFlow {
  readonly month: string;
  readonly sold: number;
  readonly redeemed: number;
}

/** The flows of the months since a day in one currency, oldest first; months without any are left out. */
export async function monthlyFlows(connection: Connection, from: string, currency: string): Promise<MonthlyFlow[]> {
  const flows = new Map<string, MonthlyFlow>();
  for (const row of await readMonthlyTotals(connection, from)) {
    if (row.currency !== currency) continue;
    const known = flows.get(row.month) ?? { month: row.month, sold: 0, redeemed: 0 };
    const isIn =
      LIABILITY_ROLES.includes(row.creditRole) &&
      ['sale', 'top_up', 'issue', 'payment_in', 'deal_sale'].includes(row.event);
    const isRedeemed = ['redemption', 'deal_use'].includes(row.event) && LIABILITY_ROLES.includes(row.debitRole);
    const isGivenBack =
      ['redemption_reversal', 'deal_use_reversal'].includes(row.event) && LIABILITY_ROLES.includes(row.creditRole);
    flows.set(row.month, {
      month: row.month,
      sold: known.sold + (isIn ? row.cents : 0),
      redeemed: known.redeemed + (isRedeemed ? row.cents : isGivenBack ? -row.cents : 0),
    });
  }
  return [...flows.values()];
}

/** What is owed to holders of vouchers, per account and currency: credits less debits on the liability roles. */
export function liabilitiesOf(
  setup: AccountingSetup,
  rows: readonly Totals[],
): { readonly account: string | null; readonly role: string; readonly currency: string; readonly cents: number }[] {
  const owed = new Map<string, { account: string | null; role: string; currency: string; cents: number }>();
  for (const row of rows) {
    for (const [role, cents] of [
      [row.creditRole, row.cents],
      [row.debitRole, -row.cents],
    ] as const) {
      if (!LIABILITY_ROLES.includes(role)) continue;
      const account = accountOf(setup, role, row.type, row.brand);
      const key = `${account ?? role} ${row.currency}`;
      const known = owed.get(key) ?? { account, role, currency: row.currency, cents: 0 };
      owed.set(key, { ...known, cents: known.cents + cents });
    }
  }
  return [...owed.values()].sort(
    (a, b) => compare(a.account ?? a.role, b.account ?? b.role) || compare(a.currency, b.currency),
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import { LIABILITY_ROLES } from '../../../core/books/chart-of-accounts.ts';
import type { Totals } from '../../../core/books/ledger-sums.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { readMonthlyTotals, readTotals, type TotalsSpan } from './totals-store.ts';

export type { TotalsSpan };

/** All entries of these posting days, added up by event, roles, type, brand and currency. */
export function totals(connection: Connection, span: TotalsSpan): Promise<Totals[]> {
  return readTotals(connection, span);
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

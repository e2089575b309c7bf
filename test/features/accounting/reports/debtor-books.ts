import { debtorTotals } from '../../../../src/features/accounting/reports/debtor-item-service.ts';
import { totals } from '../../../../src/features/accounting/ledger/totals-service.ts';
import type { Connection } from '../../../../src/platform/data/db.ts';

/** Debits less credits of a role on a day, as the sums of the books say. */
export async function balanceOfRole(connection: Connection, role: string, day: string): Promise<number> {
  return (await totals(connection, { from: null, to: day })).reduce(
    (sum, row) => sum + (row.debitRole === role ? row.cents : 0) - (row.creditRole === role ? row.cents : 0),
    0,
  );
}

/** What the report of a day says of debtors beside bookings. */
export async function debtorsOn(connection: Connection, day: string): Promise<Record<string, number>> {
  const found = await debtorTotals(connection, { day, knownUntil: null });
  return Object.fromEntries(found.map(({ kind, cents }) => [kind, cents]));
}

/** What was posted under the number of an order or a refund, as `payment_in BANK DEBITOR 6000 2026-01-28`. */
export async function postedUnder(connection: Connection, documentNumber: string): Promise<string[]> {
  const rows = await connection('ledger_entries')
    .where({ document_number: documentNumber })
    .orderBy('id')
    .select<{ event: string; debit_role: string; credit_role: string; cents: number | string; posted_on: string }[]>();
  return rows.map(
    ({ event, debit_role: debit, credit_role: credit, cents, posted_on: day }) =>
      `${event} ${debit} ${credit} ${String(cents)} ${day}`,
  );
}

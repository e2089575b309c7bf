import { addDays } from '../../../core/calendar.ts';
import { accountOf, LIABILITY_ROLES, type AccountingSetup } from '../../../core/books/chart-of-accounts.ts';
import { movementLineOf, type MovementLine } from '../../../core/books/liability-report.ts';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { ageing, remainingLifeOf, stateOf, type AgeingLine } from './ageing-service.ts';
import { debtorTotals, type DebtorTotal } from './debtor-item-service.ts';
import { balancesOfDay } from './liability-day-service.ts';
import type { BalanceGroup } from './liability-store.ts';
import { periodFigures } from '../closing/period-service.ts';
import type { Totals } from '../../../core/books/ledger-sums.ts';
import { accountVersions, versionedTotals, type VersionedTotals } from '../ledger/account-version-service.ts';
import { totals } from '../ledger/totals-service.ts';

export interface LiabilityQuestion {
  /** The first day of the movements, and the day of the report (Stichtag); both posting days, included. */
  readonly from: string;
  readonly on: string;
  /** null: as known now. */
  readonly knownUntil: number | null;
  /** What the general ledger says, by `bookKey`; an account that is missing is not compared. */
  readonly books?: Readonly<Record<string, number>>;
}

/** One account of the books with the equation from its opening to its closing balance. */
export interface LiabilityColumn {
  readonly account: string | null;
  readonly role: string;
  readonly type: VoucherType;
  readonly brand: string | null;
  readonly currency: string;
  readonly opening: number;
  readonly movements: Readonly<Partial<Record<MovementLine, number>>>;
  readonly closing: number;
}

/** Two figures that were computed in different ways and must be the same. */
export interface CheckLine {
  readonly check: 'single_balances' | 'ledger' | 'no_negative' | 'previous_period' | 'books';
  /** Of the general ledger; null: all accounts together. */
  readonly account: string | null;
  readonly currency: string;
  readonly expected: number;
  readonly actual: number;
}

export type { AgeingLine };

export interface LiabilityReport {
  readonly columns: readonly LiabilityColumn[];
  readonly checks: readonly CheckLine[];
  readonly byIssueYear: readonly AgeingLine[];
  readonly byRemainingLife: readonly AgeingLine[];
  readonly byState: readonly AgeingLine[];
  /** What stands with debtors beside bookings: no liability of vouchers, and told beside them. */
  readonly debtors: readonly DebtorTotal[];
}

/** What is owed to holders of vouchers on a day, how it came to that, and whether it is right. */
export async function liabilityReport(connection: Connection, question: LiabilityQuestion): Promise<LiabilityReport> {
  const { from, on, knownUntil } = question;
  const versions = await accountVersions(connection);
  const sums = (first: string | null, last: string): Promise<VersionedTotals[]> =>
    versionedTotals(connection, versions, { from: first, to: last, knownUntil });
  const { groups, setup } = await balancesOfDay(connection, { day: on, knownUntil });
  const columns = columnsOf(await sums(null, addDays(from, -1)), await sums(from, on));
  return {
    columns,
    checks: [
      ...singleBalanceChecks(columns, groups),
      ...ledgerChecks(columns, await totals(connection, { from: null, to: on, knownUntil })),
      ...negativeChecks(columns, groups),
      ...(knownUntil === null ? await previousPeriodChecks(connection, from, columns) : []),
      ...bookChecks(columns, question.books ?? {}),
    ],
    byIssueYear: ageing(groups, ({ issueYear }) => issueYear),
    byRemainingLife: ageing(groups, remainingLifeOf),
    byState: ageing(groups, (group) => stateOf(group, on, setup)),
    debtors: await debtorTotals(connection, { day: on, knownUntil }),
  };
}

export interface BookAccount {
  readonly key: string;
  readonly account: string;
  readonly currency: string;
  readonly closing: number;
}

/** The accounts of the general ledger as the report closes them: several roles, types and brands may stand on one. */
export function bookAccounts(columns: readonly LiabilityColumn[]): BookAccount[] {
  const accounts = new Map<string, BookAccount>();
  for (const { account, role, currency, closing } of columns) {
    const key = `${account ?? role}-${currency}`;
    accounts.set(key, {
      key,
      account: account ?? role,
      currency,
      closing: (accounts.get(key)?.closing ?? 0) + closing,
    });
  }
  return [...accounts.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function bookChecks(columns: readonly LiabilityColumn[], books: Readonly<Record<string, number>>): CheckLine[] {
  return bookAccounts(columns).flatMap(({ key, account, currency, closing }) => {
    const expected = books[key];
    return expected === undefined ? [] : [{ check: 'books' as const, account, currency, expected, actual: closing }];
  });
}

type GrowingColumn = { -readonly [field in keyof LiabilityColumn]: LiabilityColumn[field] };

/** A role has a column for each account it stood on. */
function columnsOf(before: readonly VersionedTotals[], moved: readonly VersionedTotals[]): LiabilityColumn[] {
  const columns = new Map<string, GrowingColumn>();
  const columnOf = (setup: AccountingSetup, role: string, { type, brand, currency }: Totals) => {
    if (type === null) throw new Error('value of vouchers stands on an entry of none');
    const account = accountOf(setup, role, type, brand);
    const key = [role, type, brand ?? '', currency, account ?? ''].join(' ');
    const known = columns.get(key) ?? {
      account,
      role,
      type,
      brand,
      currency,
      opening: 0,
      movements: {},
      closing: 0,
    };
    columns.set(key, known);
    return known;
  };
  for (const { setup, rows } of before)
    for (const [role, cents, row] of legs(rows)) {
      const column = columnOf(setup, role, row);
      column.opening += cents;
      column.closing += cents;
    }
  for (const { setup, rows } of moved)
    for (const [role, cents, row] of legs(rows)) {
      const column = columnOf(setup, role, row);
      const line = movementLineOf(row.event);
      column.movements = { ...column.movements, [line]: (column.movements[line] ?? 0) + cents };
      column.closing += cents;
    }
  // In the order of the chart, as accountants read it.
  const place = ([key, { account, role }]: [string, GrowingColumn]): string => `${account ?? `~${role}`} ${key}`;
  return [...columns.entries()].sort((a, b) => (place(a) < place(b) ? -1 : 1)).map(([, column]) => column);
}

/** What each row adds to a liability: credits raise it, debits lower it. */
function* legs(rows: readonly Totals[]): Generator<[string, number, Totals]> {
  for (const row of rows) {
    if (LIABILITY_ROLES.includes(row.creditRole)) yield [row.creditRole, row.cents, row];
    if (LIABILITY_ROLES.includes(row.debitRole)) yield [row.debitRole, -row.cents, row];
  }
}

function owedOf(rows: readonly Totals[]): Map<string, number> {
  const owed = new Map<string, number>();
  for (const [, cents, { currency }] of legs(rows)) owed.set(currency, (owed.get(currency) ?? 0) + cents);
  return owed;
}

/** Every cent stands on a voucher: on its balance, or as a rest of it that lapsed. */
function singleBalanceChecks(columns: readonly LiabilityColumn[], groups: readonly BalanceGroup[]): CheckLine[] {
  return currenciesOf(columns, groups).map((currency) => ({
    check: 'single_balances',
    account: null,
    currency,
    expected: sumOf(columns.filter((column) => column.currency === currency).map(({ closing }) => closing)),
    actual: sumOf(groups.filter((group) => group.currency === currency).map(({ cents }) => cents)),
  }));
}

/** Nobody can owe us value of a voucher. */
function negativeChecks(columns: readonly LiabilityColumn[], groups: readonly BalanceGroup[]): CheckLine[] {
  return currenciesOf(columns, groups).map((currency) => ({
    check: 'no_negative',
    account: null,
    currency,
    expected: 0,
    actual: sumOf(groups.filter((group) => group.currency === currency).map(({ negative = 0 }) => negative)),
  }));
}

function ledgerChecks(columns: readonly LiabilityColumn[], all: readonly Totals[]): CheckLine[] {
  const owed = owedOf(all);
  return currenciesOf(columns, []).map((currency) => ({
    check: 'ledger',
    account: null,
    currency,
    expected: owed.get(currency) ?? 0,
    actual: sumOf(columns.filter((column) => column.currency === currency).map(({ closing }) => closing)),
  }));
}

/** Where the month before is closed, its closing balance is our opening one. */
async function previousPeriodChecks(
  connection: Connection,
  from: string,
  columns: readonly LiabilityColumn[],
): Promise<CheckLine[]> {
  const dayBefore = addDays(from, -1);
  if (from.slice(8) !== '01') return [];
  const figures = await periodFigures(connection, dayBefore.slice(0, 7));
  if (figures === null) return [];
  const moved = owedOf(figures.totals);
  const earlier = owedOf(await totals(connection, { from: null, to: addDays(`${dayBefore.slice(0, 7)}-01`, -1) }));
  return currenciesOf(columns, []).map((currency) => ({
    check: 'previous_period',
    account: null,
    currency,
    expected: (earlier.get(currency) ?? 0) + (moved.get(currency) ?? 0),
    actual: sumOf(columns.filter((column) => column.currency === currency).map(({ opening }) => opening)),
  }));
}

function currenciesOf(columns: readonly LiabilityColumn[], groups: readonly { readonly currency: string }[]): string[] {
  return [...new Set([...columns, ...groups].map(({ currency }) => currency))].sort();
}

function sumOf(cents: readonly number[]): number {
  return cents.reduce((sum, one) => sum + one, 0);
}

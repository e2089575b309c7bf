import type { AccountingSetup } from '../../../core/books/chart-of-accounts.ts';
import {
  balancesOf,
  liabilitiesOf,
  type AccountBalance,
  type OwedOnAccount,
  type Totals,
} from '../../../core/books/ledger-sums.ts';
import { firstDayOf, lastDayOf, monthAfter, monthsBetween } from '../../../core/month.ts';
import type { Connection } from '../../../platform/data/db.ts';
import {
  findClosedMonths,
  findLiveRuns,
  readRunTotals,
  type ClosedMonth,
  type RunMonths,
} from './account-version-store.ts';
import { withPartnerAccounts } from '../partner-accounts/partner-account-service.ts';
import { currentSetup, setupVersion, type CurrentSetup } from './setup-service.ts';
import { totals, type TotalsSpan } from './totals-service.ts';

/** Days in which one version of the accounts holds; null: without a bound. */
export interface AccountDays {
  readonly setup: AccountingSetup;
  readonly from: string | null;
  readonly to: string | null;
}

/** A run whose file says other accounts than its days have now. */
export interface ExportedRun {
  readonly id: string;
  readonly setup: AccountingSetup;
  /** What was closed before it went out with the accounts it was closed with. */
  readonly from: string;
  readonly setupId: string | null;
}

/**
 * Which account an entry stands on, for ever: what was exported stands where the file of its run says, what is closed where
 * it stood when its month was closed, and all else where the present version says.
 */
export interface AccountVersions {
  /** The oldest first, without a gap; the last one is the present. */
  readonly days: readonly AccountDays[];
  readonly runs: readonly ExportedRun[];
  setupOf(postedOn: string, runId: string | null): AccountingSetup;
  /** The id of that version; null: the proposals of SKR03. */
  idOf(postedOn: string, runId: string | null): string | null;
}

export async function accountVersions(connection: Connection): Promise<AccountVersions> {
  const closed = await findClosedMonths(connection);
  const current = await currentSetup(connection);
  const setupFor = setupsOf(connection, current);
  const days = await daysOf(closed, current, setupFor);
  const versionOn = (day: string): VersionDays | undefined => days.find(({ to }) => to === null || day <= to);
  const runs: ExportedRun[] = [];
  for (const run of await findLiveRuns(connection)) {
    const months = monthsBetween(run.fromMonth, run.toMonth).filter((month) => !isClosedBefore(run, month, closed));
    if (months[0] !== undefined && months.some((month) => versionOn(firstDayOf(month))?.setupId !== run.setupId))
      runs.push({ id: run.id, setup: await setupFor(run.setupId), setupId: run.setupId, from: firstDayOf(months[0]) });
  }
  const holds = (postedOn: string, runId: string | null): ExportedRun | VersionDays | undefined =>
    runs.find(({ id, from }) => id === runId && postedOn >= from) ?? versionOn(postedOn);
  return {
    days,
    runs,
    setupOf: (postedOn, runId) => holds(postedOn, runId)?.setup ?? current.setup,
    idOf: (postedOn, runId) => holds(postedOn, runId)?.setupId ?? null,
  };
}

interface VersionDays extends AccountDays {
  readonly setupId: string | null;
}

type SetupFor = (id: string | null) => Promise<AccountingSetup>;

function setupsOf(connection: Connection, current: CurrentSetup): SetupFor {
  const known = new Map<string | null, AccountingSetup>([[current.id, current.setup]]);
  return async (id) => {
    const setup = known.get(id) ?? (await setupVersion(connection, id));
    known.set(id, setup);
    return setup;
  };
}

/** Closed months that follow one another with the same version are one stretch of days; the present follows the last. */
async function daysOf(
  closed: readonly ClosedMonth[],
  current: CurrentSetup,
  setupFor: SetupFor,
): Promise<VersionDays[]> {
  const days: VersionDays[] = [];
  for (const { month, setupId } of closed) {
    const last = days.at(-1);
    const to = lastDayOf(month);
    if (last?.setupId === setupId) days[days.length - 1] = { ...last, to };
    else
      days.push({ setup: await setupFor(setupId), setupId, from: last === undefined ? null : firstDayOf(month), to });
  }
  const newest = closed.at(-1)?.month;
  const from = newest === undefined ? null : firstDayOf(monthAfter(newest));
  return [...days, { setup: current.setup, setupId: current.id, from, to: null }];
}

function isClosedBefore({ createdAt }: RunMonths, month: string, closed: readonly ClosedMonth[]): boolean {
  return closed.some((one) => one.month === month && one.closedAt <= createdAt);
}

/** What is closed goes out on the accounts it was closed with; how the file is written is the run's own. */
export async function exportSetups(
  connection: Connection,
  setup: AccountingSetup,
): Promise<(entry: { readonly postedOn: string }) => AccountingSetup> {
  const versions = await accountVersions(connection);
  return ({ postedOn }) => ({ ...setup, accounts: versions.setupOf(postedOn, null).accounts });
}

/** Sums whose accounts are those of one version. */
export interface VersionedTotals {
  readonly setup: AccountingSetup;
  readonly rows: readonly Totals[];
}

/** All entries of these days added up, each with the version whose accounts it stands on. */
export async function versionedTotals(
  connection: Connection,
  versions: AccountVersions,
  span: TotalsSpan,
  read: (connection: Connection, span: TotalsSpan) => Promise<Totals[]> = totals,
): Promise<VersionedTotals[]> {
  const found: VersionedTotals[] = [];
  for (const days of versions.days) {
    const part = overlapOf(days, span);
    if (part === null) continue;
    found.push({ setup: days.setup, rows: await read(connection, part) });
    for (const run of versions.runs) {
      const own = overlapOf({ ...run, to: null }, part);
      const rows = own === null ? [] : await readRunTotals(connection, run.id, own);
      if (rows.length > 0) found.push({ setup: days.setup, rows: rows.map(negated) }, { setup: run.setup, rows });
    }
  }
  return found;
}

function overlapOf(days: AccountDays, span: TotalsSpan): TotalsSpan | null {
  const from = later(days.from, span.from);
  const to = earlier(days.to, span.to);
  return from !== null && to !== null && from > to ? null : { ...span, from, to };
}

function later(a: string | null, b: string | null): string | null {
  return a === null || b === null ? (a ?? b) : a > b ? a : b;
}

function earlier(a: string | null, b: string | null): string | null {
  return a === null || b === null ? (a ?? b) : a < b ? a : b;
}

function negated(row: Totals): Totals {
  return { ...row, cents: -row.cents, entries: -row.entries };
}

/** Debit and credit of every account over some days, each entry on the account of its version. */
export async function accountBalances(
  connection: Connection,
  versions: AccountVersions,
  span: TotalsSpan,
): Promise<AccountBalance[]> {
  const merged = new Map<string, AccountBalance>();
  for (const { setup, rows } of await versionedTotals(connection, versions, span, partnerTotals))
    for (const one of balancesOf(setup, rows)) {
      const key = `${one.account ?? `~${one.role}`} ${one.currency}`;
      const known = merged.get(key);
      merged.set(key, {
        ...one,
        debit: (known?.debit ?? 0) + one.debit,
        credit: (known?.credit ?? 0) + one.credit,
        entries: (known?.entries ?? 0) + one.entries,
      });
    }
  return inOrder(merged).filter(({ entries }) => entries !== 0);
}

/** What is between partners and us stands on each partner's own account. */
async function partnerTotals(connection: Connection, span: TotalsSpan): Promise<Totals[]> {
  return withPartnerAccounts(connection, await totals(connection, span), span);
}

/** What is owed to holders on each account at the end of a day. */
export async function accountLiabilities(
  connection: Connection,
  versions: AccountVersions,
  until: string,
): Promise<OwedOnAccount[]> {
  const merged = new Map<string, OwedOnAccount>();
  for (const { setup, rows } of await versionedTotals(connection, versions, { from: null, to: until }))
    for (const one of liabilitiesOf(setup, rows)) {
      const key = `${one.account ?? one.role} ${one.currency}`;
      merged.set(key, { ...one, cents: (merged.get(key)?.cents ?? 0) + one.cents });
    }
  return inOrder(merged);
}

function inOrder<T>(merged: ReadonlyMap<string, T>): T[] {
  return [...merged.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

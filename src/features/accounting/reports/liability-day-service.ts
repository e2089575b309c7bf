import type { AccountingSetup } from '../../../core/books/chart-of-accounts.ts';
import { jurisdictionOf, lastBarredClaim } from '../../../core/books/limitation.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';
import { findKeptDay, keepDay } from './liability-day-store.ts';
import { groupBalances, hasLaterEntries, type BalanceGroup, type Cut, type LifeDays } from './liability-store.ts';
import { readOpenFrom } from '../ledger/period-store.ts';
import { readLastEntryId } from '../proof/seal-store.ts';
import { currentSetup, setupVersion } from '../ledger/setup-service.ts';

export interface BalancesOfDay {
  readonly groups: readonly BalanceGroup[];
  readonly setup: AccountingSetup;
}

/**
 * The single balances of a day, grouped for the ageing, and the setup its accounts come from. Those of a closed day are
 * kept when they are first asked for, at the latest when its month is closed if it is the last of one, so that a report
 * of it says the same for ever.
 */
export async function balancesOfDay(connection: Connection, cut: Cut): Promise<BalancesOfDay> {
  const openFrom = await readOpenFrom(connection);
  const current = await currentSetup(connection);
  const isClosed = cut.knownUntil === null && openFrom !== null && cut.day < openFrom;
  const days = lifeDays(cut.day, current.setup);
  if (!isClosed) return { groups: await groupBalances(connection, cut, days), setup: current.setup };
  const kept = await findKeptDay(connection, cut.day);
  if (kept !== null)
    return {
      groups: await withForfeited(connection, cut, parseJson<BalanceGroup[]>(kept.balanceGroups), days),
      setup: await setupVersion(connection, kept.setupId),
    };
  const groups = await groupBalances(connection, cut, days);
  await keepDay(connection, cut.day, { setupId: current.id, balanceGroups: JSON.stringify(groups) });
  return balancesOfDay(connection, cut);
}

/** Up to here a report of any day is there in about a second. */
const ENTRIES_REPORTED_AT_ONCE = 1_000_000;

/** Whether a report takes long: large books on a day that is neither kept nor after all that was posted. */
export async function isReportSlow(connection: Connection, cut: Cut): Promise<boolean> {
  if ((await readLastEntryId(connection)) <= ENTRIES_REPORTED_AT_ONCE) return false;
  if (cut.knownUntil !== null) return true;
  return (await hasLaterEntries(connection, cut)) && (await findKeptDay(connection, cut.day)) === null;
}

/** A day that was kept before lapsed rests were listed gets them from the entries, which nothing changes any more. */
async function withForfeited(
  connection: Connection,
  cut: Cut,
  kept: readonly BalanceGroup[],
  days: LifeDays,
): Promise<readonly BalanceGroup[]> {
  if (kept.some(({ isForfeited }) => isForfeited !== undefined)) return kept;
  return [...kept, ...(await groupBalances(connection, cut, days)).filter(({ isForfeited }) => isForfeited === true)];
}

function lifeDays(day: string, { chart }: AccountingSetup): LifeDays {
  return {
    inOneYear: yearsAfter(day, 1),
    inFiveYears: yearsAfter(day, 5),
    lastClaim: lastBarredClaim(day, jurisdictionOf(chart)),
  };
}

function yearsAfter(day: string, years: number): string {
  return `${Number(day.slice(0, 4)) + years}${day.slice(4) === '-02-29' ? '-02-28' : day.slice(4)}`;
}

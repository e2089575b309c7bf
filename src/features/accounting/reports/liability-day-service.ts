import type { AccountingSetup } from '../../../core/books/chart-of-accounts.ts';
import { jurisdictionOf, lastBarredClaim } from '../../../core/books/limitation.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { isDuplicateKey, isMysqlConnection, type Connection } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';
import { keepItems } from './kept-item-service.ts';
import { findKeptDay, hasKeptItems, insertKeptDay } from './liability-day-store.ts';
import { groupBalances, hasLaterEntries, type BalanceGroup, type Cut, type LifeDays } from './liability-store.ts';
import { readOpenFrom } from '../ledger/period-store.ts';
import { readLastEntryId } from '../proof/seal-store.ts';
import { accountVersions } from '../ledger/account-version-service.ts';
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
  if (!(await isDayClosed(connection, cut))) {
    const { setup } = await currentSetup(connection);
    return { groups: await groupBalances(connection, cut, lifeDays(cut.day, setup)), setup };
  }
  const kept = await findKeptDay(connection, cut.day);
  if (kept !== null) {
    const setup = await setupVersion(connection, kept.setupId);
    const groups = parseJson<BalanceGroup[]>(kept.balanceGroups);
    return { groups: await withForfeited(connection, cut, groups, lifeDays(cut.day, setup)), setup };
  }
  await keepDay(connection, cut);
  return balancesOfDay(connection, cut);
}

/** Whether the open items of a day are kept with its balances; before they are asked for, they are. */
export async function hasItemsOfDay(connection: Connection, cut: Cut): Promise<boolean> {
  if (!(await isDayClosed(connection, cut))) return false;
  if ((await findKeptDay(connection, cut.day)) === null) await keepDay(connection, cut);
  return hasKeptItems(connection, cut.day);
}

async function isDayClosed(connection: Connection, { day, knownUntil }: Cut): Promise<boolean> {
  const openFrom = await readOpenFrom(connection);
  return knownUntil === null && openFrom !== null && day < openFrom;
}

/** Balances and items of one moment. Of two that ask at once one keeps them. */
async function keepDay(connection: Connection, cut: Cut): Promise<void> {
  const versions = await accountVersions(connection);
  const [setupId, setup] = [versions.idOf(cut.day, null), versions.setupOf(cut.day, null)];
  try {
    await connection.transaction(
      async (trx) => {
        const groups = await groupBalances(trx, cut, lifeDays(cut.day, setup));
        await insertKeptDay(trx, cut.day, { setupId, balanceGroups: JSON.stringify(groups) });
        await keepItems(trx, cut);
        const told = {
          actor: 'system',
          action: 'accounting.keep_day',
          entity: 'accounting',
          entityId: `day:${cut.day}`,
        };
        await writeAudit(trx, [{ ...told, recordedAt: Date.now(), changes: null }]);
      },
      isMysqlConnection(connection) ? { isolationLevel: 'repeatable read' } : {},
    );
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
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

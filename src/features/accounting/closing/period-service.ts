import { addDays } from '../../../core/calendar.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database, type Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { parseJson } from '../../../platform/data/json.ts';
import { balancesOfDay } from '../reports/liability-day-service.ts';
import { firstDayOf, lastDayOf, monthAfter, monthOf, monthsBetween } from '../../../core/month.ts';
import {
  findClosedPeriods,
  findFigures,
  insertClosedPeriod,
  readOpenFrom,
  readPostedDays,
  writeOpenFrom,
  type ClosedPeriod,
} from '../ledger/period-store.ts';
import { verifyAndRecord } from '../proof/proof-service.ts';
import { countMonth } from '../proof/proof-store.ts';
import { sealRecords } from '../records/record-seal-service.ts';
import { sealLedger } from '../proof/seal-service.ts';
import { currentSetup } from '../ledger/setup-service.ts';
import type { Totals } from '../../../core/books/ledger-sums.ts';
import { totals } from '../ledger/totals-service.ts';
import { readMonthCounts } from '../ledger/totals-store.ts';

export interface Period {
  readonly month: string;
  readonly entries: number;
  readonly closed: Omit<ClosedPeriod, 'figures' | 'month' | 'setupId'> | null;
  /** Whether this is the one to close next. */
  readonly isNext: boolean;
  /** The first day on which it may be closed. */
  readonly closableFrom: string;
}

/** What stood in the books when a month was closed: a report of it shows the same for ever. */
export interface PeriodFigures {
  readonly cents: number;
  readonly totals: readonly Totals[];
}

/** Told at once: ten years. */
const MAX_PERIODS = 120;

/** Every month from the first entry to this one, the newest first. */
export async function listPeriods(connection: Connection, today: string): Promise<Period[]> {
  const counts = new Map((await readMonthCounts(connection)).map(({ month, entries }) => [month, entries]));
  const closed = new Map((await findClosedPeriods(connection, MAX_PERIODS)).map((period) => [period.month, period]));
  const next = await monthToClose(connection, today);
  const first = [...counts.keys(), ...closed.keys(), monthOf(today)].sort()[0] ?? monthOf(today);
  const last = [...counts.keys(), monthOf(today)].sort().at(-1) ?? monthOf(today);
  return monthsBetween(first, last)
    .reverse()
    .slice(0, MAX_PERIODS)
    .map((month) => {
      const period = closed.get(month);
      return {
        month,
        entries: counts.get(month) ?? 0,
        closed:
          period === undefined
            ? null
            : { closedAt: period.closedAt, closedBy: period.closedBy, entries: period.entries },
        isNext: month === next && today >= closableFrom(month),
        closableFrom: closableFrom(month),
      };
    });
}

/** The figures a closed month had; null: it is open. */
export async function periodFigures(connection: Connection, month: string): Promise<PeriodFigures | null> {
  const figures = await findFigures(connection, month);
  return figures === null ? null : parseJson<PeriodFigures>(figures);
}

/**
 * Closes a month for good: the oldest open one, from the second day after its end on, and only when the whole of the books
 * proves right. What `remember` writes is committed with it. What is entered for it later is posted on the first day of the next month.
 */
export async function closeMonth(
  database: Database,
  month: string,
  actor: string,
  moment: { readonly now: number; readonly today: string },
  remember?: (trx: Transaction, entries: number) => Promise<void>,
): Promise<{ readonly month: string; readonly entries: number }> {
  await requireClosable(database.knex, month, moment.today);
  const { problem } = await verifyAndRecord(database, actor, moment.now);
  if (problem !== null) throw appError('books_disagree');
  await sealLedger(database, actor, moment.now);
  const closed = await inTransaction(database, async (trx) => {
    await readOpenFrom(trx, 'exclusive');
    await requireClosable(trx, month, moment.today);
    const { entries, cents } = await countMonth(trx, firstDayOf(month), lastDayOf(month));
    const sums = await totals(trx, { from: firstDayOf(month), to: lastDayOf(month) });
    const figures = JSON.stringify({ cents, totals: sums } satisfies PeriodFigures);
    const { id: setupId } = await currentSetup(trx);
    await insertClosedPeriod(trx, { month, closedAt: moment.now, closedBy: actor, entries, figures, setupId });
    await writeOpenFrom(trx, firstDayOf(monthAfter(month)));
    await writeAudit(trx, [
      {
        recordedAt: moment.now,
        actor,
        action: 'accounting.close',
        entity: 'accounting',
        entityId: `month:${month}`,
        changes: { entries, cents },
      },
    ]);
    await remember?.(trx, entries);
    return { month, entries };
  });
  await balancesOfDay(database.knex, { day: lastDayOf(month), knownUntil: null });
  await sealRecords(database, actor, moment.now);
  return closed;
}

async function requireClosable(connection: Connection, month: string, today: string): Promise<void> {
  if (month !== (await monthToClose(connection, today))) throw appError('period_not_next');
  if (today < closableFrom(month)) throw appError('period_not_over');
}

async function monthToClose(connection: Connection, today: string): Promise<string> {
  const openFrom = await readOpenFrom(connection);
  if (openFrom !== null) return monthOf(openFrom);
  return monthOf((await readPostedDays(connection))?.first ?? today);
}

/** A day after the end, so that no transaction of its last day can still be on its way. */
function closableFrom(month: string): string {
  return addDays(lastDayOf(month), 2);
}

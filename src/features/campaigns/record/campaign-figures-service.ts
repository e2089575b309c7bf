import { dayOf } from '../../../platform/process/clock.ts';
import { inTransaction, type Connection, type Database } from '../../../platform/data/db.ts';
import {
  addToMonth,
  findMonths,
  findRedeemedLines,
  findReversedLines,
  lockCursor,
  moveCursor,
  sumHeld,
  type CampaignEvent,
  type MonthFigures,
} from './campaign-figures-store.ts';

export type { MonthFigures };

export interface CampaignFigures {
  readonly redemptions: number;
  /** What the codes applied and was not given back. */
  readonly granted: number;
  /** The trip prices of the bookings the codes were redeemed in. */
  readonly revenue: number;
  readonly months: readonly MonthFigures[];
}

const ROWS_PER_STEP = 5000;
/** Steps one page waits for; the rest is added up by the next. */
const MAX_STEPS = 10;
/** Rows become visible in the order of their commits, not of their ids: a minute later all lower ids are there. */
const SETTLED_MS = 60_000;

/** Adds up what was redeemed and given back since the last time; a page that shows figures calls it first. */
export async function addUpFigures(database: Database, now: number, timeZone: string): Promise<void> {
  for (let step = 0; step < MAX_STEPS; step++) {
    if ((await addUpStep(database, now - SETTLED_MS, timeZone)) < ROWS_PER_STEP) return;
  }
}

export async function figuresOf(
  connection: Connection,
  campaignIds: readonly string[],
): Promise<Map<string, CampaignFigures>> {
  const months = await findMonths(connection, campaignIds);
  return new Map(campaignIds.map((id) => [id, summed(months.get(id) ?? [])]));
}

export function heldOf(connection: Connection, campaignId: string, now: number): Promise<number> {
  return sumHeld(connection, campaignId, now);
}

async function addUpStep(database: Database, until: number, timeZone: string): Promise<number> {
  return inTransaction(database, async (trx) => {
    const cursor = await lockCursor(trx);
    const lines = await findRedeemedLines(trx, cursor.lineId, until, ROWS_PER_STEP);
    const reversals = await findReversedLines(trx, cursor.reversalId, until, ROWS_PER_STEP);
    const sums = new Map<
      string,
      {
        campaignId: string;
        month: string;
        redemptions: number;
        reversals: number;
        applied: number;
        givenBack: number;
        tripPrice: number;
      }
    >();
    const sumOf = ({ campaignId, at }: CampaignEvent) => {
      if (campaignId === null) return null;
      const month = dayOf(at, timeZone).slice(0, 7);
      const key = `${campaignId} ${month}`;
      const sum = sums.get(key) ?? {
        campaignId,
        month,
        redemptions: 0,
        reversals: 0,
        applied: 0,
        givenBack: 0,
        tripPrice: 0,
      };
      sums.set(key, sum);
      return sum;
    };
    for (const line of lines) {
      const sum = sumOf(line);
      if (sum === null) continue;
      sum.redemptions += 1;
      sum.applied += line.cents;
      sum.tripPrice += line.tripPrice;
    }
    for (const line of reversals) {
      const sum = sumOf(line);
      if (sum === null) continue;
      sum.reversals += 1;
      sum.givenBack += line.cents;
    }
    for (const { campaignId, month, ...figures } of sums.values()) await addToMonth(trx, campaignId, month, figures);
    await moveCursor(trx, {
      lineId: lines.at(-1)?.id ?? cursor.lineId,
      reversalId: reversals.at(-1)?.id ?? cursor.reversalId,
    });
    return Math.max(lines.length, reversals.length);
  });
}

function summed(months: readonly MonthFigures[]): CampaignFigures {
  const sum = (of: (month: MonthFigures) => number): number => months.reduce((total, month) => total + of(month), 0);
  return {
    redemptions: sum(({ redemptions }) => redemptions),
    granted: sum(({ applied, givenBack }) => applied - givenBack),
    revenue: sum(({ tripPrice }) => tripPrice),
    months,
  };
}

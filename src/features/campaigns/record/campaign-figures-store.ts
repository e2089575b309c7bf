import type { Knex } from 'knex';
import { toFigure } from '../../../platform/data/db.ts';

export interface FiguresCursor {
  readonly lineId: string;
  readonly reversalId: string;
}

/** A redemption or reversal of a code of a campaign. */
export interface CampaignEvent {
  readonly id: string;
  readonly campaignId: string | null;
  readonly at: number;
  readonly cents: number;
  readonly tripPrice: number;
}

export interface MonthFigures {
  readonly month: string;
  readonly redemptions: number;
  readonly reversals: number;
  readonly applied: number;
  readonly givenBack: number;
  readonly tripPrice: number;
}

/** Locked, so that two processes never add up the same rows. */
export async function lockCursor(trx: Knex.Transaction): Promise<FiguresCursor> {
  const row = await trx('campaign_figures_cursor')
    .where({ id: 1 })
    .forUpdate()
    .first<{ line_id: unknown; reversal_id: unknown } | undefined>();
  return { lineId: String(row?.line_id ?? 0), reversalId: String(row?.reversal_id ?? 0) };
}

export async function moveCursor(trx: Knex.Transaction, cursor: FiguresCursor): Promise<void> {
  await trx('campaign_figures_cursor')
    .where({ id: 1 })
    .update({ line_id: cursor.lineId, reversal_id: cursor.reversalId });
}

/** A booking with several codes of one campaign is one booking of it. */
const TRIP_PRICE_ONCE = `case when exists (select 1 from redemption_lines e where e.redemption_id = l.redemption_id and e.campaign_id = l.campaign_id and e.id < l.id)
  then 0 else d.trip_price end as trip_price`;

export async function findRedeemedLines(
  trx: Knex.Transaction,
  afterId: string,
  until: number,
  limit: number,
): Promise<CampaignEvent[]> {
  const rows = await trx('redemption_lines as l')
    .join('redemptions as d', 'd.id', 'l.redemption_id')
    .where('l.id', '>', afterId)
    .orderBy('l.id')
    .limit(limit)
    .select<EventRow[]>('l.id', 'l.campaign_id', 'd.redeemed_at as at', 'l.applied as cents', trx.raw(TRIP_PRICE_ONCE));
  return untilTime(rows, until);
}

/** A reversal may have several lines; all of one come together. */
export async function findReversedLines(
  trx: Knex.Transaction,
  afterId: string,
  until: number,
  limit: number,
): Promise<CampaignEvent[]> {
  const ids = await trx('reversals')
    .where('id', '>', afterId)
    .where('reversed_at', '<=', until)
    .orderBy('id')
    .limit(limit)
    .pluck<(number | string)[]>('id');
  if (ids.length === 0) return [];
  const rows = await trx('reversal_lines as y')
    .join('reversals as x', 'x.id', 'y.reversal_id')
    .join('redemption_lines as l', 'l.id', 'y.redemption_line_id')
    .whereIn('y.reversal_id', ids)
    .orderBy('y.reversal_id')
    .select<EventRow[]>(
      'x.id',
      'l.campaign_id',
      'x.reversed_at as at',
      'y.amount as cents',
      trx.raw('0 as trip_price'),
    );
  return untilTime(rows, until);
}

export async function addToMonth(
  trx: Knex.Transaction,
  campaignId: string,
  month: string,
  figures: Omit<MonthFigures, 'month'>,
): Promise<void> {
  const { redemptions, reversals, applied, givenBack, tripPrice } = figures;
  const plus = (column: string, value: number): Knex.Raw => trx.raw('?? + ?', [`campaign_months.${column}`, value]);
  await trx('campaign_months')
    .insert({
      campaign_id: campaignId,
      month,
      redemptions,
      reversals,
      applied,
      given_back: givenBack,
      trip_price: tripPrice,
    })
    .onConflict(['campaign_id', 'month'])
    .merge({
      redemptions: plus('redemptions', redemptions),
      reversals: plus('reversals', reversals),
      applied: plus('applied', applied),
      given_back: plus('given_back', givenBack),
      trip_price: plus('trip_price', tripPrice),
    });
}

export async function findMonths(knex: Knex, campaignIds: readonly string[]): Promise<Map<string, MonthFigures[]>> {
  const months = new Map<string, MonthFigures[]>();
  if (campaignIds.length === 0) return months;
  const rows = await knex('campaign_months')
    .whereIn('campaign_id', [...campaignIds])
    .orderBy('month')
    .select<MonthRow[]>();
  for (const row of rows) {
    const id = String(row.campaign_id);
    const figures = {
      month: row.month,
      redemptions: row.redemptions,
      reversals: row.reversals,
      applied: toFigure(row.applied),
      givenBack: toFigure(row.given_back),
      tripPrice: toFigure(row.trip_price),
    };
    months.set(id, [...(months.get(id) ?? []), figures]);
  }
  return months;
}

/** What open bookings hold of the budget. */
export async function sumHeld(knex: Knex, campaignId: string, now: number): Promise<number> {
  const row = await knex('hold_lines')
    .where({ campaign_id: campaignId })
    .where('expires_at', '>', now)
    .first<{ sum: unknown } | undefined>(knex.raw('coalesce(sum(amount), 0) as sum'));
  return toFigure(row?.sum);
}

interface EventRow {
  readonly id: number | string;
  readonly campaign_id: number | string | null;
  readonly at: number | string;
  readonly cents: number | string;
  readonly trip_price: number | string;
}

interface MonthRow {
  readonly campaign_id: number | string;
  readonly month: string;
  readonly redemptions: number;
  readonly reversals: number;
  readonly applied: number | string;
  readonly given_back: number | string;
  readonly trip_price: number | string;
}

/** What is younger than this may still be overtaken by a row with a lower id. */
function untilTime(rows: readonly EventRow[], until: number): CampaignEvent[] {
  const young = rows.findIndex((row) => Number(row.at) > until);
  return (young < 0 ? rows : rows.slice(0, young)).map((row) => ({
    id: String(row.id),
    campaignId: row.campaign_id === null ? null : String(row.campaign_id),
    at: Number(row.at),
    cents: toFigure(row.cents),
    tripPrice: toFigure(row.trip_price),
  }));
}

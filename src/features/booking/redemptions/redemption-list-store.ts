import type { Knex } from 'knex';
import type { BookingRef } from '../quotes/evaluation-store.ts';
import { toRedemption, type Redemption, type StoredRedemptionRow } from './redemption-store.ts';

export interface RedemptionFilter {
  /** The start of a booking number. */
  readonly bookingNumber: string;
  readonly voucherId: string | null;
  readonly campaignId: string | null;
  readonly channel: string | null;
  /** From this instant on, and before that one. */
  readonly from: number | null;
  readonly before: number | null;
  /** The id of the last row of the page before. */
  readonly beforeId: string | null;
  readonly limit: number;
}

export interface RedemptionRow {
  readonly id: string;
  readonly bookingNumber: string;
  readonly channel: string;
  readonly currency: string;
  readonly tripPrice: number;
  readonly payable: number;
  readonly redeemedAt: number;
  readonly actor: string;
  readonly lines: readonly RedemptionRowLine[];
}

export interface RedemptionRowLine {
  readonly voucherId: string;
  readonly code: string;
  readonly kind: 'discount' | 'payment';
  readonly applied: number;
  readonly reversed: number;
}

/** Newest first. Ids follow time but for redemptions at the same moment, so days narrow the ids and decide exactly. */
export async function listRedemptions(knex: Knex, filter: RedemptionFilter): Promise<RedemptionRow[]> {
  const ids = await findIds(knex, filter);
  if (ids.length === 0) return [];
  const rows = await knex('redemptions')
    .whereIn('id', ids)
    .orderBy('id', 'desc')
    .select<HeadRow[]>('id', 'booking_number', 'channel', 'currency', 'trip_price', 'payable', 'redeemed_at', 'actor');
  const lines = await knex('redemption_lines as l')
    .join('vouchers as v', 'v.id', 'l.voucher_id')
    .whereIn('l.redemption_id', ids)
    .orderBy(['l.redemption_id', 'l.position'])
    .select<LineRow[]>('l.redemption_id', 'l.voucher_id', 'v.code', 'l.kind', 'l.applied', 'l.reversed');
  return rows.map((row) => ({
    id: String(row.id),
    bookingNumber: row.booking_number,
    channel: row.channel,
    currency: row.currency,
    tripPrice: Number(row.trip_price),
    payable: Number(row.payable),
    redeemedAt: Number(row.redeemed_at),
    actor: row.actor,
    lines: lines
      .filter((line) => String(line.redemption_id) === String(row.id))
      .map((line) => ({
        voucherId: String(line.voucher_id),
        code: line.code,
        kind: line.kind,
        applied: Number(line.applied),
        reversed: Number(line.reversed),
      })),
  }));
}

/** Where a list in the order of changes goes on. */
export interface ChangePlace {
  readonly updatedAt: number;
  readonly id: string;
}

export interface ChangedFilter {
  readonly id: string | null;
  /** null: of every client. */
  readonly clientId: string | null;
  /** As `bookingNumberKey` reads the number. */
  readonly bookingKey: string | null;
  readonly updatedSince: number | null;
  readonly after: ChangePlace | null;
  readonly limit: number;
}

export interface ChangedRedemption extends Redemption {
  readonly bookingRef: BookingRef;
  readonly updatedAt: number;
}

/** In the order of their last change, which is the redemption itself or the last reversal. */
export async function findChanged(knex: Knex, filter: ChangedFilter): Promise<ChangedRedemption[]> {
  const query = knex('redemptions');
  if (filter.id !== null) void query.where({ id: filter.id });
  if (filter.clientId !== null) void query.where({ client_id: filter.clientId });
  if (filter.bookingKey !== null) void query.where({ booking_key: filter.bookingKey });
  if (filter.updatedSince !== null) void query.where('updated_at', '>=', filter.updatedSince);
  if (filter.after !== null) afterPlace(query, 'updated_at', filter.after);
  const rows = await query.orderBy(['updated_at', 'id']).limit(filter.limit).select<ChangedRow[]>();
  return rows.map((row) => ({
    ...toRedemption(row),
    bookingRef: { circle: String(row.booking_circle), key: row.booking_key },
    updatedAt: Number(row.updated_at),
  }));
}

/** The rows behind a place in the order of a time column and the id. */
export function afterPlace(query: Knex.QueryBuilder, column: string, { updatedAt, id }: ChangePlace): void {
  void query.where(column, '>=', updatedAt).whereRaw('(?? > ? or id > ?)', [column, updatedAt, id]);
}

interface ChangedRow extends StoredRedemptionRow {
  readonly updated_at: number | string;
}

/** Redemptions written at one moment by several processes: so far an id may be from its place in time. */
const ID_SLACK = 1000;
const LAST_CODE_POINT = '\u{10FFFF}';

async function findIds(knex: Knex, filter: RedemptionFilter): Promise<string[]> {
  const { voucherId, campaignId } = filter;
  const byLine = voucherId !== null || campaignId !== null;
  const id = byLine ? 'l.redemption_id' : 'd.id';
  const query = byLine
    ? knex('redemption_lines as l').join('redemptions as d', 'd.id', 'l.redemption_id')
    : knex('redemptions as d');
  if (voucherId !== null) void query.where('l.voucher_id', voucherId);
  if (campaignId !== null) void query.where('l.campaign_id', campaignId);
  if (filter.beforeId !== null) void query.where(id, '<', filter.beforeId);
  if (filter.bookingNumber !== '')
    void query.whereBetween('d.booking_number', [filter.bookingNumber, filter.bookingNumber + LAST_CODE_POINT]);
  if (filter.channel !== null) void query.where('d.channel', filter.channel);
  if (filter.from !== null) {
    const first = await idAt(knex, filter.from);
    if (first === null) return [];
    void query.where('d.redeemed_at', '>=', filter.from).where(id, '>=', first - ID_SLACK);
  }
  if (filter.before !== null) {
    const next = await idAt(knex, filter.before);
    void query.where('d.redeemed_at', '<', filter.before);
    if (next !== null) void query.where(id, '<=', next + ID_SLACK);
  }
  const rows = await query.distinct<{ id: number | string }[]>(`${id} as id`).orderBy(id, 'desc').limit(filter.limit);
  return rows.map((row) => String(row.id));
}

/** The id of the first redemption from an instant on. */
async function idAt(knex: Knex, instant: number): Promise<number | null> {
  const row = await knex('redemptions')
    .where('redeemed_at', '>=', instant)
    .orderBy(['redeemed_at', 'id'])
    .first<{ id: number | string } | undefined>('id');
  return row === undefined ? null : Number(row.id);
}

interface HeadRow {
  readonly id: number | string;
  readonly booking_number: string;
  readonly channel: string;
  readonly currency: string;
  readonly trip_price: number | string;
  readonly payable: number | string;
  readonly redeemed_at: number | string;
  readonly actor: string;
}

interface LineRow {
  readonly redemption_id: number | string;
  readonly voucher_id: number | string;
  readonly code: string;
  readonly kind: 'discount' | 'payment';
  readonly applied: number | string;
  readonly reversed: number | string;
}

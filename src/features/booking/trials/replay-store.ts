import type { Knex } from 'knex';
import type { Booking } from '../../../core/engine/voucher.ts';
import { parseJson } from '../../../platform/data/json.ts';

export interface PastBooking {
  readonly id: string;
  readonly bookingNumber: string;
  readonly booking: Booking;
}

/** Redemptions of these days before an id, newest first. */
export async function findPastBookings(
  knex: Knex,
  range: { readonly from: number; readonly before: number; readonly beforeId: string | null; readonly limit: number },
): Promise<PastBooking[]> {
  const query = knex('redemptions').where('redeemed_at', '>=', range.from).where('redeemed_at', '<', range.before);
  if (range.beforeId !== null) void query.where('id', '<', range.beforeId);
  const rows = await query
    .orderBy('id', 'desc')
    .limit(range.limit)
    .select<{ id: number | string; booking_number: string; booking: string }[]>('id', 'booking_number', 'booking');
  return rows.map((row) => ({
    id: String(row.id),
    bookingNumber: row.booking_number,
    booking: parseJson<Booking>(row.booking),
  }));
}

/** How many there are, counted to `limit` at most. */
export async function countPastBookings(
  knex: Knex,
  range: { readonly from: number; readonly before: number },
  limit: number,
): Promise<number> {
  const some = knex('redemptions')
    .where('redeemed_at', '>=', range.from)
    .where('redeemed_at', '<', range.before)
    .limit(limit)
    .select('id')
    .as('some');
  const row = await knex.from(some).count<{ n: number | string }[]>('* as n');
  return Number(row[0]?.n ?? 0);
}

const MAX_REGIONS = 100_000;

/** Which region each region lies in. */
export async function findRegionParents(knex: Knex): Promise<Map<string, string>> {
  const rows = await knex('catalogue_entries')
    .where({ kind: 'region' })
    .whereNotNull('parent_id')
    .limit(MAX_REGIONS)
    .select<{ id: string; parent_id: string }[]>('id', 'parent_id');
  return new Map(rows.map(({ id, parent_id: parent }) => [id, parent]));
}

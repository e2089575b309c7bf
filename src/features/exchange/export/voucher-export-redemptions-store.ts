import type { Knex } from 'knex';
import { toSafeInteger, toFigure } from '../../../platform/data/db.ts';

/** `countsAt`: the last one of which something still counts. `bookings`: how many different ones. */
export interface RedeemedFacts {
  readonly count: number;
  readonly applied: number;
  readonly reversed: number;
  readonly lastAt: number | null;
  readonly countsAt: number | null;
  readonly bookings: number;
}

export function redemptionsOf(knex: Knex, ids: readonly string[]): Promise<RedeemedRow[]> {
  return knex('redemption_lines as l')
    .join('redemptions as d', 'd.id', 'l.redemption_id')
    .whereIn('l.voucher_id', [...ids])
    .groupBy('l.voucher_id')
    .select<RedeemedRow[]>(
      'l.voucher_id',
      knex.raw(
        'count(*) as uses, sum(l.applied) as applied, sum(l.reversed) as reversed, max(d.redeemed_at) as last_at, max(case when l.applied > l.reversed then d.redeemed_at end) as counts_at, count(distinct d.booking_number) as bookings',
      ),
    );
}

export function redeemedFacts(redeemed: RedeemedRow | undefined): RedeemedFacts {
  return {
    count: toSafeInteger(redeemed?.uses ?? 0),
    applied: toFigure(redeemed?.applied ?? 0),
    reversed: toFigure(redeemed?.reversed ?? 0),
    lastAt: redeemed === undefined ? null : Number(redeemed.last_at),
    countsAt: redeemed === undefined || redeemed.counts_at === null ? null : Number(redeemed.counts_at),
    bookings: toSafeInteger(redeemed?.bookings ?? 0),
  };
}

const MAX_BOOKINGS = 100;

/** A code that was used very often keeps no other voucher's bookings out. */
export async function newestBookings(knex: Knex, ids: readonly string[]): Promise<Map<string, string[]>> {
  const lines = knex('redemption_lines as l')
    .join('redemptions as d', 'd.id', 'l.redemption_id')
    .whereIn('l.voucher_id', [...ids])
    .groupBy('l.voucher_id', 'd.booking_number')
    .select(
      'l.voucher_id',
      'd.booking_number',
      knex.raw('row_number() over (partition by l.voucher_id order by max(l.id) desc) as place'),
    );
  const rows = await knex
    .from(lines.as('n'))
    .where('place', '<=', MAX_BOOKINGS)
    .orderBy(['voucher_id', 'place'])
    .select<{ voucher_id: number | string; booking_number: string }[]>('voucher_id', 'booking_number');
  const byVoucher = new Map<string, string[]>();
  for (const row of rows)
    byVoucher.set(String(row.voucher_id), [...(byVoucher.get(String(row.voucher_id)) ?? []), row.booking_number]);
  return byVoucher;
}

export interface RedeemedRow {
  readonly voucher_id: number | string;
  readonly uses: number | string;
  readonly applied: number | string;
  readonly reversed: number | string;
  readonly last_at: number | string;
  readonly counts_at: number | string | null;
  readonly bookings: number | string;
}

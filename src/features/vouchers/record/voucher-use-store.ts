import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';

/** Booking numbers told at once, of one voucher or of a page of them. */
const MAX_BOOKING_NUMBERS = 2000;

/** The booking numbers of these vouchers' redemptions, the newest first. */
export async function findBookingNumbers(knex: Knex, voucherIds: readonly string[]): Promise<Map<string, string[]>> {
  const byVoucher = new Map<string, string[]>();
  if (voucherIds.length === 0) return byVoucher;
  const rows = await knex('redemption_lines as l')
    .join('redemptions as d', 'd.id', 'l.redemption_id')
    .whereIn('l.voucher_id', [...voucherIds])
    .orderBy('l.id', 'desc')
    .limit(MAX_BOOKING_NUMBERS)
    .select<{ voucher_id: number | string; booking_number: string }[]>('l.voucher_id', 'd.booking_number');
  for (const row of rows) {
    const id = String(row.voucher_id);
    const known = byVoucher.get(id) ?? [];
    if (!known.includes(row.booking_number)) byVoucher.set(id, [...known, row.booking_number]);
  }
  return byVoucher;
}

/** The same of one voucher as a column `booked_in`, read by `bookingNumbersOf`. */
export function bookedIn(knex: Knex, voucherId: string): Knex.Raw {
  return knex.raw(
    `(select group_concat(json_array(b.id, b.booking_number)) from (
      select l.id, d.booking_number from redemption_lines l join redemptions d on d.id = l.redemption_id
      where l.voucher_id = ? order by l.id desc limit ?
    ) b) as booked_in`,
    [voucherId, MAX_BOOKING_NUMBERS],
  );
}

export function bookingNumbersOf(bookedIn: string | null): string[] {
  const lines = bookedIn === null ? [] : parseJson<[number, string][]>(`[${bookedIn}]`);
  return [...new Set(lines.sort(([a], [b]) => b - a).map(([, number]) => number))];
}

export interface VoucherRedemption {
  readonly bookingNumber: string;
  readonly redeemedAt: number;
  readonly channel: string;
  readonly actor: string;
  readonly applied: number;
  readonly reversed: number;
}

/** Where a voucher was used, the newest first. */
export async function findRedemptions(knex: Knex, voucherId: string, limit: number): Promise<VoucherRedemption[]> {
  const rows = await knex('redemption_lines as l')
    .join('redemptions as d', 'd.id', 'l.redemption_id')
    .where('l.voucher_id', voucherId)
    .orderBy('l.id', 'desc')
    .limit(limit)
    .select<
      {
        booking_number: string;
        redeemed_at: number | string;
        channel: string;
        actor: string;
        applied: number | string;
        reversed: number | string;
      }[]
    >('d.booking_number', 'd.redeemed_at', 'd.channel', 'd.actor', 'l.applied', 'l.reversed');
  return rows.map((row) => ({
    bookingNumber: row.booking_number,
    redeemedAt: Number(row.redeemed_at),
    channel: row.channel,
    actor: row.actor,
    applied: toSafeInteger(row.applied),
    reversed: toSafeInteger(row.reversed),
  }));
}

/** The vouchers a booking number leads to: redeemed in it, or linked to it. */
export async function findVouchersOfBooking(knex: Knex, bookingNumber: string, limit: number): Promise<string[]> {
  const redeemed = await knex('redemptions as d')
    .join('redemption_lines as l', 'l.redemption_id', 'd.id')
    .where('d.booking_number', bookingNumber)
    .limit(limit)
    .select<{ id: number | string }[]>('l.voucher_id as id');
  const linked = await knex('vouchers')
    .where({ booking_ref: bookingNumber })
    .limit(limit)
    .select<{ id: number | string }[]>('id');
  return [...new Set([...redeemed, ...linked].map(({ id }) => String(id)))];
}

import type { Knex } from 'knex';
import type { Write } from '../../../platform/data/db.ts';
import type { BookingRef } from '../quotes/evaluation-store.ts';

/** What a booking takes, after it was found to be able to. */
export interface BookingMove {
  readonly ref: BookingRef;
  /** As it was written. */
  readonly number: string;
  readonly currency: string;
  /** The whole price of the trip as told now. */
  readonly price: number;
  readonly applied: number;
  /** No row was there when it was read. */
  readonly isNew: boolean;
  readonly now: number;
}

export interface BookingStanding {
  readonly currency: string;
  readonly price: number;
  readonly redeemed: number;
}

/**
 * Takes it into the booking's row, which can be there once. The sum is checked again in the very statement: whoever took
 * something meanwhile leaves a row that is there already, or one in which there is no room, and nothing is written.
 */
export function bookingWrite(trx: Knex.Transaction, move: BookingMove): Write {
  const { ref, number, currency, price, applied, isNew, now } = move;
  const key = { circle: ref.circle, number_key: ref.key };
  if (isNew)
    return trx('bookings').insert({
      ...key,
      number,
      currency,
      price,
      redeemed: applied,
      created_at: now,
      updated_at: now,
    });
  return trx('bookings')
    .where(key)
    .whereRaw('redeemed + ? <= ? and (currency = ? or redeemed = 0)', [applied, price, currency])
    .update({ currency, price, redeemed: trx.raw('redeemed + ?', [applied]), updated_at: now });
}

export function bookingGivenBack(trx: Knex.Transaction, ref: BookingRef, amount: number, now: number): Write {
  return trx('bookings')
    .where({ circle: ref.circle, number_key: ref.key })
    .update({ redeemed: trx.raw('redeemed - ?', [amount]), updated_at: now });
}

/** Of each of these bookings what it took, by `circle key`. */
export async function findBookings(
  knex: Knex,
  refs: readonly BookingRef[],
): Promise<ReadonlyMap<string, BookingStanding>> {
  if (refs.length === 0) return new Map();
  const rows = await knex('bookings')
    .whereIn(
      ['circle', 'number_key'],
      refs.map(({ circle, key }) => [circle, key]),
    )
    .select<BookingRow[]>('circle', 'number_key', 'currency', 'price', 'redeemed');
  return new Map(
    rows.map((row) => [
      placeOf({ circle: String(row.circle), key: row.number_key }),
      { currency: row.currency, price: Number(row.price), redeemed: Number(row.redeemed) },
    ]),
  );
}

export function placeOf({ circle, key }: BookingRef): string {
  return `${circle} ${key}`;
}

/** A redemption that was made before, as a refusal or a form tells of it. */
export interface EarlierRedemption {
  readonly id: string;
  readonly bookingNumber: string;
  readonly redeemedAt: number;
  readonly currency: string;
  /** Discounts and payments in cents, and what of it was not given back. */
  readonly applied: number;
  readonly remaining: number;
}

/** So many of one booking are told; the sum counts all. */
const MOST_TOLD = 20;

/** Those of one client for a booking that still count, the newest first. */
export function findEarlier(knex: Knex, ref: BookingRef, clientId: string): Promise<EarlierRedemption[]> {
  const own = { 'd.booking_circle': ref.circle, 'd.booking_key': ref.key, 'd.client_id': clientId };
  return countingAmong(selectEarlier(knex).where(own));
}

/** Those for a number in whatever circle, of whomever: for people, who see all. */
export function findEarlierOfNumber(knex: Knex, numberKey: string): Promise<EarlierRedemption[]> {
  return countingAmong(selectEarlier(knex).where('d.booking_key', numberKey));
}

/** What a hold of this client became; null: nothing. */
export async function findEarlierOfHold(
  knex: Knex,
  holdId: string,
  clientId: string,
): Promise<{ readonly price: number; readonly redemption: EarlierRedemption } | null> {
  const row = await selectEarlier(knex)
    .where({ 'd.hold_id': holdId, 'd.client_id': clientId })
    .first<EarlierRow | undefined>();
  if (row === undefined) return null;
  return { price: Number(row.trip_price), redemption: toEarlier(row) };
}

function selectEarlier(knex: Knex): Knex.QueryBuilder {
  const sumOf = (what: string): Knex.Raw =>
    knex.raw(`(select coalesce(sum(${what}), 0) from redemption_lines l where l.redemption_id = d.id)`);
  return knex('redemptions as d').select('d.id', 'd.booking_number', 'd.redeemed_at', 'd.currency', 'd.trip_price', {
    applied: sumOf('l.applied'),
    remaining: sumOf('l.applied - l.reversed'),
  });
}

async function countingAmong(query: Knex.QueryBuilder): Promise<EarlierRedemption[]> {
  const rows = (await query
    .whereRaw('exists (select 1 from redemption_lines c where c.redemption_id = d.id and c.reversed < c.applied)')
    .orderBy('d.id', 'desc')
    .limit(MOST_TOLD)) as EarlierRow[];
  return rows.map(toEarlier);
}

function toEarlier(row: EarlierRow): EarlierRedemption {
  return {
    id: String(row.id),
    bookingNumber: row.booking_number,
    redeemedAt: Number(row.redeemed_at),
    currency: row.currency,
    applied: Number(row.applied),
    remaining: Number(row.remaining),
  };
}

interface EarlierRow {
  readonly id: number | string;
  readonly booking_number: string;
  readonly redeemed_at: number | string;
  readonly currency: string;
  readonly trip_price: number | string;
  readonly applied: number | string;
  readonly remaining: number | string;
}

interface BookingRow {
  readonly circle: number | string;
  readonly number_key: string;
  readonly currency: string;
  readonly price: number | string;
  readonly redeemed: number | string;
}

import type { BookingOwner } from '../../../core/booking-owner.ts';
import type { Database } from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import { appError } from '../../../platform/process/errors.ts';
import { findReversals, type Reversal } from '../reversals/reversal-store.ts';
import {
  findBookings,
  findEarlierOfNumber,
  placeOf,
  type BookingStanding,
  type EarlierRedemption,
} from './booking-store.ts';
import { bookingRefOf } from './redemption-service.ts';
import {
  findChanged,
  listRedemptions,
  type ChangedFilter,
  type ChangePlace,
  type ChangedRedemption,
  type RedemptionFilter,
  type RedemptionRow,
} from './redemption-list-store.ts';
import { findLinesOfRedemptions, type RedemptionLine } from './redemption-store.ts';

export type { ChangePlace, RedemptionFilter, RedemptionRow };

/** The newest first. */
export function redemptionPage(database: Database, filter: RedemptionFilter): Promise<Page<RedemptionRow>> {
  return readPage(filter.limit, (limit) => listRedemptions(database.knex, { ...filter, limit }));
}

/** What was redeemed for a booking number before, and what the booking took. */
export interface EarlierRedemptions {
  /** By whomever, in whatever circle of numbers: for people, who see all. The newest first. */
  readonly earlier: readonly EarlierRedemption[];
  /** Of the owner's own booking; null: there is none yet. */
  readonly standing: BookingStanding | null;
}

export async function earlierRedemptions(
  { knex }: Database,
  owner: BookingOwner,
  bookingNumber: string,
): Promise<EarlierRedemptions> {
  const ref = bookingRefOf(owner, bookingNumber);
  const standing = (await findBookings(knex, [ref])).get(placeOf(ref)) ?? null;
  return { earlier: await findEarlierOfNumber(knex, ref.key), standing };
}

/** A redemption as it stands now: what of each line was given back, and by which reversals. */
export interface StandingRedemption extends ChangedRedemption {
  readonly lines: readonly RedemptionLine[];
  readonly reversals: readonly Reversal[];
  readonly standing: BookingStanding;
}

/** In the order of their last change, so that whoever asks again from where they were misses none. */
export async function changedRedemptions(
  database: Database,
  filter: Omit<ChangedFilter, 'id'>,
): Promise<Page<StandingRedemption>> {
  const page = await readPage(
    filter.limit,
    (limit) => findChanged(database.knex, { ...filter, id: null, limit }),
    ({ updatedAt, id }) => `${updatedAt}_${id}`,
  );
  return { ...page, items: await withStanding(database, page.items) };
}

/** One of this client; null: whoever's. Throws `not_found`. */
export async function standingRedemption(
  database: Database,
  id: string,
  clientId: string | null,
): Promise<StandingRedemption> {
  const found = await findChanged(database.knex, {
    id,
    clientId,
    bookingKey: null,
    updatedSince: null,
    after: null,
    limit: 1,
  });
  const [redemption] = await withStanding(database, found);
  if (redemption === undefined) throw appError('not_found');
  return redemption;
}

async function withStanding(
  { knex }: Database,
  redemptions: readonly ChangedRedemption[],
): Promise<StandingRedemption[]> {
  const ids = redemptions.map(({ id }) => id);
  const lines = await findLinesOfRedemptions(knex, ids);
  const reversals = await findReversals(knex, ids);
  const bookings = await findBookings(
    knex,
    redemptions.map(({ bookingRef }) => bookingRef),
  );
  return redemptions.map((redemption) => {
    const standing = bookings.get(placeOf(redemption.bookingRef));
    if (standing === undefined) throw new Error('a redemption without its booking');
    return {
      ...redemption,
      lines: lines.filter(({ redemptionId }) => redemptionId === redemption.id),
      reversals: reversals.filter(({ redemptionId }) => redemptionId === redemption.id),
      standing,
    };
  });
}

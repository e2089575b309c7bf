import type { Moment } from '../../../platform/process/clock.ts';
import type { AcceptedCode, Booking, Evaluation } from '../../../core/engine/voucher.ts';
import type { RejectedCode } from '../../../core/engine/rejection.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { HOUSE } from '../../../core/booking-owner.ts';
import { evaluateCodes, type Asked } from '../../booking/quotes/evaluation-service.ts';
import {
  bookingOf,
  demoTrip,
  departuresOf,
  findDemoTrips,
  type DemoTrip,
  type TripChoice,
} from '../trips/demo-trip-service.ts';

/** A code typed on the deal page, read once: its stored form and what its trips have in common. */
export interface DealCode {
  readonly code: string;
  readonly title: string;
  /** Through whom it was sold: a partner's deal says by itself over which partner the booking came. */
  readonly partner: string | null;
  /** Whom the list of trips is worked out for. */
  readonly adults: number;
  /** Of the visitor's booking, so that what it holds itself never counts against it. */
  readonly reference: string;
}

/** A trip the code pays, for the first departure that fits. */
export interface DealOffer {
  readonly trip: DemoTrip;
  readonly departure: string;
  readonly evaluation: Evaluation;
  readonly accepted: AcceptedCode;
}

export type DealReading =
  | { readonly kind: 'deal'; readonly deal: DealCode; readonly offers: readonly DealOffer[] }
  | { readonly kind: 'refused'; readonly rejected: RejectedCode }
  /** A deal, but no trip of today's offer fits it. */
  | { readonly kind: 'no_trip' };

/** Beside the trip and never part of what a deal pays: the traveller pays them. Cents for each traveller but babies. */
export const DEAL_EXTRAS = [
  { id: 'rail', cents: 7800 },
  { id: 'half_board', cents: 14_900 },
  { id: 'excursion', cents: 5900 },
] as const;
export type DealExtra = (typeof DEAL_EXTRAS)[number]['id'];

export interface DealChoice extends TripChoice {
  readonly extras: readonly DealExtra[];
}

const ADULTS = 2;

/** What the code is, and every trip it pays. Changes nothing. */
export async function readDeal(
  connection: Connection,
  typed: string,
  reference: string,
  moment: Moment,
): Promise<DealReading> {
  const [anyTrip] = findDemoTrips({ theme: '', region: '', brand: '' });
  if (anyTrip === undefined) return { kind: 'no_trip' };
  const { deal, rejected } = await readCode(connection, typed, reference, anyTrip, moment);
  if (deal === null) return rejected === null ? { kind: 'no_trip' } : { kind: 'refused', rejected };
  const offers: DealOffer[] = [];
  const refusals: RejectedCode[] = [];
  for (const trip of findDemoTrips({ theme: '', region: '', brand: '' })) {
    const offer = await firstOffer(connection, deal, trip, moment);
    if ('trip' in offer) offers.push(offer);
    else refusals.push(offer);
  }
  const [first] = refusals;
  if (offers.length > 0 || first === undefined)
    return offers.length > 0 ? { kind: 'deal', deal, offers } : { kind: 'no_trip' };
  // The same reason for every trip lies in the code; different ones lie in the trips.
  return refusals.every(({ reason }) => reason === first.reason) && !TRIP_REASONS.has(first.reason)
    ? { kind: 'refused', rejected: first }
    : { kind: 'no_trip' };
}

/** The departures of a trip on which the code is taken. */
export async function dealDepartures(
  connection: Connection,
  deal: DealCode,
  tripId: string,
  moment: Moment,
): Promise<{ readonly trip: DemoTrip; readonly days: readonly string[] } | null> {
  const trip = demoTrip(tripId);
  if (trip === null) return null;
  const days: string[] = [];
  for (const departure of departuresOf(trip, moment.today)) {
    if ('trip' in (await offerOn(connection, deal, trip, departure, moment))) days.push(departure);
  }
  return { trip, days };
}

/** What the code does for exactly this booking, or why nothing. */
export async function dealFor(
  connection: Connection,
  deal: DealCode,
  booking: Booking,
  moment: Moment,
): Promise<{ readonly evaluation: Evaluation; readonly rejected: RejectedCode | null }> {
  const { evaluation } = await evaluateCodes(connection, askedOf(booking, deal.code), moment);
  return { evaluation, rejected: evaluation.rejected[0] ?? null };
}

export function dealBooking(
  deal: DealCode,
  trip: DemoTrip,
  choice: TripChoice,
): Booking & { readonly reference: string } {
  return { ...bookingOf(trip, choice, deal.reference), entry: 'deal_page', partner: deal.partner };
}

/** Halbpension for two adults and a child is 3 × 149,00. */
export function extrasOf({
  extras,
  adults,
  children,
}: DealChoice): { readonly id: DealExtra; readonly cents: number }[] {
  return DEAL_EXTRAS.filter(({ id }) => extras.includes(id)).map(({ id, cents }) => ({
    id,
    cents: cents * (adults + children),
  }));
}

export function sumOfExtras(choice: DealChoice): number {
  return extrasOf(choice).reduce((sum, { cents }) => sum + cents, 0);
}

function askedOf(booking: Booking, code: string): Asked {
  return { booking, codes: [{ code, atMost: null }], clientId: HOUSE.clientId };
}

const TRIP_REASONS: ReadonlySet<string> = new Set([
  'wrong_product',
  'wrong_theme',
  'wrong_region',
  'wrong_brand',
  'trip_price_too_low',
  'travel_date_outside',
  'no_matching_travellers',
]);

async function readCode(
  connection: Connection,
  typed: string,
  reference: string,
  trip: DemoTrip,
  moment: Moment,
): Promise<{ readonly deal: DealCode | null; readonly rejected: RejectedCode | null }> {
  const [departure = moment.today] = departuresOf(trip, moment.today);
  const booking: Booking = { ...bookingOf(trip, choiceFor(trip, departure, ADULTS), reference), entry: 'deal_page' };
  const { evaluation, vouchers } = await evaluateCodes(connection, askedOf(booking, typed), moment);
  const [voucher] = vouchers.values();
  const rejected = evaluation.rejected[0] ?? null;
  if (voucher === undefined || rejected?.reason === 'wrong_entry') return { deal: null, rejected };
  const { code, title, restrictions } = voucher;
  return {
    deal: {
      code,
      title,
      partner: restrictions.partner,
      adults: Math.max(ADULTS, restrictions.minTravellers ?? 0),
      reference,
    },
    rejected,
  };
}

async function firstOffer(
  connection: Connection,
  deal: DealCode,
  trip: DemoTrip,
  moment: Moment,
): Promise<DealOffer | RejectedCode> {
  let refusal: RejectedCode | null = null;
  for (const departure of departuresOf(trip, moment.today)) {
    const offer = await offerOn(connection, deal, trip, departure, moment);
    if ('trip' in offer) return offer;
    refusal ??= offer;
    if (offer.reason !== 'travel_date_outside') break;
  }
  if (refusal === null) throw new Error('a trip without a departure');
  return refusal;
}

async function offerOn(
  connection: Connection,
  deal: DealCode,
  trip: DemoTrip,
  departure: string,
  moment: Moment,
): Promise<DealOffer | RejectedCode> {
  const { evaluation, rejected } = await dealFor(
    connection,
    deal,
    dealBooking(deal, trip, choiceFor(trip, departure, deal.adults)),
    moment,
  );
  const [accepted] = evaluation.accepted;
  if (accepted !== undefined) return { trip, departure, evaluation, accepted };
  if (rejected === null) throw new Error('a code neither accepted nor rejected');
  return rejected;
}

function choiceFor(trip: DemoTrip, departure: string, adults: number): TripChoice {
  return { tripId: trip.id, departure, adults, children: 0, infants: 0, email: null };
}

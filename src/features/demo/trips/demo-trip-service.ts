import type { Locale } from '../../../platform/html/i18n.ts';
import { addDays } from '../../../core/calendar.ts';
import type { Booking, Traveller, TravellerKind } from '../../../core/engine/voucher.ts';
import { DEMO_BRANDS, DEMO_REGIONS, DEMO_THEMES, DEMO_TRIPS, type DemoTrip } from './demo-offer-service.ts';

export { DEMO_BRANDS, DEMO_REGIONS, DEMO_THEMES, type DemoTrip };

export interface TripFilter {
  readonly theme: string;
  readonly region: string;
  readonly brand: string;
}

/** What a traveller chose on the page of a trip. */
export interface TripChoice {
  readonly tripId: string;
  readonly departure: string;
  readonly adults: number;
  readonly children: number;
  readonly infants: number;
  readonly email: string | null;
}

export const DEMO_CURRENCY = 'EUR';

/** Trips that fit; an empty field of the filter fits all. A region also finds what lies in it. */
export function findDemoTrips({ theme, region, brand }: TripFilter): DemoTrip[] {
  return DEMO_TRIPS.filter(
    (trip) =>
      (theme === '' || trip.themes.includes(theme)) &&
      (brand === '' || trip.brand === brand) &&
      (region === '' || trip.regions.some((id) => lineOf(id).includes(region))),
  );
}

export function demoTrip(id: string): DemoTrip | null {
  return DEMO_TRIPS.find((trip) => trip.id === id) ?? null;
}

/** Regions in which some trip lies, with those they lie in. */
export function usedRegionIds(): Set<string> {
  return new Set(DEMO_TRIPS.flatMap((trip) => trip.regions.flatMap(lineOf)));
}

export function departuresOf(trip: DemoTrip, today: string): string[] {
  return trip.departInDays.map((days) => addDays(today, days));
}

export function returnDay(trip: DemoTrip, departure: string): string {
  return addDays(departure, trip.nights);
}

export function bookingOf(
  trip: DemoTrip,
  choice: TripChoice,
  reference: string,
): Booking & { readonly reference: string } {
  const travellers: Traveller[] = [
    ...travellersOf('adult', choice.adults, trip.adultPrice),
    ...travellersOf('child', choice.children, trip.childPrice),
    ...travellersOf('infant', choice.infants, trip.infantPrice),
  ];
  const prices = travellers.reduce((sum, { price }) => sum + (price ?? 0), 0);
  return {
    currency: DEMO_CURRENCY,
    tripPrice: prices + trip.nonDiscountable,
    nonDiscountable: trip.nonDiscountable,
    travellers,
    product: trip.product,
    themes: trip.themes,
    regions: trip.regions,
    brand: trip.brand,
    partner: null,
    channel: 'web',
    entry: 'booking_flow',
    departure: choice.departure,
    customer: choice.email === null ? null : { email: choice.email },
    reference,
  };
}

/** Each invented trip as a booking for two adults on its next day of departure. */
export function demoBookings(
  today: string,
  locale: Locale,
): { readonly id: string; readonly title: string; readonly booking: Booking }[] {
  return DEMO_TRIPS.map((trip) => {
    const choice = {
      tripId: trip.id,
      departure: departuresOf(trip, today)[0] ?? today,
      adults: 2,
      children: 0,
      infants: 0,
      email: null,
    };
    return { id: trip.id, title: trip.title[locale], booking: { ...bookingOf(trip, choice, ''), reference: null } };
  });
}

function travellersOf(kind: TravellerKind, count: number, price: number): Traveller[] {
  return Array.from({ length: count }, (_, index) => ({ id: `${kind}-${index + 1}`, kind, price }));
}

/** The region and all it lies in. */
function lineOf(id: string): string[] {
  const parent = DEMO_REGIONS.find((region) => region.id === id)?.parent ?? null;
  return parent === null ? [id] : [id, ...lineOf(parent)];
}

import type { Booking, TravellerKind } from './voucher.ts';

/**
 * A booking on the web of which nothing is known but its price and who travels, with what `more` says of it beside.
 * Three travellers for 1,500.00: `plainBooking('EUR', 150_000, ['adult', 'adult', 'child'])`.
 */
export function plainBooking(
  currency: string,
  tripPrice: number,
  travellers: readonly TravellerKind[],
  more: Partial<Booking> = {},
): Booking {
  return {
    currency,
    tripPrice,
    nonDiscountable: 0,
    travellers: travellers.map((kind) => ({ kind, price: null })),
    product: null,
    themes: [],
    regions: [],
    brand: null,
    partner: null,
    channel: 'web',
    entry: 'booking_flow',
    departure: null,
    customer: null,
    reference: null,
    ...more,
  };
}

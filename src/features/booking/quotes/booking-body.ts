import { isRefusedNumber } from './booking-number-service.ts';
import Joi from 'joi';
import {
  CHANNELS,
  ENTRIES,
  TRAVELLER_KINDS,
  type Booking,
  type Channel,
  type CodeEntry,
  type Customer,
  type Entry,
  type Traveller,
} from '../../../core/engine/voucher.ts';
import { appError, type FieldError } from '../../../platform/process/errors.ts';
import { centsField, currencyField, dayField, idField, positiveCentsField } from '../../../platform/http/fields.ts';
import { AS_TYPED } from '../../../platform/http/incoming-text.ts';
import { MAX_CODES } from './evaluation-service.ts';

const customerBody = Joi.object({
  id: Joi.string().min(1).max(128).allow(null),
  email: Joi.string().min(3).max(254).allow(null),
});

const travellerBody = Joi.object({
  id: Joi.string().min(1).max(128).allow(null),
  kind: Joi.string()
    .valid(...TRAVELLER_KINDS)
    .required(),
  price: centsField.allow(null),
});

const bookingFields = {
  currency: currencyField.required(),
  tripPrice: centsField.required(),
  nonDiscountable: centsField.allow(null),
  travellers: Joi.array().items(travellerBody).min(1).max(99).required(),
  product: idField.allow(null),
  themes: Joi.array().items(idField).max(100),
  regions: Joi.array().items(idField).max(100),
  brand: idField.allow(null),
  partner: idField.allow(null),
  channel: Joi.string().valid(...CHANNELS),
  entry: Joi.string().valid(...ENTRIES),
  departure: dayField.allow(null),
  customer: customerBody.allow(null),
  reference: Joi.string().min(1).max(128).allow(null),
};

export const bookingBody = Joi.object(bookingFields).required();
export const bookingToHoldBody = Joi.object({
  ...bookingFields,
  reference: Joi.string().min(1).max(128).required(),
}).required();

const typedCode = Joi.string().allow('').max(1000).meta(AS_TYPED);

export const codesBody = Joi.array()
  .items(
    Joi.alternatives().try(
      typedCode,
      Joi.object({ code: typedCode.required(), atMost: positiveCentsField.allow(null) }),
    ),
  )
  .max(MAX_CODES);

export const bookingNumberField = Joi.string().trim().min(1).max(64);
/** The number of a booking that is redeemed for, which the books will have. */
export const newBookingNumberField = bookingNumberField.custom((value: string, helpers) =>
  isRefusedNumber(value) ? helpers.error('string.number_not_fitting') : value,
);

export interface BookingBody {
  readonly currency: string;
  readonly tripPrice: number;
  readonly nonDiscountable?: number | null;
  readonly travellers: readonly Traveller[];
  readonly product?: string | null;
  readonly themes?: readonly string[];
  readonly regions?: readonly string[];
  readonly brand?: string | null;
  readonly partner?: string | null;
  readonly channel?: Channel;
  readonly entry?: Entry;
  readonly departure?: string | null;
  readonly customer?: Customer | null;
  readonly reference?: string | null;
}

export type CodesBody = readonly (string | { readonly code: string; readonly atMost?: number | null })[];

/** What a caller's bookings are, and what they may name. */
export interface BookingChannels {
  readonly channel: Channel;
  readonly channels: readonly Channel[];
}

/** The booking with its defaults; what no schema of single fields can say is `rule_broken`. */
export function toBooking(body: BookingBody, { channel, channels }: BookingChannels): Booking {
  const problems = bookingProblems(body, channels);
  if (problems.length > 0) throw appError('rule_broken', { fields: problems });
  return {
    currency: body.currency,
    tripPrice: body.tripPrice,
    nonDiscountable: body.nonDiscountable ?? 0,
    travellers: body.travellers.map(({ id, kind, price }) => ({ id: id ?? null, kind, price: price ?? null })),
    product: body.product ?? null,
    themes: body.themes ?? [],
    regions: body.regions ?? [],
    brand: body.brand ?? null,
    partner: body.partner ?? null,
    channel: body.channel ?? channel,
    entry: body.entry ?? 'booking_flow',
    departure: body.departure ?? null,
    customer: body.customer ?? null,
    reference: body.reference ?? null,
  };
}

export function toCodeEntries(body: CodesBody): CodeEntry[] {
  return body.map((one) =>
    typeof one === 'string' ? { code: one, atMost: null } : { code: one.code, atMost: one.atMost ?? null },
  );
}

function bookingProblems(body: BookingBody, channels: readonly Channel[]): FieldError[] {
  const problems: FieldError[] = [];
  if (body.channel !== undefined && !channels.includes(body.channel)) {
    problems.push({
      path: 'booking.channel',
      code: 'channel_not_allowed',
      params: { channels },
      text: 'booking:refusal.channel_not_allowed',
    });
  }
  if ((body.nonDiscountable ?? 0) > body.tripPrice) {
    problems.push({
      path: 'booking.nonDiscountable',
      code: 'above_trip_price',
      text: 'booking:refusal.above_trip_price',
    });
  }
  const prices = body.travellers.flatMap(({ price }) => (price === null || price === undefined ? [] : [price]));
  if (prices.length !== 0 && prices.length !== body.travellers.length) {
    problems.push({
      path: 'booking.travellers',
      code: 'prices_incomplete',
      text: 'booking:refusal.prices_incomplete',
    });
  }
  if (prices.reduce((sum, price) => sum + price, 0) > body.tripPrice) {
    problems.push({
      path: 'booking.travellers',
      code: 'above_trip_price',
      text: 'booking:refusal.prices_above_trip_price',
    });
  }
  return problems;
}

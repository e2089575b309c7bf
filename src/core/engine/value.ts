import { roundHalfUp } from '../money.ts';
import type { Booking, Multiplier, StackingPolicy, Tier, Voucher } from './voucher.ts';

/**
 * How often an amount counts: 1 for the booking, the adults and children for pax, the adults, the children. Infants
 * never count. Source: engine.md section 3.
 */
export function countOf(multiplier: Multiplier, booking: Booking): number {
  switch (multiplier) {
    case 'booking':
      return 1;
    case 'pax':
      return headsOf(booking);
    case 'adult':
    case 'child':
      return booking.travellers.filter(({ kind }) => kind === multiplier).length;
  }
}

/** Adults and children. */
export function headsOf(booking: Booking): number {
  return booking.travellers.filter(({ kind }) => kind !== 'infant').length;
}

/** The tier with the greatest minTripPrice that is <= tripPrice (always the original one); null when there is none. */
export function tierFor(tiers: readonly Tier[], tripPrice: number): Tier | null {
  let found: Tier | null = null;
  for (const tier of tiers) {
    if (tier.minTripPrice <= tripPrice && (found === null || tier.minTripPrice > found.minTripPrice)) found = tier;
  }
  return found;
}

/** What a voucher may be spent on: the discountable part for discounts, the whole trip price for the other types. */
export function coverOf(voucher: Voucher, booking: Booking): number {
  return voucher.type === 'discount' ? booking.tripPrice - booking.nonDiscountable : booking.tripPrice;
}

/** The rule of one voucher for one booking, read once, so that many sets can be worked out from plain figures. */
export interface Worth {
  readonly kind: 'amount' | 'percent' | 'in_full' | 'unlimited';
  readonly tier: Tier | null;
  readonly count: number;
  readonly cover: number;
  /** amount tier: amount * count. */
  readonly amount: number;
  /** percent tier: what the percentage counts on before anything else was applied. */
  readonly scope: number;
  readonly basisPoints: number;
}

export function worthOf(voucher: Voucher, booking: Booking): Worth {
  const cover = coverOf(voucher, booking);
  const count = countOf(voucher.multiplier, booking);
  const tier = tierFor(voucher.tiers, booking.tripPrice);
  const rule = { tier, count, cover, amount: 0, scope: 0, basisPoints: 0 };
  if (voucher.type === 'deal' && voucher.deal?.paysInFull === true) return { ...rule, kind: 'in_full' };
  if (tier === null) return { ...rule, kind: 'unlimited' };
  if (tier.basisPoints === null) return { ...rule, kind: 'amount', amount: (tier.amount ?? 0) * count };
  return {
    ...rule,
    kind: 'percent',
    scope: scopeOf(voucher.multiplier, cover, count, booking),
    basisPoints: tier.basisPoints,
  };
}

/** What the percentage of a percent tier is taken of when the voucher's turn comes and `left` of its cover is left. */
export function percentBaseOf(worth: Worth, left: number, policy: StackingPolicy): number {
  if (policy.percentBase === 'original') return worth.scope;
  return worth.cover === 0 ? 0 : roundHalfUp(worth.scope, left, worth.cover);
}

/**
 * What the voucher would be worth with `left` of its cover left, before any cap. Infinity: no limit of its own.
 * Source: engine.md section 3. 12,5 % on 1.299,00 is 162,38; 50,00 per adult for two adults is 100,00.
 */
export function worthAt(worth: Worth, left: number, policy: StackingPolicy): number {
  switch (worth.kind) {
    case 'amount':
      return worth.amount;
    case 'percent':
      return roundHalfUp(percentBaseOf(worth, left, policy), worth.basisPoints, 10_000);
    case 'in_full':
      return left;
    case 'unlimited':
      return Infinity;
  }
}

function scopeOf(multiplier: Multiplier, cover: number, count: number, booking: Booking): number {
  if (multiplier === 'booking' || multiplier === 'pax') return cover;
  const matching = booking.travellers.filter(({ kind }) => kind === multiplier);
  const prices = matching.map(({ price }) => price ?? null);
  if (prices.every((price) => price !== null))
    return Math.min(
      cover,
      prices.reduce((sum, price) => sum + price, 0),
    );
  const heads = headsOf(booking);
  return heads === 0 ? 0 : roundHalfUp(cover, count, heads);
}

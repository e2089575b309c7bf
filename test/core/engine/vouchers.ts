import { evaluate } from '../../../src/core/engine/evaluate.ts';
import {
  DEFAULT_STACKING_POLICY,
  type Booking,
  type CampaignState,
  type StackingPolicy,
  type Tier,
  type Voucher,
} from '../../../src/core/engine/voucher.ts';

export const TODAY = '2026-11-22';

/** A discount that holds for everything; a test names only what it is about. */
export function voucherOf(more: Partial<Voucher> = {}): Voucher {
  const code = more.code ?? 'SOMMER10';
  return {
    id: code,
    code,
    normalisedCode: code.toUpperCase(),
    type: 'discount',
    title: 'Test',
    currency: 'EUR',
    multiplier: 'booking',
    tiers: [{ minTripPrice: 0, amount: null, basisPoints: 1000 }],
    maxAmount: null,
    bookFrom: null,
    bookUntil: null,
    travelFrom: null,
    travelUntil: null,
    restrictions: NO_RESTRICTIONS,
    maxUses: null,
    maxUsesPerCustomer: null,
    exclusive: false,
    deal: null,
    paidOn: '2026-01-01',
    isCancelled: false,
    isDeactivated: false,
    campaign: null,
    balance: null,
    heldByOthers: 0,
    uses: 0,
    usesHeldByOthers: 0,
    usesByCustomer: 0,
    ...more,
  };
}

const NONE = { include: [], exclude: [] };
export const NO_RESTRICTIONS: Voucher['restrictions'] = {
  products: NONE,
  themes: NONE,
  regions: NONE,
  brand: null,
  partner: null,
  channels: [],
  customer: null,
  minTravellers: null,
};

/** Two adults, a child and an infant on a trip of 1.299,00. */
export function bookingOf(more: Partial<Booking> = {}): Booking {
  return {
    currency: 'EUR',
    tripPrice: 129_900,
    nonDiscountable: 0,
    travellers: (['adult', 'adult', 'child', 'infant'] as const).map((kind) => ({ kind, price: null })),
    product: 'lofoten',
    themes: ['wandern'],
    regions: ['NO-18', 'NO'],
    brand: 'fjell',
    partner: null,
    channel: 'web',
    entry: 'booking_flow',
    departure: '2027-06-01',
    customer: null,
    reference: null,
    ...more,
  };
}

export const entries = (...codes: string[]): { code: string; atMost: null }[] =>
  codes.map((code) => ({ code, atMost: null }));

export function policyOf(more: Partial<StackingPolicy> = {}): StackingPolicy {
  return { ...DEFAULT_STACKING_POLICY, maxVouchers: 10, ...more };
}

/** All of the vouchers, each by its code and in this order, for the usual trip. */
export function evaluated(
  vouchers: readonly Voucher[],
  booking: Partial<Booking> = {},
  policy: Partial<StackingPolicy> = {},
): ReturnType<typeof evaluate> {
  const codes = entries(...vouchers.map(({ code }) => code));
  return evaluate(policyOf(policy), vouchers, bookingOf(booking), codes, TODAY);
}

export function amount(value: number, minTripPrice = 0): Tier {
  return { minTripPrice, amount: value, basisPoints: null };
}

export function percent(basisPoints: number, minTripPrice = 0): Tier {
  return { minTripPrice, amount: null, basisPoints };
}

export function purchase(code: string, balance: number, more: Partial<Voucher> = {}): Voucher {
  return voucherOf({ code, type: 'purchase', tiers: [], balance, ...more });
}

export function campaignOf(more: Partial<CampaignState> = {}): CampaignState {
  return { id: '1', active: true, paidOn: null, budget: null, budgetUsed: 0, budgetHeldByOthers: 0, ...more };
}

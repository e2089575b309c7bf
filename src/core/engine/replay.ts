import { evaluate } from './evaluate.ts';
import { DEFAULT_STACKING_POLICY, type Booking, type Tier, type Voucher, type VoucherRules } from './voucher.ts';
import type { RejectionReason } from './rejection.ts';

/** What a campaign's rules would have done for one booking, by themselves. */
export type ReplayOutcome =
  | { readonly kind: 'qualified'; readonly applied: number; readonly payable: number; readonly tier: Tier | null }
  | { readonly kind: 'rejected'; readonly reason: RejectionReason };

const CODE = 'REPLAY';
const DAY = '2000-01-01';

/**
 * A campaign's rules against one booking of the past. Left aside is what only a real code has: its day of payment, uses,
 * budget and holds, and the days of booking, because a booking of the past lies before those of a coming campaign. The
 * code stands alone, so stacking plays no part. `originalValue` is the stored value of a purchase or settlement.
 *
 * Source: engine.md sections 2 and 3. A trip of 1.200,00 and 10 % from 1.000,00: qualified, applied 120,00.
 */
export function replay(
  rules: VoucherRules & { readonly originalValue: number | null },
  booking: Booking,
): ReplayOutcome {
  const voucher: Voucher = {
    ...rules,
    id: '0',
    code: CODE,
    normalisedCode: CODE,
    bookFrom: null,
    bookUntil: null,
    maxUses: null,
    maxUsesPerCustomer: null,
    paidOn: DAY,
    isCancelled: false,
    isDeactivated: false,
    campaign: null,
    balance: rules.originalValue,
    heldByOthers: 0,
    uses: 0,
    usesHeldByOthers: 0,
    usesByCustomer: 0,
  };
  const { accepted, rejected, payable } = evaluate(
    DEFAULT_STACKING_POLICY,
    [voucher],
    booking,
    [{ code: CODE, atMost: null }],
    DAY,
  );
  const [one] = accepted;
  if (one === undefined) return { kind: 'rejected', reason: rejected[0]?.reason ?? 'not_needed' };
  const tiers = rules.tiers.filter(({ minTripPrice }) => minTripPrice <= booking.tripPrice);
  const tier = tiers.reduce<Tier | null>(
    (best, next) => (best === null || next.minTripPrice > best.minTripPrice ? next : best),
    null,
  );
  return { kind: 'qualified', applied: one.applied, payable, tier };
}

/** Figures over many bookings; amounts in minor units. */
export interface ReplayTotals {
  readonly bookings: number;
  readonly qualified: number;
  readonly applied: number;
  /** Trip prices of those that qualify. */
  readonly tripPrices: number;
  readonly tiers: readonly { readonly minTripPrice: number; readonly bookings: number; readonly applied: number }[];
  /** The most frequent first. */
  readonly reasons: readonly { readonly reason: RejectionReason; readonly bookings: number }[];
}

export interface ReplayTally {
  add(booking: Booking, outcome: ReplayOutcome): void;
  totals(): ReplayTotals;
}

/** Counts outcomes one by one, so that no list of them is kept. */
export function createReplayTally(rules: VoucherRules): ReplayTally {
  let [bookings, qualified, applied, tripPrices] = [0, 0, 0, 0];
  const tiers = new Map(rules.tiers.map(({ minTripPrice }) => [minTripPrice, { bookings: 0, applied: 0 }]));
  const reasons = new Map<RejectionReason, number>();
  return {
    add(booking, outcome) {
      bookings += 1;
      if (outcome.kind === 'rejected') {
        reasons.set(outcome.reason, (reasons.get(outcome.reason) ?? 0) + 1);
        return;
      }
      qualified += 1;
      applied += outcome.applied;
      tripPrices += booking.tripPrice;
      const tier = outcome.tier === null ? undefined : tiers.get(outcome.tier.minTripPrice);
      if (tier === undefined) return;
      tier.bookings += 1;
      tier.applied += outcome.applied;
    },
    totals: () => ({
      bookings,
      qualified,
      applied,
      tripPrices,
      tiers: [...tiers]
        .map(([minTripPrice, tier]) => ({ minTripPrice, ...tier }))
        .sort((a, b) => a.minTripPrice - b.minTripPrice),
      reasons: [...reasons]
        .map(([reason, count]) => ({ reason, bookings: count }))
        .sort((a, b) => b.bookings - a.bookings || (a.reason < b.reason ? -1 : 1)),
    }),
  };
}

import { expect } from 'chai';
import { createReplayTally, replay } from '../../../src/core/engine/replay.ts';
import type { Booking } from '../../../src/core/engine/voucher.ts';
import { bookingOf, voucherOf } from './vouchers.ts';

describe('a replay', () => {
  const rules = {
    ...voucherOf({
      type: 'discount',
      tiers: [
        { minTripPrice: 0, amount: 1000, basisPoints: null },
        { minTripPrice: 100_000, amount: null, basisPoints: 1000 },
      ],
      bookUntil: '2020-01-01',
      maxUses: 1,
    }),
    originalValue: null,
  };
  const booking = (tripPrice: number, more: Partial<Booking> = {}): Booking => bookingOf({ tripPrice, ...more });

  it('asks about the trip alone: neither the days of booking nor uses keep a booking out', () => {
    expect(replay(rules, booking(120_000))).to.deep.equal({
      kind: 'qualified',
      applied: 12_000,
      payable: 108_000,
      tier: rules.tiers[1],
    });
    expect(replay(rules, booking(120_000, { currency: 'CHF' }))).to.deep.equal({
      kind: 'rejected',
      reason: 'currency_mismatch',
    });
  });

  it('counts by tier and by reason', () => {
    const tally = createReplayTally(rules);
    for (const one of [booking(120_000), booking(100_000), booking(5000), booking(5000, { currency: 'CHF' })])
      tally.add(one, replay(rules, one));
    expect(tally.totals()).to.deep.equal({
      bookings: 4,
      qualified: 3,
      applied: 23_000,
      tripPrices: 225_000,
      tiers: [
        { minTripPrice: 0, bookings: 1, applied: 1000 },
        { minTripPrice: 100_000, bookings: 2, applied: 22_000 },
      ],
      reasons: [{ reason: 'currency_mismatch', bookings: 1 }],
    });
  });
});

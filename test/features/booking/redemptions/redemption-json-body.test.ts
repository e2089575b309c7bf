import { expect } from 'chai';
import { HOUSE } from '../../../../src/core/booking-owner.ts';
import { plainBooking } from '../../../../src/core/engine/plain-booking.ts';
import type { Evaluation } from '../../../../src/core/engine/voucher.ts';
import {
  newRedemptionJson,
  redemptionAnswer,
  reversalAnswer,
  reversalJson,
} from '../../../../src/features/booking/redemptions/redemption-json-body.ts';

const evaluation: Evaluation = {
  currency: 'EUR',
  tripPrice: 10_000,
  discount: 1000,
  payment: 4000,
  payable: 5000,
  storedValueUsed: 4000,
  paymentRequired: true,
  accepted: (['discount', 'purchase'] as const).map((type, index) => ({
    code: `CODE-${index}`,
    voucherId: String(index),
    type,
    title: type,
    kind: type === 'discount' ? 'discount' : 'payment',
    applied: type === 'discount' ? 1000 : 4000,
    allocation: [],
    explanation: [],
    bookUntil: null,
  })),
  rejected: [],
  alternatives: [],
};
const redemption = {
  id: '7',
  bookingNumber: 'K-1',
  owner: HOUSE,
  holdId: null,
  booking: plainBooking('EUR', 10_000, ['adult']),
  customerId: null,
  customerEmail: null,
  evaluation,
  actor: 'key:1',
  redeemedAt: Date.parse('2026-11-30T12:00:00Z'),
};
const sentence = (): string => '';

describe('a redemption as JSON', () => {
  it('has its lines whole when it is made, and what the booking has left', () => {
    const json = newRedemptionJson(redemption, { currency: 'EUR', price: 10_000, redeemed: 7000 }, sentence);
    expect(redemptionAnswer.validate(json).error).to.equal(undefined);
    expect(json).to.deep.include({ remaining: 5000, booking: { price: 10_000, redeemed: 7000, left: 3000 } });
    expect(json)
      .to.have.property('lines')
      .that.deep.equals([
        { code: 'CODE-0', voucherId: '0', kind: 'discount', applied: 1000, reversed: 0, remaining: 1000 },
        { code: 'CODE-1', voucherId: '1', kind: 'payment', applied: 4000, reversed: 0, remaining: 4000 },
      ]);
  });

  it('says of a booking that was kept without its sums what it took itself', () => {
    expect(newRedemptionJson(redemption, undefined, sentence)).to.deep.include({
      booking: { price: 10_000, redeemed: 5000, left: 5000 },
    });
  });

  it('tells a reversal by its codes', () => {
    const reversal = {
      id: '3',
      redemptionId: '7',
      amount: 500,
      reason: 'Storno',
      actor: 'key:1',
      reversedAt: redemption.redeemedAt,
      lines: [{ voucherId: '1', code: 'CODE-1', amount: 500 }],
    };
    const json = reversalJson(reversal);
    expect(reversalAnswer.validate(json).error).to.equal(undefined);
    expect(json).to.deep.include({ lines: [{ code: 'CODE-1', amount: 500 }], reversedAt: '2026-11-30T12:00:00.000Z' });
  });
});

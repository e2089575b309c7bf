import { expect } from 'chai';
import { compareCodePoints, inCanonicalOrder, toCandidate } from '../../../src/core/engine/canonical-order.ts';
import { DEFAULT_STACKING_POLICY } from '../../../src/core/engine/voucher.ts';
import { bookingOf, voucherOf } from './vouchers.ts';

describe('the order in which codes are applied', () => {
  it('is the same however they were typed: discounts, deals, settlement, and purchase by its end', () => {
    const candidates = [
      voucherOf({ id: '1', normalisedCode: 'LATE', type: 'purchase', balance: 100, bookUntil: null }),
      voucherOf({ id: '2', normalisedCode: 'SOON', type: 'purchase', balance: 100, bookUntil: '2026-12-31' }),
      voucherOf({ id: '3', normalisedCode: 'OWED', type: 'settlement', balance: 100 }),
      voucherOf({ id: '4', normalisedCode: 'OFF', type: 'discount' }),
    ].map((voucher) => toCandidate(voucher, { code: voucher.normalisedCode, atMost: null }, bookingOf()));
    for (const typed of [candidates, candidates.toReversed()])
      expect(
        inCanonicalOrder(typed, DEFAULT_STACKING_POLICY).map(({ voucher }) => voucher.normalisedCode),
      ).to.deep.equal(['OFF', 'OWED', 'SOON', 'LATE']);
  });

  for (const [a, b, order] of [
    ['A', 'A', 0],
    ['A', 'B', -1],
    ['AB', 'A', 1],
    ['A', 'AB', -1],
    ['\u{1F381}', '\uFFFD', 1],
  ] as const) {
    it(`puts ${JSON.stringify(a)} ${['before', 'beside', 'behind'][order + 1] ?? ''} ${JSON.stringify(b)}`, () => {
      expect(Math.sign(compareCodePoints(a, b))).to.equal(order);
    });
  }
});

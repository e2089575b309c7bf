import { expect } from 'chai';
import fc from 'fast-check';
import {
  bookingNumberKey,
  bookingRefusal,
  redeemedBefore,
  type BookingSoFar,
} from '../../../src/core/engine/booking-limit.ts';

const soFar = (more: Partial<BookingSoFar> = {}): BookingSoFar => ({
  currency: 'EUR',
  price: 20_000,
  redeemed: 15_000,
  byVoucher: new Map([['7', 15_000]]),
  ...more,
});

describe('the number of a booking', () => {
  const SAME: readonly (readonly [string, string])[] = [
    ['K-1', 'k-1'],
    [' K- 1 ', 'K-1'],
    ['Ä\u00a077', 'A\u0308 77'],
    ['K\u200b-1', 'K-1'],
  ];
  for (const [one, other] of SAME)
    it(`${JSON.stringify(one)} is that of ${JSON.stringify(other)}`, () => {
      expect(bookingNumberKey(one)).to.equal(bookingNumberKey(other));
    });

  for (const [one, other] of [
    ['K-1', 'K1'],
    ['K-1', 'K-10'],
    ['2026/1', '2026-1'],
  ] as const)
    it(`${one} is not that of ${other}`, () => {
      expect(bookingNumberKey(one)).not.to.equal(bookingNumberKey(other));
    });

  it('is never empty, and the key of a key is itself', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 64 }), (number) => {
        const key = bookingNumberKey(number);
        expect(key).not.to.equal('');
        expect(bookingNumberKey(key)).to.equal(key);
      }),
    );
  });
});

describe('a voucher that was redeemed for the booking before', () => {
  const payment = { voucherId: '7', isDiscount: false };
  const discount = { voucherId: '7', isDiscount: true };
  const other = { voucherId: '8', isDiscount: false };

  it('is named, and others are not', () => {
    expect(redeemedBefore(soFar(), [other, payment], false)).to.deep.equal(['7']);
    expect(redeemedBefore(soFar(), [other], false)).to.deep.equal([]);
    expect(redeemedBefore(null, [payment], false)).to.deep.equal([]);
  });

  it('pays again where a further redemption is meant, but lowers no price twice', () => {
    expect(redeemedBefore(soFar(), [payment], true)).to.deep.equal([]);
    expect(redeemedBefore(soFar(), [discount], true)).to.deep.equal(['7']);
  });

  it('is free again once all of it was given back', () => {
    expect(redeemedBefore(soFar({ redeemed: 0, byVoucher: new Map([['7', 0]]) }), [payment], false)).to.deep.equal([]);
  });
});

describe('the price of a booking', () => {
  const CASES: readonly (readonly [string, BookingSoFar | null, number, number, string | null])[] = [
    ['takes all of it at once', null, 20_000, 20_000, null],
    ['takes no more than it is', null, 20_000, 20_001, 'exceeds_booking'],
    ['takes what is left', soFar(), 20_000, 5000, null],
    ['takes no cent more than is left', soFar(), 20_000, 5001, 'exceeds_booking'],
    ['takes more where it is told as higher', soFar(), 21_000, 6000, null],
    ['takes nothing where it is told as lower than what was redeemed', soFar(), 14_000, 1, 'exceeds_booking'],
    ['takes all again once everything was given back', soFar({ redeemed: 0 }), 20_000, 20_000, null],
  ];
  for (const [what, before, price, applied, expected] of CASES)
    it(what, () => {
      expect(bookingRefusal(before, { currency: 'EUR', price, applied })).to.equal(expected);
    });

  it('has one currency while something is redeemed', () => {
    const wish = { currency: 'CHF', price: 20_000, applied: 1 };
    expect(bookingRefusal(soFar(), wish)).to.equal('other_currency');
    expect(bookingRefusal(soFar({ redeemed: 0 }), wish)).to.equal(null);
  });

  it('is never exceeded by what is let through, whatever is told as the price', () => {
    const cents = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(fc.array(fc.tuple(cents, cents), { maxLength: 20 }), (wishes) => {
        let redeemed = 0;
        for (const [price, applied] of wishes) {
          const before = soFar({ price, redeemed, byVoucher: new Map() });
          if (bookingRefusal(before, { currency: 'EUR', price, applied }) !== null) continue;
          redeemed += applied;
          expect(redeemed).to.be.at.most(price);
        }
      }),
    );
  });
});

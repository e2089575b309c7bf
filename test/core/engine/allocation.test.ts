import { expect } from 'chai';
import { allocate, allocateToTravellers } from '../../../src/core/engine/allocation.ts';
import { bookingOf } from './vouchers.ts';

describe('splitting an amount', () => {
  for (const [amount, weights, shares] of [
    [1000, [3333, 3333, 3334], [333, 333, 334]],
    [100, [1, 1, 1], [34, 33, 33]],
    [5, [0, 0], [3, 2]],
    [0, [1, 2], [0, 0]],
  ] as const) {
    it(`${amount} by ${weights.join(', ')} is ${shares.join(', ')}`, () => {
      expect(allocate(amount, weights)).to.deep.equal(shares);
    });
  }

  it('gives what no traveller pays for to the booking itself', () => {
    const booking = bookingOf({
      tripPrice: 1000,
      travellers: [
        { kind: 'adult', price: 600 },
        { kind: 'child', price: 200 },
      ],
    });
    expect(allocateToTravellers(100, 'purchase', 'booking', booking)).to.deep.equal([
      { traveller: 0, amount: 60 },
      { traveller: 1, amount: 20 },
      { traveller: null, amount: 20 },
    ]);
    expect(allocateToTravellers(100, 'discount', 'child', booking)).to.deep.equal([{ traveller: 1, amount: 100 }]);
  });

  it('shares evenly over adults and children without prices', () => {
    expect(allocateToTravellers(100, 'discount', 'pax', bookingOf())).to.deep.equal([
      { traveller: 0, amount: 34 },
      { traveller: 1, amount: 33 },
      { traveller: 2, amount: 33 },
    ]);
  });
});

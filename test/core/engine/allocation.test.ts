import { expect } from 'chai';
import { allocate, allocateToTravellers } from '../../../src/core/engine/allocation.ts';
import { addDays, endOfYearAfter, isCalendarDay } from '../../../src/core/calendar.ts';
import { roundHalfUp } from '../../../src/core/money.ts';
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

describe('exact arithmetic', () => {
  it('rounds half up on integers, also beyond what a float could hold', () => {
    expect(roundHalfUp(129_900, 1250, 10_000)).to.equal(16_238);
    expect(roundHalfUp(9_007_199_254_740_991, 9999, 10_000)).to.equal(9_006_298_534_815_517);
    expect(() => roundHalfUp(0.5, 1, 1)).to.throw(RangeError);
  });

  it('knows which days exist, and counts them', () => {
    expect(['2028-02-29', '2026-12-31'].every(isCalendarDay)).to.equal(true);
    expect(['2027-02-29', '2026-13-01', '2026-00-10', '26-01-01', '2026-04-31'].some(isCalendarDay)).to.equal(false);
    expect(addDays('2026-12-31', 1)).to.equal('2027-01-01');
    expect(addDays('2028-03-01', -1)).to.equal('2028-02-29');
    for (let day = '2023-12-25', count = 0; count < 1500; count++)
      expect(addDays('2023-12-25', count)).to.equal(
        new Date(Date.parse(day) + count * 86_400_000).toISOString().slice(0, 10),
      );
    expect(endOfYearAfter('2026-05-01', 3)).to.equal('2029-12-31');
  });
});

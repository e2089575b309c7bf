import { expect } from 'chai';
import fc from 'fast-check';
import { disputedOf, disputeFigures } from '../../../src/core/books/dispute.ts';

const cents = fc.integer({ min: 0, max: 1_000_000 });

describe('a dispute', () => {
  it('is what was taken back less what was given again', () => {
    expect(disputedOf({ chargebacks: 10_000, refunds: 0, won: 4000 })).to.deep.equal({
      total: 6000,
      charged: 6000,
      refunded: 0,
    });
    expect(disputedOf({ chargebacks: 4000, refunds: 3000, won: 4000 })).to.deep.equal({
      total: 3000,
      charged: 0,
      refunded: 3000,
    });
    expect(disputedOf({ chargebacks: 0, refunds: 0, won: 4000 })).to.deep.equal({ total: 0, charged: 0, refunded: 0 });
  });

  it('loses only redeemed value that nothing is left for', () => {
    const table: readonly (readonly [
      disputed: number,
      booked: number,
      balance: number,
      redeemed: number,
      covered: number,
      lost: number,
      other: number,
    ])[] = [
      [10_000, 0, 4000, 6000, 4000, 6000, 0],
      [3000, 0, 4000, 6000, 3000, 0, 0],
      [10_000, 4000, 0, 6000, 0, 6000, 0],
      [12_000, 0, 10_000, 0, 10_000, 0, 2000],
      [0, 0, 4000, 6000, 0, 0, 0],
    ];
    for (const [disputed, booked, balance, redeemed, covered, lost, other] of table) {
      expect(disputeFigures({ disputed, booked, balance, redeemed })).to.deep.equal({ covered, lost, other });
    }
  });

  it('adds up, whatever happened', () => {
    fc.assert(
      fc.property(cents, cents, cents, cents, (disputed, booked, balance, redeemed) => {
        const { covered, lost, other } = disputeFigures({ disputed, booked, balance, redeemed });
        expect(covered + lost + other).to.equal(Math.max(0, disputed - booked));
        expect(Math.min(covered, lost, other)).to.be.at.least(0);
        expect(lost).to.be.at.most(redeemed);
      }),
    );
    fc.assert(
      fc.property(cents, cents, cents, (chargebacks, refunds, won) => {
        const { total, charged, refunded } = disputedOf({ chargebacks, refunds, won });
        expect(charged + refunded).to.equal(total);
        expect(Math.min(charged, refunded)).to.be.at.least(0);
      }),
    );
  });
});

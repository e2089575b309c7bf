import { expect } from 'chai';
import fc from 'fast-check';
import {
  postingsOfPartnerCancellation,
  postingsOfPartnerInvoice,
  settlementOf,
} from '../../../src/core/books/partner-settlement.ts';

describe('what a partner owes for a deal', () => {
  for (const [what, contract, owed, difference, differenceRole] of [
    [
      'all of it without a commission',
      { applied: 84_000, redeemed: 84_000, agreedPrice: null, commissionBasisPoints: 0 },
      84_000,
      0,
      'COMMISSION',
    ],
    [
      'all of it less 15 %',
      { applied: 84_000, redeemed: 84_000, agreedPrice: null, commissionBasisPoints: 1500 },
      71_400,
      12_600,
      'COMMISSION',
    ],
    [
      'a commission rounded half up',
      { applied: 333, redeemed: 333, agreedPrice: null, commissionBasisPoints: 1250 },
      291,
      42,
      'COMMISSION',
    ],
    [
      'the agreed price, whatever the commission',
      { applied: 84_000, redeemed: 84_000, agreedPrice: 19_900, commissionBasisPoints: 1500 },
      19_900,
      64_100,
      'RABATT',
    ],
    [
      'half of the agreed price when half was given back',
      { applied: 84_000, redeemed: 42_000, agreedPrice: 19_900, commissionBasisPoints: 0 },
      9950,
      32_050,
      'RABATT',
    ],
    [
      'never more than was redeemed',
      { applied: 15_000, redeemed: 15_000, agreedPrice: 19_900, commissionBasisPoints: 0 },
      15_000,
      0,
      'RABATT',
    ],
    [
      'nothing when all was given back',
      { applied: 15_000, redeemed: 0, agreedPrice: 19_900, commissionBasisPoints: 0 },
      0,
      0,
      'RABATT',
    ],
  ] as const) {
    it(`is ${what}`, () => {
      expect(settlementOf(contract)).to.deep.equal({ owed, difference, differenceRole });
    });
  }

  it('leaves the clearing account at zero, and a counter-invoice every account', () => {
    const contract = fc
      .record({
        applied: fc.integer({ min: 1, max: 10_000_000 }),
        part: fc.double({ min: 0, max: 1, noNaN: true }),
        agreedPrice: fc.option(fc.integer({ min: 1, max: 10_000_000 })),
        commissionBasisPoints: fc.integer({ min: 0, max: 10_000 }),
      })
      .map(({ part, ...rest }) => ({ ...rest, redeemed: Math.floor(rest.applied * part) }));
    fc.assert(
      fc.property(contract, (one) => {
        const settlement = settlementOf(one);
        const invoice = postingsOfPartnerInvoice(settlement);
        expect(invoice.every(({ cents, creditRole }) => cents > 0 && creditRole === 'DEAL_CLEARING')).to.equal(true);
        expect(invoice.reduce((sum, { cents }) => sum + cents, 0)).to.equal(one.redeemed);
        const sums = new Map<string, number>();
        for (const { debitRole, creditRole, cents } of [...invoice, ...postingsOfPartnerCancellation(settlement)]) {
          sums.set(debitRole, (sums.get(debitRole) ?? 0) + cents);
          sums.set(creditRole, (sums.get(creditRole) ?? 0) - cents);
        }
        expect([...sums.values()].every((sum) => sum === 0)).to.equal(true);
      }),
    );
  });

  it('refuses figures that cannot be', () => {
    expect(() => settlementOf({ applied: 100, redeemed: 101, agreedPrice: null, commissionBasisPoints: 0 })).to.throw(
      RangeError,
    );
  });
});

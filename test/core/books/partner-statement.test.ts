import { expect } from 'chai';
import fc from 'fast-check';
import {
  clearingByPriceCut,
  clearingByRejection,
  clearingByStatement,
  clearingOfRest,
  postingsOfClearingReversal,
  postingsOfPartnerClearing,
} from '../../../src/core/books/partner-settlement.ts';
import { judgeStatement, type KnownDeal } from '../../../src/core/books/partner-statement.ts';

const once = (owed: number, more: object = {}): KnownDeal => ({
  isOfPartner: true,
  redemptions: [{ lineId: '1', counts: 84_000, owed, isPaid: false, ...more }],
});

describe('the rows of a partner’s statement', () => {
  for (const [finding, deal, cents] of [
    ['agrees', once(71_400), 71_400],
    ['amount_differs', once(71_400), 70_000],
    ['amount_differs', once(71_400), 90_000],
    ['rejected', once(71_400), 0],
    ['agrees', once(0), 0],
    ['already_paid', once(71_400, { isPaid: true }), 71_400],
    ['not_redeemed', { isOfPartner: true, redemptions: [] }, 71_400],
    ['given_back', once(0, { counts: 0 }), 71_400],
    ['taken_back', once(71_400), -71_400],
    ['other_partner', { isOfPartner: false, redemptions: [] }, 71_400],
  ] as const) {
    it(`are ${finding} at ${cents}`, () => {
      expect(judgeStatement([{ deal: 'a', cents }], new Map([['a', deal]]))[0]?.finding).to.equal(finding);
    });
  }

  it('know no voucher with an unknown code', () => {
    expect(
      judgeStatement(
        [
          { deal: null, cents: 100 },
          { deal: 'b', cents: 100 },
        ],
        new Map(),
      ),
    ).to.deep.equal([
      { finding: 'unknown_code', lineId: null, expected: null },
      { finding: 'unknown_code', lineId: null, expected: null },
    ]);
  });

  it('are about one redemption each, the one of that amount first', () => {
    const twice: KnownDeal = {
      isOfPartner: true,
      redemptions: [
        { lineId: '1', counts: 500, owed: 500, isPaid: false },
        { lineId: '2', counts: 300, owed: 300, isPaid: false },
      ],
    };
    expect(
      judgeStatement(
        [300, 500, 500].map((cents) => ({ deal: 'a', cents })),
        new Map([['a', twice]]),
      ).map(({ finding, lineId }) => [finding, lineId]),
    ).to.deep.equal([
      ['agrees', '2'],
      ['agrees', '1'],
      ['twice', null],
    ]);
  });
});

describe('a deal settled without an invoice', () => {
  it('splits what counts by what the partner grants, in proportion where less counts', () => {
    expect(clearingByStatement(84_000, 70_000, true)).to.deep.equal({
      owed: 70_000,
      difference: 14_000,
      differenceRole: 'COMMISSION',
      claimed: 0,
    });
    expect(clearingOfRest(clearingByStatement(84_000, 70_000, true), 42_000)).to.deep.equal({
      owed: 35_000,
      difference: 7000,
      differenceRole: 'COMMISSION',
      claimed: 0,
    });
    expect(clearingOfRest(clearingByRejection(999), 333)).to.deep.equal({
      owed: 0,
      difference: 0,
      differenceRole: 'RABATT',
      claimed: 333,
    });
    expect(() => clearingByStatement(84_000, 84_001, false)).to.throw(RangeError);
    expect(() => clearingByStatement(84_000, 0, false)).to.throw(RangeError);
    expect(() => clearingOfRest(clearingByPriceCut(100), 101)).to.throw(RangeError);
  });

  it('takes exactly what counts off the clearing account, and its reversal brings it back', () => {
    const clearing = fc.oneof(
      fc
        .record({ redeemed: fc.integer({ min: 1, max: 10_000_000 }), part: fc.double({ min: 0, max: 1, noNaN: true }) })
        .map(({ redeemed, part }) => clearingByStatement(redeemed, Math.max(1, Math.floor(redeemed * part)), true)),
      fc.integer({ min: 1, max: 10_000_000 }).map(clearingByRejection),
      fc.integer({ min: 1, max: 10_000_000 }).map(clearingByPriceCut),
    );
    fc.assert(
      fc.property(clearing, fc.double({ min: 0, max: 1, noNaN: true }), (whole, part) => {
        const counts = Math.floor((whole.owed + whole.difference + whole.claimed) * part);
        const rest = clearingOfRest(whole, counts);
        expect(Math.min(rest.owed, rest.difference, rest.claimed)).to.be.at.least(0);
        expect(
          postingsOfPartnerClearing(rest).reduce(
            (sum, { creditRole, cents }) => sum + (creditRole === 'DEAL_CLEARING' ? cents : 0),
            0,
          ),
        ).to.equal(counts);
        expect(
          postingsOfClearingReversal(rest).map(({ event, debitRole, creditRole, cents }) => [
            event.replace('_reversal', ''),
            creditRole,
            debitRole,
            cents,
          ]),
        ).to.deep.equal(
          postingsOfPartnerClearing(rest).map(({ event, debitRole, creditRole, cents }) => [
            event,
            debitRole,
            creditRole,
            cents,
          ]),
        );
      }),
    );
  });
});

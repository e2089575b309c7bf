import { expect } from 'chai';
import fc from 'fast-check';
import { bonusOf, withBonusApart } from '../../../src/core/books/bonus.ts';
import { postingsOfDerecognition, postingsOfReactivation } from '../../../src/core/books/ending/ending-postings.ts';
import {
  postingsOfIssue,
  postingsOfRedemption,
  postingsOfRefund,
  postingsOfReversal,
  type Posting,
} from '../../../src/core/books/postings.ts';

const PURCHASE = { type: 'purchase', funding: null } as const;
const TERMS = { value: 10_000, bonus: 1000 };
const line = ({ event, debitRole, creditRole, cents }: Posting): string =>
  `${event} ${debitRole} ${creditRole} ${cents}`;

describe('a voucher that was sold with a bonus', () => {
  it('owes what was paid, in proportion to what is left', () => {
    expect([10_000, 6667, 3334, 5, 1, 0].map((balance) => bonusOf(TERMS, balance))).to.deep.equal([
      1000, 667, 333, 1, 0, 0,
    ]);
    expect(bonusOf({ value: 10_000, bonus: 0 }, 1234)).to.equal(0);
  });

  it('refuses a balance that it cannot have', () => {
    expect(() => bonusOf(TERMS, 10_001)).to.throw(RangeError);
  });

  const cases: readonly [string, readonly Posting[], number, number, readonly string[]][] = [
    [
      'is sold for its price',
      postingsOfIssue(PURCHASE, 10_000, 'bank_transfer'),
      0,
      10_000,
      ['sale BANK V_KAUF 9000', 'sale MEMO_GOODWILL_CONTRA MEMO_GOODWILL 1000'],
    ],
    [
      'cuts the price by its share when it is redeemed',
      postingsOfRedemption(PURCHASE, 6000),
      10_000,
      -6000,
      [
        'redemption V_KAUF DEBITOR 5400',
        'redemption MEMO_GOODWILL MEMO_GOODWILL_CONTRA 600',
        'redemption RABATT DEBITOR 600',
      ],
    ],
    [
      'takes both back when the booking is cancelled',
      postingsOfReversal(PURCHASE, 6000),
      4000,
      6000,
      [
        'redemption_reversal DEBITOR V_KAUF 5400',
        'redemption_reversal MEMO_GOODWILL_CONTRA MEMO_GOODWILL 600',
        'redemption_reversal DEBITOR RABATT 600',
      ],
    ],
    [
      'pays out what was paid',
      postingsOfRefund(PURCHASE, 4000),
      4000,
      -4000,
      ['refund V_KAUF DEBITOR 3600', 'forfeit MEMO_GOODWILL MEMO_GOODWILL_CONTRA 400'],
    ],
    [
      'is income as far as it was paid',
      postingsOfDerecognition(PURCHASE, 4000),
      4000,
      -4000,
      ['derecognition V_KAUF BREAKAGE 3600', 'forfeit MEMO_GOODWILL MEMO_GOODWILL_CONTRA 400'],
    ],
    [
      'is honoured as a whole',
      postingsOfReactivation(PURCHASE, 4000, true),
      0,
      4000,
      ['reactivation BREAKAGE V_KAUF 3600', 'forfeit_reversal MEMO_GOODWILL_CONTRA MEMO_GOODWILL 400'],
    ],
  ];
  for (const [title, postings, balance, change, expected] of cases) {
    it(title, () => {
      expect(withBonusApart(postings, TERMS, balance, change).map(line)).to.deep.equal(expected);
    });
  }

  it('lands exactly on its price, whatever the steps and whatever is taken back between them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.array(fc.nat(1_000_000), { maxLength: 12 }),
        (price, bonus, targets) => {
          const terms = { value: price + bonus, bonus };
          let balance = 0;
          let owed = 0;
          let given = 0;
          for (const target of [terms.value, ...targets.map((one) => one % (terms.value + 1)), 0]) {
            const change = target - balance;
            if (change === 0) continue;
            const postings =
              change < 0 ? postingsOfRedemption(PURCHASE, -change) : postingsOfReversal(PURCHASE, change);
            const legs = withBonusApart(postings, terms, balance, change);
            const onDebtor = legs.reduce(
              (sum, leg) =>
                sum + (leg.creditRole === 'DEBITOR' ? leg.cents : 0) - (leg.debitRole === 'DEBITOR' ? leg.cents : 0),
              0,
            );
            expect(onDebtor).to.equal(-change);
            owed += legs.reduce(
              (sum, leg) =>
                sum + (leg.creditRole === 'V_KAUF' ? leg.cents : 0) - (leg.debitRole === 'V_KAUF' ? leg.cents : 0),
              0,
            );
            given += legs.reduce(
              (sum, leg) =>
                sum +
                (leg.creditRole === 'MEMO_GOODWILL' ? leg.cents : 0) -
                (leg.debitRole === 'MEMO_GOODWILL' ? leg.cents : 0),
              0,
            );
            balance = target;
            expect([owed + given, given]).to.deep.equal([balance, bonusOf(terms, balance)]);
            expect(owed).to.be.within(0, price);
          }
          expect([owed, given]).to.deep.equal([0, 0]);
        },
      ),
    );
  });
});

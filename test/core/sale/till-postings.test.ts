import { expect } from 'chai';
import {
  isReversibleAtTill,
  postingOfCashDifference,
  postingOfCashMove,
  postingOfCashOpening,
  postingsOfTripPayment,
  reversedPosting,
} from '../../../src/core/sale/till-postings.ts';
import { LEDGER_EVENTS } from '../../../src/core/books/ledger-event.ts';
import type { Posting } from '../../../src/core/books/postings.ts';

const told = ({ event, debitRole, creditRole, cents }: Posting): string =>
  `${event}: ${debitRole} an ${creditRole} ${cents}`;

describe('postings of a till', () => {
  it('settle a trip by each tender on the account of its own', () => {
    expect(postingsOfTripPayment({ cash: 2000, card: 1000, transfer: 500 }).map(told)).to.deep.equal([
      'trip_payment: CASH an DEBITOR 2000',
      'trip_payment: TRANSIT an DEBITOR 1000',
      'trip_payment: BANK an DEBITOR 500',
    ]);
    expect(postingsOfTripPayment({ cash: 0, card: 0, transfer: 0 })).to.deep.equal([]);
  });

  for (const [what, posting, line] of [
    ['a deposit', postingOfCashMove(10_000), 'cash_in: CASH an TRANSIT 10000'],
    ['a withdrawal', postingOfCashMove(-10_000), 'cash_out: TRANSIT an CASH 10000'],
    ['a shortage', postingOfCashDifference(-1000), 'cash_difference: CASH_DIFFERENCE an CASH 1000'],
    ['a surplus', postingOfCashDifference(500), 'cash_difference: CASH an CASH_DIFFERENCE 500'],
    ['more in the drawers than in the account', postingOfCashOpening(22_000), 'cash_opening: CASH an OPENING 22000'],
    ['less in the drawers than in the account', postingOfCashOpening(-300), 'cash_opening: OPENING an CASH 300'],
    ['a Storno', reversedPosting(postingOfCashMove(10_000)), 'cash_in_reversal: TRANSIT an CASH 10000'],
  ] as const)
    it(`${what}: ${line}`, () => {
      expect(told(posting)).to.equal(line);
    });

  it('can be taken back where the books know the event that does it', () => {
    const reversible = LEDGER_EVENTS.filter(isReversibleAtTill);
    expect(reversible).to.have.members(['sale', 'top_up', 'payment_in', 'trip_payment', 'cash_in', 'cash_out']);
    for (const event of reversible) expect(LEDGER_EVENTS).to.include(`${event}_reversal`);
  });
});

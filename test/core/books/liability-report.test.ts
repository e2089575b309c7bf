import { expect } from 'chai';
import { movementLineOf } from '../../../src/core/books/liability-report.ts';

describe('the movement of a liability', () => {
  for (const [event, line] of [
    ['sale', 'sold'],
    ['migrated', 'taken_over'],
    ['forfeit_reversal', 'forfeited'],
    ['chargeback_reversal', 'charged_back'],
    ['deal_use_reversal', 'given_back'],
  ] as const) {
    it(`by ${event} stands in the line ${line}`, () => {
      expect(movementLineOf(event)).to.equal(line);
    });
  }

  it('puts an event nobody has named into the corrections, so that the equation still holds', () => {
    expect([movementLineOf('redemption'), movementLineOf('no_such_event')]).to.deep.equal(['redeemed', 'correction']);
  });
});

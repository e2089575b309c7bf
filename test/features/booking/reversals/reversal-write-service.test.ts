import { expect } from 'chai';
import { isWholeLine, sumOf, type Share } from '../../../../src/features/booking/reversals/reversal-write-service.ts';

const share = (applied: number, reversed: number, amount: number): Share => ({
  line: {
    id: '1',
    redemptionId: '1',
    position: 0,
    voucherId: '7',
    campaignId: null,
    kind: 'payment',
    applied,
    reversed,
    bonus: 0,
    allocation: [],
  },
  amount,
});

describe('what goes back of a line', () => {
  it('is all of it where nothing is left, this time included', () => {
    expect(isWholeLine(share(1000, 0, 1000))).to.equal(true);
    expect(isWholeLine(share(1000, 400, 600))).to.equal(true);
    expect(isWholeLine(share(1000, 400, 599))).to.equal(false);
  });

  it('adds up over the lines', () => {
    expect(sumOf([share(1000, 0, 300), share(500, 0, 500)])).to.equal(800);
    expect(sumOf([])).to.equal(0);
  });
});

import { expect } from 'chai';
import { roundDownWithRest, roundHalfUp } from '../../src/core/money.ts';

describe('exact arithmetic', () => {
  it('rounds down and keeps the rest, also beyond what a float could hold', () => {
    expect(roundDownWithRest(1000, 3334, 10_000)).to.deep.equal({ whole: 333, rest: 4000 });
    expect(roundDownWithRest(9_007_199_254_740_991, 9999, 10_000)).to.deep.equal({
      whole: 9_006_298_534_815_516,
      rest: 9009,
    });
  });

  it('takes no part of a cent, nothing below 0 and no divisor of 0', () => {
    for (const [a, b, c] of [
      [0.5, 1, 1],
      [1, -1, 1],
      [1, 1, 0],
      [1, 1, -1],
      [Number.MAX_SAFE_INTEGER + 1, 1, 1],
    ] as const) {
      expect(() => roundHalfUp(a, b, c), `${a} * ${b} / ${c}`).to.throw(RangeError);
      expect(() => roundDownWithRest(a, b, c), `${a} * ${b} / ${c}`).to.throw(RangeError);
    }
    expect(() => roundHalfUp(Number.MAX_SAFE_INTEGER, 2, 1)).to.throw('too large to be exact');
  });

  it('rounds half up on integers, also beyond what a float could hold', () => {
    expect(roundHalfUp(129_900, 1250, 10_000)).to.equal(16_238);
    expect(roundHalfUp(9_007_199_254_740_991, 9999, 10_000)).to.equal(9_006_298_534_815_517);
    expect(() => roundHalfUp(0.5, 1, 1)).to.throw(RangeError);
  });
});

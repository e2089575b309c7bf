import { expect } from 'chai';
import { parseFurther, parseRedemption } from '../../../../src/features/counter/desk/counter-redemption-form.ts';

const t = (key: string): string => key;
const pathsOf = (parsed: ReturnType<typeof parseFurther>): readonly string[] =>
  'errors' in parsed ? parsed.errors.map(({ path }) => path) : [];

describe('the form that redeems at the till', () => {
  it('reads price, number and limit', () => {
    expect(parseRedemption({ price: '1.234,50', bookingNumber: 'K-1', atMost: '' }, t)).to.deep.equal({
      wish: { price: 123_450, atMost: null, bookingNumber: 'K-1' },
    });
    expect(parseRedemption({ price: '0', bookingNumber: '', atMost: 'x' }, t))
      .to.have.property('errors')
      .that.deep.equals([
        { path: 'price', message: 'counter:error.price' },
        { path: 'bookingNumber', message: 'counter:error.number' },
        { path: 'atMost', message: 'counter:error.amount' },
      ]);
  });

  it('takes a further redemption only with a yes and a whole price that is not less than what is paid now', () => {
    expect(parseFurther({ isFurther: 'true', wholePrice: '200' }, 5000, t)).to.deep.equal({ wholePrice: 20_000 });
    for (const [typed, paths] of [
      [{ wholePrice: '200' }, ['isFurther']],
      [{ isFurther: 'true', wholePrice: '' }, ['wholePrice']],
      [{ isFurther: 'true', wholePrice: '49,99' }, ['wholePrice']],
      [{}, ['isFurther']],
    ] as const)
      expect(pathsOf(parseFurther(typed, 5000, t))).to.deep.equal(paths);
  });
});

import { expect } from 'chai';
import {
  firstDayOf,
  isMonth,
  lastDayOf,
  monthAfter,
  monthBefore,
  monthOf,
  monthsBetween,
} from '../../src/core/month.ts';

describe('a month', () => {
  for (const [month, first, last, next] of [
    ['2026-01', '2026-01-01', '2026-01-31', '2026-02'],
    ['2026-02', '2026-02-01', '2026-02-28', '2026-03'],
    ['2028-02', '2028-02-01', '2028-02-29', '2028-03'],
    ['2026-09', '2026-09-01', '2026-09-30', '2026-10'],
    ['2026-12', '2026-12-01', '2026-12-31', '2027-01'],
    ['0999-12', '0999-12-01', '0999-12-31', '1000-01'],
  ] as const) {
    it(`${month} lasts from ${first} to ${last}, and ${next} follows`, () => {
      expect([firstDayOf(month), lastDayOf(month), monthAfter(month)]).to.deep.equal([first, last, next]);
      expect(monthBefore(next)).to.equal(month);
      expect([monthOf(first), monthOf(last)]).to.deep.equal([month, month]);
    });
  }

  it('is told from other texts', () => {
    expect(['2026-01', '2026-12'].every(isMonth)).to.equal(true);
    expect(['2026-00', '2026-13', '2026-1', '26-01', '2026-01-01', ''].some(isMonth)).to.equal(false);
  });

  it('stands in a span with both of its ends, and in none that ends before it begins', () => {
    expect(monthsBetween('2026-11', '2027-02')).to.deep.equal(['2026-11', '2026-12', '2027-01', '2027-02']);
    expect(monthsBetween('2026-11', '2026-11')).to.deep.equal(['2026-11']);
    expect(monthsBetween('2026-11', '2026-10')).to.deep.equal([]);
  });
});

import { expect } from 'chai';
import {
  firstToldDay,
  isSurelyOpen,
  oldestSaleDay,
  oldestToldDay,
  toldDayProblem,
  type ToldDayProblem,
} from '../../src/core/told-day.ts';

describe('a day on which money is said to have moved', () => {
  const CLOSED = { today: '2026-07-03', openFrom: '2026-07-01' };
  const FRESH = { today: '2026-07-03', openFrom: null };

  const CASES: readonly (readonly [
    day: string,
    days: typeof CLOSED | typeof FRESH,
    usual: ToldDayProblem | null,
    withRight: ToldDayProblem | null,
  ])[] = [
    ['2026-07-03', CLOSED, null, null],
    ['2026-07-01', CLOSED, null, null],
    ['2026-07-04', CLOSED, 'day_to_come', 'day_to_come'],
    ['2062-07-01', CLOSED, 'day_to_come', 'day_to_come'],
    ['9999-12-31', FRESH, 'day_to_come', 'day_to_come'],
    ['2026-06-30', CLOSED, 'day_before_open', null],
    ['2016-01-01', CLOSED, 'day_before_open', null],
    ['2015-12-31', CLOSED, 'day_too_old', 'day_too_old'],
    ['1900-01-01', FRESH, 'day_too_old', 'day_too_old'],
    ['2016-01-01', FRESH, null, null],
    ['2015-12-31', FRESH, 'day_too_old', 'day_too_old'],
  ];

  for (const [day, days, usual, withRight] of CASES)
    it(`is ${usual ?? 'taken'} at ${day} where ${days.openFrom ?? 'nothing'} is the first open day, with the right ${withRight ?? 'taken'}`, () => {
      expect(toldDayProblem(day, days, 'usual')).to.equal(usual);
      expect(toldDayProblem(day, days, 'may_tell_earlier')).to.equal(withRight);
    });

  it('lies within bounds that can be told', () => {
    expect(oldestSaleDay('2026-07-03')).to.equal('1986-01-01');
    expect([firstToldDay(CLOSED), firstToldDay(FRESH), oldestToldDay('2026-07-03')]).to.deep.equal([
      '2026-07-01',
      '2016-01-01',
      '2016-01-01',
    ]);
  });

  it('is surely open in the month of today up to today', () => {
    expect(
      ['2026-06-30', '2026-07-01', '2026-07-03', '2026-07-04'].map((day) => isSurelyOpen(day, '2026-07-03')),
    ).to.deep.equal([false, true, true, false]);
  });
});

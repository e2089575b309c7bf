import { expect } from 'chai';
import fc from 'fast-check';
import { addDays } from '../../../src/core/calendar.ts';
import {
  barredOf,
  JURISDICTIONS,
  jurisdictionOf,
  lastBarredClaim,
  lastDayOf,
  limitationDay,
} from '../../../src/core/books/limitation.ts';

describe('the limitation of a claim', () => {
  for (const [issued, jurisdiction, expected] of [
    ['2026-01-01', 'DE', '2029-12-31'],
    ['2026-12-31', 'DE', '2029-12-31'],
    ['2026-05-04', 'AT', '2056-05-04'],
    ['2026-05-04', 'CH', '2036-05-04'],
    ['2024-02-29', 'CH', '2034-02-28'],
    ['2028-02-29', 'AT', '2058-02-28'],
    ['2016-02-29', 'AT', '2046-02-28'],
  ] as const) {
    it(`from ${issued} in ${jurisdiction} is ${expected}`, () => {
      expect(limitationDay(issued, jurisdiction)).to.equal(expected);
    });
  }

  it('separates the claims that are time-barred on a day from the others', () => {
    const days = fc.integer({ min: 0, max: 40_000 }).map((count) => addDays('1995-01-01', count));
    fc.assert(
      fc.property(days, fc.constantFrom(...JURISDICTIONS), (on, jurisdiction) => {
        const last = lastBarredClaim(on, jurisdiction);
        expect(limitationDay(last, jurisdiction) < on).to.equal(true);
        expect(limitationDay(addDays(last, 1), jurisdiction) < on).to.equal(false);
      }),
    );
  });

  it('follows the country of the chart of accounts', () => {
    expect((['SKR03', 'SKR04', 'EKR', 'KMU'] as const).map(jurisdictionOf)).to.deep.equal(['DE', 'DE', 'AT', 'CH']);
  });
});

describe('the last day of a voucher', () => {
  for (const [bookUntil, jurisdiction, expected] of [
    [null, 'DE', '2029-12-31'],
    ['2027-11-06', 'DE', '2029-12-31'],
    ['2029-12-31', 'DE', '2029-12-31'],
    ['2032-12-31', 'DE', '2032-12-31'],
    ['2032-12-31', 'CH', '2036-11-06'],
  ] as const)
    it(`is ${expected} in ${jurisdiction} with the end ${bookUntil ?? 'open'}`, () => {
      expect(lastDayOf({ claimOn: '2026-11-06', bookUntil }, jurisdiction)).to.equal(expected);
    });
});

describe('what is time-barred of a voucher', () => {
  const topUps = [
    { on: '2028-05-01', cents: 5000 },
    { on: '2026-06-01', cents: 1000 },
  ];

  it('is all that is older than its youngest money, of which the oldest was spent first', () => {
    expect(barredOf(16_000, topUps, '2026-12-31')).to.equal(11_000);
    expect(barredOf(12_000, topUps, '2026-12-31')).to.equal(7000);
    expect(barredOf(4000, topUps, '2026-12-31')).to.equal(0);
    expect(barredOf(4000, topUps, '2028-12-31')).to.equal(4000);
    expect(barredOf(4000, [], '2026-12-31')).to.equal(4000);
  });

  it('is never less than nothing nor more than is owed', () => {
    const money = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(money, fc.array(money, { maxLength: 5 }), (owed, sums) => {
        const all = sums.map((cents) => ({ on: '2028-01-01', cents }));
        expect(barredOf(owed, all, '2026-12-31')).to.be.within(0, owed);
      }),
    );
  });
});

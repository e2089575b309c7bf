import { expect } from 'chai';
import fc from 'fast-check';
import { addDays } from '../../../src/core/calendar.ts';
import { JURISDICTIONS, jurisdictionOf, lastBarredClaim, limitationDay } from '../../../src/core/books/limitation.ts';

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

import { expect } from 'chai';
import fc from 'fast-check';
import { addDays } from '../../../src/core/calendar.ts';
import { JURISDICTIONS } from '../../../src/core/books/limitation.ts';
import { cutoffDay, keptUntil, legalCutoff } from '../../../src/core/books/retention.ts';

describe('what goes by itself', () => {
  it('goes when so many days have passed since its end, not on the last of them', () => {
    expect(cutoffDay(90, '2026-11-23')).to.equal('2026-08-25');
    expect(cutoffDay(0, '2026-11-23')).to.equal('2026-11-23');
    expect(cutoffDay(1, '2028-03-01')).to.equal('2028-02-29');
  });

  for (const [what, lastEntryOn, jurisdiction, expected] of [
    ['document', '2026-05-04', 'DE', '2034-12-31'],
    ['letter', '2026-05-04', 'DE', '2032-12-31'],
    ['document', '2026-12-31', 'DE', '2034-12-31'],
    ['document', '2027-01-01', 'DE', '2035-12-31'],
    ['document', '2026-05-04', 'AT', '2033-12-31'],
    ['letter', '2026-05-04', 'AT', '2033-12-31'],
    ['letter', '2026-05-04', 'CH', '2036-12-31'],
  ] as const) {
    it(`is kept by law until ${expected} where it is a ${what} of ${lastEntryOn} in ${jurisdiction}`, () => {
      expect(keptUntil(what, lastEntryOn, jurisdiction)).to.equal(expected);
    });
  }

  it('is parted by the first day that stays: all before it may go, nothing from it on', () => {
    expect(legalCutoff('letter', '2033-01-01', 'DE')).to.equal('2027-01-01');
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20_000 }).map((count) => addDays('2020-01-01', count)),
        fc.constantFrom('document' as const, 'letter' as const),
        fc.constantFrom(...JURISDICTIONS),
        (today, what, jurisdiction) => {
          const cutoff = legalCutoff(what, today, jurisdiction);
          expect(keptUntil(what, addDays(cutoff, -1), jurisdiction) < today).to.equal(true);
          expect(keptUntil(what, cutoff, jurisdiction) < today).to.equal(false);
        },
      ),
    );
  });
});

import { expect } from 'chai';
import { takenByRuns, type LedgerFact } from '../../../../src/core/books/ending/derecognition.ts';

const fact = (event: string, postedOn: string, cents: number): LedgerFact => ({
  event,
  postedOn,
  cents,
  debitRole: event === 'reactivation' ? 'BREAKAGE' : 'V_KAUF',
  creditRole: event === 'reactivation' ? 'V_KAUF' : 'BREAKAGE',
});

describe('what runs took of a voucher', () => {
  it('is nothing before the first run', () => {
    expect(takenByRuns([fact('sale', '2026-01-01', 100)], '2030')).to.deep.equal({ cents: 0, ofYear: 0 });
  });

  it('is told by the year it was income of', () => {
    const entries = [fact('derecognition', '2029-12-31', 7000), fact('derecognition', '2030-01-05', 2000)];
    expect(takenByRuns(entries, '2030')).to.deep.equal({ cents: 9000, ofYear: 2000 });
    expect(takenByRuns(entries, '2031')).to.deep.equal({ cents: 9000, ofYear: 0 });
  });

  it('is less what was honoured after all, which is never counted twice', () => {
    const entries = [
      fact('derecognition', '2030-01-05', 7000),
      fact('reactivation', '2030-02-01', 7000),
      fact('derecognition', '2035-01-05', 1500),
    ];
    expect(takenByRuns(entries, '2035')).to.deep.equal({ cents: 1500, ofYear: 1500 });
    expect(takenByRuns(entries.slice(0, 2), '2030')).to.deep.equal({ cents: 0, ofYear: 0 });
  });
});

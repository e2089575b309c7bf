import { expect } from 'chai';
import { WrongRow } from '../../../../src/features/exchange/import/import-cell-service.ts';
import { fundingOf, statedFunding, typeOf } from '../../../../src/features/exchange/import/import-word-service.ts';

function problemOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof WrongRow) return error.problem.code;
    throw error;
  }
  return 'none';
}

describe('the words of an import', () => {
  it('name a type in German and English, however it is spelt', () => {
    expect(['Kauf', 'VERRECHNUNG', 'deal', 'Discount', ''].map((text) => typeOf(text, 'purchase'))).to.deep.equal([
      'purchase',
      'settlement',
      'deal',
      'discount',
      'purchase',
    ]);
    expect(problemOf(() => typeOf('Bon', 'purchase'))).to.equal('type_unknown');
  });

  it('name a funding, or say nothing', () => {
    expect(['Kulanz', 'Minderung', 'Erstattungsanspruch', 'transfer', ''].map(statedFunding)).to.deep.equal([
      'goodwill',
      'legal_claim',
      'refund_conversion',
      'transfer',
      null,
    ]);
    expect(problemOf(() => statedFunding('Guthaben'))).to.equal('funding_unknown');
  });

  it('leave no settlement without a funding that somebody named', () => {
    expect(fundingOf('settlement', 'goodwill', 'transfer')).to.equal('goodwill');
    expect(fundingOf('settlement', null, 'transfer')).to.equal('transfer');
    expect(problemOf(() => fundingOf('settlement', null, null))).to.equal('funding_missing');
    expect(fundingOf('purchase', null, 'transfer')).to.equal(null);
    expect(problemOf(() => fundingOf('purchase', 'goodwill', null))).to.equal('funding_not_settlement');
  });
});

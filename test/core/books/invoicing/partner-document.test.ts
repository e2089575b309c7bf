import { expect } from 'chai';
import { documentKindOf, documentName } from '../../../../src/core/books/invoicing/partner-document.ts';
import type { Supply } from '../../../../src/core/books/invoicing/e-invoice.ts';

describe('a document to a partner', () => {
  const supply = {} as Supply;

  it('is an invoice over a supply, and a settlement over money that is passed on', () => {
    expect([documentKindOf(supply), documentKindOf(null)]).to.deep.equal(['invoice', 'settlement']);
    expect([documentName(supply, false), documentName(supply, true)]).to.deep.equal(['Rechnung', 'Stornorechnung']);
  });

  it('is never called an invoice where there is no supply', () => {
    expect([documentName(null, false), documentName(null, true)]).to.deep.equal([
      'Abrechnung',
      'Storno der Abrechnung',
    ]);
  });

  it('keeps the name it had before it was asked', () => {
    expect(documentName(undefined, false)).to.equal('Rechnung');
  });
});

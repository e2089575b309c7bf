import { expect } from 'chai';
import fc from 'fast-check';
import { documentField, MAX_DOCUMENT_FIELD, settledItem } from '../../../src/core/books/document-field.ts';

describe('a document number in the signs of Belegfeld 1', () => {
  for (const [text, written] of [
    ['RE 2026.4711', 'RE-2026-4711'],
    [' R_17 (Köln) ', 'R-17-Koeln-'],
    ['ÄÖÜß', 'AeOeUess'],
    ['Łódź', 'Lodz'],
    ['A'.repeat(36), 'A'.repeat(36)],
  ] as const) {
    it(`is ${written} for ${text}`, () => {
      expect(documentField(text)).to.deep.equal({ text: written, isReplaced: false });
    });
  }

  for (const [text, written] of [
    ['TOMA@4712', /^TOMA-4712-[0-9A-Z]{7}$/],
    ['R 17 – Anna & Tom!', /^R-17-Anna-&-Tom-[0-9A-Z]{7}$/],
    ["BU'2026-1", /^BU-2026-1-[0-9A-Z]{7}$/],
    ['BU=77', /^BU-77-[0-9A-Z]{7}$/],
    ['Reise 🎁', /^Reise-[0-9A-Z]{7}$/],
    ['日', /^[0-9A-Z]{7}$/],
    ['１２３', /^[0-9A-Z]{7}$/],
    ['', /^[0-9A-Z]{7}$/],
    ['A\nB', /^A-B$/],
    ['A'.repeat(37), /^A{28}-[0-9A-Z]{7}$/],
  ] as const) {
    it(`is replaced where it is “${text}”`, () => {
      expect(documentField(text).text).to.match(written);
    });
  }

  it('is replaced by the same for the same number, and by another for another', () => {
    const numbers = ["BU'1", 'BU=1', 'BU?1', 'BU"1', 'BU~1', 'BU^1', `${'A'.repeat(40)}1`, `${'A'.repeat(40)}2`];
    const fields = numbers.map((number) => documentField(number).text);
    expect(new Set(fields).size).to.equal(numbers.length);
    expect(numbers.map((number) => documentField(number).text)).to.deep.equal(fields);
  });

  it('fits into the field whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (number) => {
        const { text } = documentField(number);
        expect(text).to.match(/^[A-Za-z0-9$&%*+\-/]+$/);
        expect(text.length).to.be.at.most(MAX_DOCUMENT_FIELD);
      }),
    );
  });
});

describe('what an entry settles with the debtors', () => {
  it('is its open item, or at the till the booking that is paid there', () => {
    const entry = { event: 'trip_payment', openItem: null, bookingNumber: 'RE-1' };
    expect(settledItem(entry)).to.equal('RE-1');
    expect(settledItem({ ...entry, event: 'trip_payment_reversal' })).to.equal('RE-1');
    expect(settledItem({ ...entry, event: 'redemption' })).to.equal(null);
    expect(settledItem({ ...entry, openItem: 'B-1' })).to.equal('B-1');
  });
});

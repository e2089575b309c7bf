import { expect } from 'chai';
import { documentField } from '../../../src/core/books/document-field.ts';

describe('a document number in the signs of Belegfeld 1', () => {
  for (const [text, written, unknown] of [
    ['RE 2026.4711', 'RE-2026-4711', []],
    [' R_17 (Köln) ', 'R-17-Koeln-', []],
    ['ÄÖÜß', 'AeOeUess', []],
    ['Łódź', 'Lodz', []],
    ['TOMA@4712', 'TOMA@4712', ['@']],
    ['A–B', 'A–B', ['–']],
    ['日', '', ['日']],
  ] as const) {
    it(`is ${written} for ${text}`, () => {
      expect(documentField(text)).to.deep.equal({ text: written, unknown });
    });
  }
});

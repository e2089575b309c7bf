import { expect } from 'chai';
import fc from 'fast-check';
import { cp1252Byte, toCp1252Text } from '../../../src/core/books/cp1252-text.ts';

describe('a text in Windows-1252', () => {
  it('keeps what it has, takes marks off what it has not, and names the rest', () => {
    expect(toCp1252Text('Łódź, ş, „€“ 日')).to.deep.equal({ text: 'Lódz, s, „€“ ', unknown: ['日'] });
  });

  it('has a byte for every sign it leaves', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) =>
        [...toCp1252Text(text).text].every((sign) => cp1252Byte(sign) !== null),
      ),
    );
  });
});

import { expect } from 'chai';
import { fillLines, fillPlaceholders, wrongPlaceholders } from '../../../src/core/sale/placeholders.ts';

describe('a text with placeholders', () => {
  it('gets its values once, and leaves what it does not know', () => {
    expect(fillPlaceholders('Hallo {name}, {x} {unknown}', { name: '{x}', x: 'y' })).to.equal('Hallo {x}, y {unknown}');
  });

  for (const [text, wrong] of [
    ['{a} {b} {a}', ['{a}']],
    ['{b}', []],
    ['kein Platzhalter', []],
    ['Hallo { b }', ['{ b }']],
    ['Hallo {b', ['{b']],
    ['Hallo {b\n{b}', ['{b']],
    ['Hallo b}', ['}']],
    ['{{b}}', ['{', '}']],
    ['{B}', ['{B}']],
    ['{}', ['{}']],
  ] as const) {
    it(`has ${wrong.length === 0 ? 'nothing wrong' : wrong.join(' and ')} in “${text}”`, () => {
      expect(wrongPlaceholders(text, ['b'])).to.deep.equal(wrong);
    });
  }

  for (const [what, text, values, filled] of [
    [
      'a line with nothing but an empty value',
      'IBAN: {iban}\nBIC: {bic}\nDanke',
      { iban: 'DE02', bic: '' },
      'IBAN: DE02\nDanke',
    ],
    [
      'a paragraph with nothing but an empty value',
      'Code: X\n\n{message}\n\nDanke',
      { message: '' },
      'Code: X\n\nDanke',
    ],
    ['no greeting without a name', 'Guten Tag {name},\nDanke', { name: '' }, 'Guten Tag ,\nDanke'],
    ['no line with another value', '{a} bis {b}', { a: 'heute', b: '' }, 'heute bis '],
    ['no line whose value has lines of its own', 'Codes:\n{codes}', { codes: 'A\nB' }, 'Codes:\nA\nB'],
  ] as const) {
    it(`leaves out ${what}`, () => {
      expect(fillLines(text, values)).to.equal(filled);
    });
  }
});

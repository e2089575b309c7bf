import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { isGuessable } from '../../src/core/guessable-code.ts';
import { generateCode } from '../../src/core/engine/voucher-code.ts';

describe('a code that somebody made up', () => {
  for (const code of [
    'KAUF-500',
    'A1',
    '',
    'WEIHNACHTEN-2026',
    'Sommerreise 2026',
    '2026 Romreise Eins',
    'GESCHENKGUTSCHEIN',
    'AAAAAAAAAAAAAAAA',
    'AB1AB1AB1AB1AB1',
    '7K2M-9QXR-T0A',
  ])
    it(`can be guessed as “${code}”`, () => {
      expect(isGuessable(code)).to.equal(true);
    });

  for (const code of ['7K2M-9QXR-T0AB', 'ABCD-EF12-GH34', '1234-5678-90AB-C'])
    it(`cannot be guessed as “${code}”`, () => {
      expect(isGuessable(code)).to.equal(false);
    });

  it('is none of those we make ourselves', () => {
    const made = Array.from({ length: 2000 }, () => generateCode(randomBytes(16)));
    expect(made.filter(isGuessable)).to.deep.equal([]);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import {
  DEFAULT_CODE_SHAPE,
  formatCode,
  generateCode,
  guessOdds,
  isMistyped,
  lookupKeys,
  normaliseCode,
} from '../../../src/core/engine/voucher-code.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const codes = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => generateCode(bytes));

describe('voucher codes', () => {
  for (const [typed, stored] of [
    [' sommer-10 ', 'SOMMER10'],
    ['früh 25', 'FRÜH25'],
    ['ｋａｕｆ１', 'KAUF1'],
    ['straße', 'STRASSE'],
    ['--- ', ''],
    ['a\u00adb', 'AB'],
  ]) {
    it(`normalise ${JSON.stringify(typed)} to ${JSON.stringify(stored)}`, () => {
      expect(normaliseCode(typed ?? '')).to.equal(stored);
    });
  }

  it('are right when generated, and mistyped after any single slip', () => {
    fc.assert(
      fc.property(codes, fc.nat(15), fc.constantFrom(...ALPHABET), (code, at, other) => {
        const slip = code.slice(0, at) + other + code.slice(at + 1);
        expect(isMistyped(slip, [DEFAULT_CODE_SHAPE])).to.equal(slip !== code);
      }),
    );
  });

  it('are mistyped after any exchange of two characters', () => {
    fc.assert(
      fc.property(codes, fc.nat(15), fc.nat(15), (code, a, b) => {
        const characters = [...code];
        [characters[a], characters[b]] = [characters[b] ?? '', characters[a] ?? ''];
        const exchanged = characters.join('');
        expect(isMistyped(exchanged, [DEFAULT_CODE_SHAPE])).to.equal(exchanged !== code);
      }),
    );
  });

  it('are found when O is read for 0 and I or L for 1, in the generated part only', () => {
    const shape = { prefix: 'SOLO', length: 16 };
    const code = generateCode(new Uint8Array(16).fill(1), shape);
    const typed = code.slice(0, 4) + code.slice(4).replaceAll('0', 'o').replaceAll('1', 'l');
    expect(lookupKeys(typed, [DEFAULT_CODE_SHAPE, shape])).to.include(code);
    expect(lookupKeys('SOLO', [DEFAULT_CODE_SHAPE, shape])).to.deep.equal(['SOLO']);
  });

  it('keep every character when printed by a mask', () => {
    fc.assert(
      fc.property(codes, (code) => {
        const printed = formatCode(code, DEFAULT_CODE_SHAPE, 'XXXX-XXXX-XXXX-XXXX');
        expect(printed).to.have.lengthOf(19);
        expect(normaliseCode(printed)).to.equal(code);
      }),
    );
  });

  it('are hard to guess: a million of them leave one in 37 thousand billion', () => {
    expect(guessOdds(DEFAULT_CODE_SHAPE, 1_000_000)).to.equal(37_778_931_862_957_161n);
  });
});

import { expect } from 'chai';
import { isRude } from '../../../src/core/engine/rude-words.ts';

describe('a code on a present', () => {
  for (const code of [
    '7K2M5EX9QRT0ABCD',
    'SEX0000000000000',
    '00000000000N4Z1',
    'ABCDF1CKQRST2345',
    'FVCK222222222222',
  ])
    it(`is rude as ${code}`, () => {
      expect(isRude(code)).to.equal(true);
    });

  for (const code of [
    'A55000000000000',
    '0KKK000000000000',
    'H1TLER0000000000',
    '2222ARSCH2222222',
    'R4PE222222222222',
  ])
    it(`is rude as ${code}`, () => {
      expect(isRude(code)).to.equal(true);
    });

  for (const code of ['7K2M9QXRT0ABCDEF', 'SOMMER10', 'KAUF500', '0000000000000000', ''])
    it(`is not rude as “${code}”`, () => {
      expect(isRude(code)).to.equal(false);
    });
});

import { expect } from 'chai';
import { PIN_COUNT, pinOf } from '../../../src/core/engine/voucher-pin.ts';

describe('a PIN', () => {
  it('has six digits, also where the number has fewer', () => {
    expect([0, 42, PIN_COUNT - 1].map(pinOf)).to.deep.equal(['000000', '000042', '999999']);
  });
});

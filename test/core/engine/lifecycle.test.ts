import { expect } from 'chai';
import { isLegal, statusOf, type VoucherFacts } from '../../../src/core/engine/lifecycle.ts';

describe('the status of a voucher', () => {
  const facts: VoucherFacts = {
    type: 'purchase',
    isReplaced: false,
    isRefunded: false,
    isCancelled: false,
    isDerecognised: false,
    isDeactivated: false,
    paidOn: '2026-01-01',
    bookUntil: '2026-12-31',
    balance: 100,
    originalValue: 100,
    uses: 0,
    maxUses: null,
  };
  const table: readonly [string, Partial<VoucherFacts>][] = [
    ['active', {}],
    ['partly_redeemed', { uses: 1, balance: 40 }],
    ['redeemed', { uses: 2, balance: 0, bookUntil: '2026-01-02' }],
    ['redeemed', { type: 'discount', balance: null, uses: 1, maxUses: 1 }],
    ['expired', { bookUntil: '2026-11-21', uses: 1 }],
    ['unpaid', { paidOn: null, balance: 0 }],
    ['unpaid', { paidOn: '2026-11-23' }],
    ['deactivated', { isDeactivated: true, paidOn: null }],
    ['derecognised', { isDerecognised: true, isDeactivated: true }],
    ['cancelled', { isCancelled: true, isDerecognised: true }],
    ['refunded', { isRefunded: true, isCancelled: true }],
    ['replaced', { isReplaced: true, isCancelled: true }],
  ];
  for (const [status, more] of table) {
    it(`is ${status} with ${JSON.stringify(more)}`, () => {
      expect(statusOf({ ...facts, ...more }, '2026-11-22')).to.equal(status);
    });
  }

  it('says what can be done: what is over can only be told of', () => {
    expect(isLegal('cancel', 'refunded')).to.equal(false);
    expect(isLegal('pay', 'unpaid')).to.equal(true);
    expect(isLegal('reissue', 'replaced')).to.equal(false);
  });
});

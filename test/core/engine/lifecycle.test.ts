import { expect } from 'chai';
import {
  isLegal,
  moveOf,
  statusOf,
  VOUCHER_ACTIONS,
  VOUCHER_STATUSES,
  type VoucherAction,
  type VoucherFacts,
  type VoucherStatus,
} from '../../../src/core/engine/lifecycle.ts';

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
});

describe('what can be done to a voucher', () => {
  const TO_CUSTOMER: readonly VoucherAction[] = ['cancel', 'payout'];
  const TO_USE: readonly VoucherAction[] = ['reissue', 'extend', 'activate', 'pay', 'reactivate', 'split', 'merge'];
  const legalIn = (status: VoucherStatus, hasValue: boolean): VoucherAction[] =>
    VOUCHER_ACTIONS.filter((action) => isLegal(action, status, hasValue));

  it('is told for every action in every status', () => {
    const table = Object.fromEntries(
      VOUCHER_STATUSES.map((status) => [
        status,
        VOUCHER_ACTIONS.flatMap((action) => {
          const move = moveOf(action, status);
          return move === null ? [] : [move === 'always' ? action : `${action} ${move}`];
        }).join(', '),
      ]),
    );
    const any = 'come_back, derecognise with_value, reactivate after_run';
    const live = `deactivate, cancel, reissue, split, merge, extend, correct, ${any}`;
    expect(table).to.deep.equal({
      unpaid: `pay, deactivate, cancel, reissue, ${any}`,
      active: live.replace('reissue,', 'reissue, topup,'),
      partly_redeemed: live.replace('reissue,', 'reissue, topup,'),
      redeemed: `deactivate, cancel, topup, correct, ${any}`,
      deactivated: `pay, activate, cancel, reissue, correct, ${any}`,
      cancelled: `payout with_value, reissue, ${any}`,
      refunded: `payout with_value, reissue with_value, ${any}`,
      expired: live,
      derecognised: `payout with_value, ${any}`,
      replaced: 'come_back passed_on, derecognise with_value',
    });
  });

  for (const status of VOUCHER_STATUSES.filter((one) => one !== 'replaced'))
    it(`brings value on a voucher that is ${status} to its holder, to income or back to use`, () => {
      const legal = legalIn(status, true);
      expect(legal.filter((action) => TO_CUSTOMER.includes(action))).not.to.deep.equal([]);
      expect(legal).to.include('derecognise');
      expect(legal.filter((action) => [...TO_CUSTOMER, ...TO_USE].includes(action))).not.to.deep.equal([]);
    });

  it('lets value come back in every status, and go on where the code was replaced', () => {
    expect(VOUCHER_STATUSES.filter((status) => moveOf('come_back', status) === null)).to.deep.equal([]);
    expect(moveOf('come_back', 'replaced')).to.equal('passed_on');
  });

  it('pays out after the end only what stands on it', () => {
    expect([isLegal('payout', 'refunded', false), isLegal('payout', 'refunded', true)]).to.deep.equal([false, true]);
    expect([isLegal('reissue', 'refunded', false), isLegal('reissue', 'refunded', true)]).to.deep.equal([false, true]);
    expect(isLegal('cancel', 'refunded', true)).to.equal(false);
    expect(isLegal('reissue', 'replaced', true)).to.equal(false);
  });
});

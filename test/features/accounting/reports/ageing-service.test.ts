import { expect } from 'chai';
import { DEFAULT_SETUP } from '../../../../src/core/books/chart-of-accounts.ts';
import { ageing, remainingLifeOf, stateOf } from '../../../../src/features/accounting/reports/ageing-service.ts';
import type { BalanceGroup } from '../../../../src/features/accounting/reports/liability-store.ts';

const GROUP: BalanceGroup = {
  type: 'purchase',
  brand: null,
  currency: 'EUR',
  issueYear: '2026',
  isBarred: false,
  isForfeited: false,
  bookUntil: 'none',
  isBlocked: false,
  cents: 100,
  vouchers: 1,
};

describe('the ageing of what is owed', () => {
  for (const [expected, more] of [
    ['redeemable', {}],
    ['redeemable', { bookUntil: 'year' }],
    ['expired', { bookUntil: 'past' }],
    ['time_barred', { isBarred: true, bookUntil: 'past' }],
    ['time_barred', { isBarred: true, bookUntil: 'none' }],
    ['redeemable', { isBarred: true, bookUntil: 'five_years' }],
    ['forfeited', { isForfeited: true, bookUntil: 'past' }],
    ['time_barred', { isForfeited: true, isBarred: true, bookUntil: 'past' }],
    ['blocked', { isBlocked: true, isBarred: true, bookUntil: 'past' }],
  ] as const)
    it(`says ${expected} of ${JSON.stringify(more)}`, () => {
      expect(stateOf({ ...GROUP, ...more }, '2030-01-05', DEFAULT_SETUP)).to.equal(expected);
    });

  it('reads days that were kept by the year of the claim', () => {
    const { isBarred: _isBarred, ...kept } = { ...GROUP, bookUntil: 'past' as const };
    expect(stateOf({ ...kept, claimYear: '2026' }, '2030-01-01', DEFAULT_SETUP)).to.equal('time_barred');
    expect(stateOf({ ...kept, claimYear: '2026' }, '2029-12-31', DEFAULT_SETUP)).to.equal('expired');
    expect(stateOf({ ...kept, claimYear: '' }, '2030-01-01', DEFAULT_SETUP)).to.equal('expired');
  });

  it('adds up what has the same key, each currency apart', () => {
    const groups = [
      GROUP,
      { ...GROUP, cents: 50 },
      { ...GROUP, currency: 'CHF' },
      { ...GROUP, bookUntil: 'past' as const },
    ];
    expect(ageing(groups, remainingLifeOf)).to.deep.equal([
      { currency: 'CHF', key: 'endless', cents: 100, vouchers: 1 },
      { currency: 'EUR', key: 'endless', cents: 150, vouchers: 2 },
      { currency: 'EUR', key: 'year', cents: 100, vouchers: 1 },
    ]);
  });
});

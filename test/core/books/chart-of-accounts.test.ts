import { expect } from 'chai';
import { ACCOUNT_ROLES } from '../../../src/core/books/account-role.ts';
import {
  accountKey,
  accountOf,
  chartAccounts,
  CHARTS,
  DEFAULT_SETUP,
  hasAutomaticVat,
  isUnsure,
  moneyAccountOf,
  type AccountingSetup,
} from '../../../src/core/books/chart-of-accounts.ts';

const setupOf = (accounts: Readonly<Record<string, string>>, more: Partial<AccountingSetup> = {}): AccountingSetup => ({
  ...DEFAULT_SETUP,
  accounts,
  ...more,
});

describe('the chart of accounts', () => {
  const accounts = {
    V_KAUF: '1796',
    'V_KAUF/purchase': '1797',
    'V_KAUF//sonne': '1798',
    'V_KAUF/purchase/sonne': '1799',
    V_VERR: '1604',
    BANK: '',
  };
  for (const [what, role, type, brand, expected] of [
    ['type and brand', 'V_KAUF', 'purchase', 'sonne', '1799'],
    ['the brand, where none is named for both', 'V_KAUF', 'deal', 'sonne', '1798'],
    ['the type, where none is named for the brand', 'V_KAUF', 'purchase', 'meer', '1797'],
    ['the type, without a brand', 'V_KAUF', 'purchase', null, '1797'],
    ['the role alone', 'V_KAUF', 'deal', null, '1796'],
  ] as const) {
    it(`has the account of ${what}: ${expected}`, () => {
      expect(accountOf(setupOf(accounts), role, type, brand)).to.equal(expected);
    });
  }

  it('has no account where none is named, or an empty one', () => {
    expect(accountOf(setupOf(accounts), 'CASH', 'purchase', null)).to.equal(null);
    expect(accountOf(setupOf(accounts), 'BANK', 'purchase', null)).to.equal(null);
  });

  it('leaves credit on the account of settlements in a setup from before credit had one', () => {
    expect(accountOf(setupOf(accounts), 'V_CREDIT', 'settlement', null)).to.equal('1604');
    expect(accountOf(setupOf({ ...accounts, V_CREDIT: '' }), 'V_CREDIT', 'settlement', null)).to.equal(null);
  });

  it('keys an account by role, type and brand', () => {
    expect([
      accountKey('V_KAUF', null, null),
      accountKey('V_KAUF', 'purchase', null),
      accountKey('BANK', null, 'sonne'),
      accountKey('V_KAUF', 'purchase', 'sonne'),
    ]).to.deep.equal(['V_KAUF', 'V_KAUF/purchase', 'BANK//sonne', 'V_KAUF/purchase/sonne']);
  });

  it('names the money account of a type, or the account its value stands on', () => {
    const setup = setupOf(accounts, { moneyAccounts: { purchase: '1370', deal: '' } });
    expect(moneyAccountOf(setup, 'V_KAUF', 'purchase', null)).to.equal('1370');
    expect(moneyAccountOf(setup, 'V_KAUF', 'deal', null)).to.equal('1796');
  });

  it('proposes an account for every role, or says that the accountant must name it', () => {
    for (const chart of CHARTS) {
      const proposed = chartAccounts(chart);
      const missing = ACCOUNT_ROLES.filter((role) => proposed[role] === '' && !isUnsure(chart, role));
      expect(missing, chart).to.deep.equal([]);
      expect(proposed['V_FORFEIT/settlement'], chart).to.equal(proposed['V_VERR']);
    }
  });

  it('proposes no account that would tax a voucher by itself', () => {
    expect([hasAutomaticVat('SKR03', '8400'), hasAutomaticVat('SKR04', '4400')]).to.deep.equal([true, true]);
    for (const chart of CHARTS) {
      const taxed = Object.values(chartAccounts(chart)).filter((account) => hasAutomaticVat(chart, account));
      expect(taxed, chart).to.deep.equal([]);
    }
  });
});

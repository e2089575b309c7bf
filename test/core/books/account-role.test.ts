import { expect } from 'chai';
import {
  ACCOUNT_ROLES,
  isBankItself,
  isMemoRole,
  MEMO_ROLES,
  OWN_PROPOSALS,
} from '../../../src/core/books/account-role.ts';
import { chartAccounts, CHART_DEFAULTS, DEFAULT_SETUP, type Chart } from '../../../src/core/books/chart-of-accounts.ts';

describe('the roles of postings', () => {
  it('tell value that is no liability by its name', () => {
    expect(MEMO_ROLES.filter(isMemoRole)).to.deep.equal([...MEMO_ROLES]);
    expect(ACCOUNT_ROLES.filter(isMemoRole)).to.deep.equal([]);
  });
});

describe('the accounts proposed to whoever begins now', () => {
  it('are none of the trade payables, all different, and the bank only over a clearing account', () => {
    for (const [chart, own] of Object.entries(OWN_PROPOSALS)) {
      const accounts = chartAccounts(chart as Chart);
      expect(accounts).to.include(own);
      for (const role of ['V_KAUF', 'V_VERR', 'V_CREDIT', 'V_DEAL'])
        expect(accounts[role], role).to.match(chart === 'SKR03' ? /^179[6-9]$/ : /^378[6-9]$/);
      expect(new Set([accounts['V_KAUF'], ...Object.values(own)]).size).to.equal(5);
      expect(isBankItself(chart, accounts['BANK'] ?? '')).to.equal(false);
      expect(isBankItself(chart, CHART_DEFAULTS[chart as Chart].BANK)).to.equal(true);
    }
  });

  it('change nothing where nobody has saved any: closed months keep what they stood on', () => {
    expect(DEFAULT_SETUP.accounts).to.include({ BANK: '1200', V_VERR: '1604', V_DEAL: '1603', V_CREDIT: '1607' });
  });
});

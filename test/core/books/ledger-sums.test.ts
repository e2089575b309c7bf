import { expect } from 'chai';
import { DEFAULT_SETUP } from '../../../src/core/books/chart-of-accounts.ts';
import { balancesOf, liabilitiesOf, type Totals } from '../../../src/core/books/ledger-sums.ts';

describe('sums of the ledger', () => {
  const moved = (debitRole: string, creditRole: string, cents: number, more: Partial<Totals> = {}): Totals => ({
    event: 'sale',
    debitRole,
    creditRole,
    type: 'purchase',
    brand: null,
    currency: 'EUR',
    cents,
    entries: 1,
    ...more,
  });
  const rows = [
    moved('BANK', 'V_KAUF', 10_000),
    moved('V_KAUF', 'DEBITOR', 3000, { event: 'redemption' }),
    moved('BANK', 'V_KAUF', 500, { currency: 'CHF' }),
    moved('MEMO_GOODWILL_CONTRA', 'MEMO_GOODWILL', 700, { type: 'settlement' }),
  ];

  it('are debit and credit of every account, each currency apart, and of a role that has none', () => {
    const balances = balancesOf(DEFAULT_SETUP, rows).map(({ account, role, currency, debit, credit, entries }) =>
      [account ?? role, currency, debit, credit, entries].join(' '),
    );
    expect(balances).to.deep.equal([
      '10000 EUR 0 3000 1',
      '1200 CHF 500 0 1',
      '1200 EUR 10000 0 1',
      '1796 CHF 0 500 1',
      '1796 EUR 3000 10000 2',
      'MEMO_GOODWILL EUR 0 700 1',
      'MEMO_GOODWILL_CONTRA EUR 700 0 1',
    ]);
  });

  it('are what is owed where value stands that we owe', () => {
    expect(liabilitiesOf(DEFAULT_SETUP, rows)).to.deep.equal([
      { account: '1796', role: 'V_KAUF', currency: 'CHF', cents: 500 },
      { account: '1796', role: 'V_KAUF', currency: 'EUR', cents: 7000 },
    ]);
  });

  it('put roles of one account together, and a brand of its own apart', () => {
    const setup = { ...DEFAULT_SETUP, accounts: { ...DEFAULT_SETUP.accounts, 'V_KAUF//sonne': '1797' } };
    const owed = liabilitiesOf(setup, [
      moved('BANK', 'V_KAUF', 100),
      moved('BANK', 'V_FORFEIT', 20),
      moved('BANK', 'V_KAUF', 3, { brand: 'sonne' }),
    ]);
    expect(owed.map(({ account, cents }) => [account, cents])).to.deep.equal([
      ['1796', 120],
      ['1797', 3],
    ]);
  });
});

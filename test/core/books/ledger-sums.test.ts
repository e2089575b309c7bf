import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_SETUP } from '../../../src/core/books/chart-of-accounts.ts';
import {
  balancesOf,
  firstOverdraft,
  liabilitiesOf,
  needsCover,
  splitByPartner,
  type DatedPosting,
  type Totals,
} from '../../../src/core/books/ledger-sums.ts';

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

  it('stand on the own accounts of partners, and the rest on the collective one, with the same sum', () => {
    const all = [
      moved('DEBITOR_PARTNER', 'V_DEAL', 300, { entries: 3 }),
      moved('BANK', 'DEBITOR_PARTNER', 50),
      ...rows,
    ];
    const own = [{ ...moved('DEBITOR_PARTNER', 'V_DEAL', 100), partnerAccount: '10600' }];
    const split = splitByPartner(all, own);
    const onPartners = balancesOf(DEFAULT_SETUP, split)
      .filter(({ role }) => role === 'DEBITOR_PARTNER')
      .map(({ account, debit, credit }) => [account, debit, credit]);
    expect(onPartners).to.deep.equal([
      ['10001', 200, 50],
      ['10600', 100, 0],
    ]);
    expect(
      splitByPartner(all, [{ ...moved('DEBITOR_PARTNER', 'V_DEAL', 300, { entries: 3 }), partnerAccount: '10600' }]),
    ).to.have.length(all.length);
    const sum = (side: 'debit' | 'credit') =>
      balancesOf(DEFAULT_SETUP, split).reduce((total, one) => total + one[side], 0);
    expect(sum('debit')).to.equal(sum('credit'));
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

const posting = (postedOn: string, debitRole: string, creditRole: string, cents: number): DatedPosting => ({
  postedOn,
  debitRole,
  creditRole,
  cents,
});

describe('the cover of what leaves a voucher', () => {
  it('is missing on the day of a refund whose sale is posted later', () => {
    const entries = [
      posting('2027-03-10', 'TRANSIT', 'V_KAUF', 50_000),
      posting('2026-12-05', 'V_KAUF', 'DEBITOR', 50_000),
    ];
    expect(firstOverdraft(entries)).to.deep.equal({ day: '2026-12-05', role: 'V_KAUF', cents: -50_000 });
  });

  it('is asked for at the end of a day, whatever came first on it', () => {
    const entries = [posting('2026-05-01', 'V_KAUF', 'DEBITOR', 100), posting('2026-05-01', 'BANK', 'V_KAUF', 100)];
    expect(firstOverdraft(entries)).to.equal(null);
  });

  it('is asked for on each account apart', () => {
    const entries = [posting('2026-05-01', 'BANK', 'V_KAUF', 100), posting('2026-05-02', 'V_FORFEIT', 'BREAKAGE', 15)];
    expect(firstOverdraft(entries)).to.deep.equal({ day: '2026-05-02', role: 'V_FORFEIT', cents: -15 });
    expect(firstOverdraft([posting('2026-05-01', 'MEMO_GOODWILL', 'MEMO_GOODWILL_CONTRA', 1)])?.cents).to.equal(-1);
  });

  it('is asked of value alone, not of money or debtors', () => {
    expect(firstOverdraft([posting('2026-05-01', 'DEBITOR', 'BANK', 100)])).to.equal(null);
    expect(
      ['V_KAUF', 'V_DEAL', 'V_FORFEIT', 'MEMO_GOODWILL', 'DEBITOR', 'BANK'].map((debitRole) =>
        needsCover({ debitRole }),
      ),
    ).to.deep.equal([true, true, true, true, false, false]);
  });

  it('is there wherever value leaves after it came', () => {
    const amounts = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(amounts, (sums) => {
        const entries = sums.flatMap((cents, index) => {
          const day = `2026-01-${String(index + 1).padStart(2, '0')}`;
          return [posting(day, 'BANK', 'V_KAUF', cents), posting(day, 'V_KAUF', 'DEBITOR', cents)];
        });
        expect(firstOverdraft([...entries].reverse())).to.equal(null);
      }),
    );
  });
});

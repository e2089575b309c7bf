import { expect } from 'chai';
import { DEFAULT_SETUP, type AccountingSetup } from '../../../src/core/books/chart-of-accounts.ts';
import type { DatevEntry } from '../../../src/core/books/datev-booking.ts';
import { exportChecker, type ExportCheck } from '../../../src/core/books/export-check.ts';

const SETUP: AccountingSetup = {
  ...DEFAULT_SETUP,
  datev: { ...DEFAULT_SETUP.datev, consultant: '29098', client: '55003' },
};
const ENTRY: DatevEntry = {
  id: 1,
  journalNumber: 7,
  event: 'sale',
  debitRole: 'BANK',
  creditRole: 'V_KAUF',
  cents: 10_000,
  currency: 'EUR',
  postedOn: '2026-06-01',
  bookingNumber: null,
  documentNumber: null,
  voucherId: '3',
  voucherNumber: 'G-2026-000123',
  subject: null,
  openItem: null,
  invoiceRef: 'RE 2026.4711',
  type: 'purchase',
  brand: null,
  customerId: null,
  partnerAccount: null,
};

describe('the check of a run', () => {
  const checked = (entries: readonly Partial<DatevEntry>[], setup = SETUP): ExportCheck & { booked: number[] } => {
    const checker = exportChecker(setup);
    const first = entries.flatMap((entry, index) => checker.look({ ...ENTRY, id: index + 1, ...entry }) ?? []);
    const { check, late } = checker.end();
    return { ...check, booked: [...first, ...late].map(({ entryId }) => entryId) };
  };
  const out = { event: 'transfer_out', debitRole: 'V_KAUF', creditRole: 'TRANSFER' } as const;
  const into = { event: 'transfer_in', debitRole: 'TRANSFER', creditRole: 'V_KAUF' } as const;

  it('adds up accounts and currencies', () => {
    const { accounts, currencies, entries } = checked([{}, { cents: 50 }, { currency: 'CHF' }]);
    expect(entries).to.equal(3);
    expect(accounts).to.deep.equal([
      { account: '1200', currency: 'CHF', debit: 10_000, credit: 0, bookings: 1 },
      { account: '1200', currency: 'EUR', debit: 10_050, credit: 0, bookings: 2 },
      { account: '1796', currency: 'CHF', debit: 0, credit: 10_000, bookings: 1 },
      { account: '1796', currency: 'EUR', debit: 0, credit: 10_050, bookings: 2 },
    ]);
    expect(currencies).to.deep.equal([
      { currency: 'CHF', bookings: 1, cents: 10_000 },
      { currency: 'EUR', bookings: 2, cents: 10_050 },
    ]);
  });

  it('leaves transfers out as long as they come to nothing on every account', () => {
    const { transfers, skipped, booked } = checked([out, {}, into]);
    expect(transfers).to.equal('skip');
    expect([...skipped]).to.deep.equal([['transfer', [1, 3]]]);
    expect(booked).to.deep.equal([2]);
  });

  it('exports all of them, last of all, where one changes the account', () => {
    const { transfers, booked } = checked([out, {}, { ...into, creditRole: 'V_VERR' }]);
    expect(transfers).to.equal('export');
    expect(booked).to.deep.equal([2, 1, 3]);
  });

  it('tells a missing account once and counts every entry that waits for it', () => {
    const setup = { ...SETUP, accounts: { ...SETUP.accounts, V_KAUF: '' }, datev: { ...SETUP.datev, client: '' } };
    const { problems, problemCount, booked } = checked([{}, {}, {}], setup);
    expect(problems.map(({ code, value }) => [code, value])).to.deep.equal([
      ['client', ''],
      ['account_missing', 'V_KAUF'],
    ]);
    expect(problemCount).to.equal(4);
    expect(booked).to.deep.equal([]);
  });
});

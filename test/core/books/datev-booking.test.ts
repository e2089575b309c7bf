import { expect } from 'chai';
import { DEFAULT_SETUP, type AccountingSetup } from '../../../src/core/books/chart-of-accounts.ts';
import { judge, type DatevBooking, type DatevEntry, type Judgement } from '../../../src/core/books/datev-booking.ts';

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
  invoiceRef: 'RE 2026.4711',
  type: 'purchase',
  brand: null,
  customerId: null,
  partnerAccount: null,
};

describe('the booking of an entry', () => {
  const booked = (entry: Partial<DatevEntry>, setup = SETUP): DatevBooking | Judgement => {
    const judgement = judge(setup, { ...ENTRY, ...entry }, 'export');
    return judgement.kind === 'booking' ? judgement.booking : judgement;
  };

  it('goes from account to account with the numbers that find it again', () => {
    expect(booked({})).to.deep.equal({
      cents: 10_000,
      currency: 'EUR',
      debit: '1200',
      credit: '1796',
      postedOn: '2026-06-01',
      isLocked: SETUP.datev.isLocked,
      isGeneralReversal: false,
      documentField1: 'RE-2026-4711',
      documentField2: 'G26000123',
      text: 'Verkauf Gutschein G-2026-000123',
      costCentre: '',
      additions: [
        ['Gutschein-Nr', 'G-2026-000123'],
        ['Vorgang', 'Verkauf, Journal 7'],
      ],
      orderNumber: '',
    });
  });

  it('names the account of the partner where it has one, otherwise the collective one', () => {
    const sale = { event: 'deal_sale', debitRole: 'DEBITOR_PARTNER', creditRole: 'V_DEAL', type: 'deal' } as const;
    expect(booked({ ...sale, partnerAccount: '10088' })).to.include({ debit: '10088' });
    expect(booked(sale)).to.include({ debit: '10001' });
  });

  it('takes a redemption back on the accounts of the first one as Generalumkehr', () => {
    const setup = { ...SETUP, datev: { ...SETUP.datev, reversal: 'general' as const } };
    const back = { event: 'redemption_reversal', debitRole: 'DEBITOR', creditRole: 'V_KAUF' };
    expect(booked(back)).to.include({ debit: '10000', credit: '1796', isGeneralReversal: false });
    expect(booked(back, setup)).to.include({ debit: '1796', credit: '10000', isGeneralReversal: true });
  });

  it('is left out on a memo role, and where both sides are one account', () => {
    expect(booked({ debitRole: 'MEMO_GOODWILL' })).to.deep.equal({ kind: 'skip', reason: 'memo' });
    expect(booked({ debitRole: 'V_KAUF', creditRole: 'V_FORFEIT' })).to.deep.equal({
      kind: 'skip',
      reason: 'same_account',
    });
  });

  it('names everything that is wrong with it', () => {
    const setup = { ...SETUP, debtors: 'customer' as const, accounts: { ...SETUP.accounts, V_KAUF: '12345678' } };
    const wrong = { debitRole: 'DEBITOR', cents: 1_000_000_000_000, bookingNumber: 'R@1', customerId: 'Meier' };
    const judgement = judge(setup, { ...ENTRY, ...wrong }, 'export');
    expect(judgement.kind === 'problem' && judgement.problems.map(({ code, value }) => [code, value])).to.deep.equal([
      ['debtor_unknown', 'Meier'],
      ['account_wrong', '12345678'],
      ['bad_character', '@'],
      ['amount_too_large', '1000000000000'],
    ]);
  });
});

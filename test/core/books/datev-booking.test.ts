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
  subject: null,
  openItem: null,
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
      dueOn: null,
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

  it('replaces a number that does not fit and a customer without an account, and tells both', () => {
    const setup = { ...SETUP, debtors: 'customer' as const };
    const odd = { event: 'redemption', debitRole: 'V_KAUF', creditRole: 'DEBITOR', customerId: 'Meier' };
    const judgement = judge(setup, { ...ENTRY, ...odd, bookingNumber: 'R@1 – 東' }, 'export');
    if (judgement.kind !== 'booking') throw new Error('the entry has no booking');
    const { documentField1 } = judgement.booking;
    expect(documentField1).to.match(/^R-1-[0-9A-Z]{7}$/);
    expect(judgement.booking).to.deep.include({
      credit: '10000',
      text: 'Einlösung Gutschein G-2026-000123, R@1 – ',
      orderNumber: 'R@1 – ',
      additions: [
        ['Gutschein-Nr', 'G-2026-000123'],
        ['Vorgang', 'Einlösung, Journal 7'],
        ['Belegnummer', 'R@1 – '],
      ],
    });
    expect(judgement.notes.map(({ code, value, used }) => [code, value, used])).to.deep.equal([
      ['collective_debtor', 'Meier', '10000'],
      ['document_replaced', 'R@1 – 東', documentField1],
    ]);
  });

  it('has the document number that the bookkeeping gave', () => {
    const judgement = judge(SETUP, { ...ENTRY, invoiceRef: 'R@1', givenDocument: 'R-1' }, 'export');
    if (judgement.kind !== 'booking') throw new Error('the entry has no booking');
    expect(judgement.booking).to.include({ documentField1: 'R-1', text: 'Verkauf Gutschein G-2026-000123, R@1' });
    expect(judgement.notes.map(({ code, used }) => [code, used])).to.deep.equal([['document_given', 'R-1']]);
  });

  it('names everything that is wrong with it', () => {
    const setup = { ...SETUP, debtors: 'customer' as const, accounts: { ...SETUP.accounts, V_KAUF: '12345678' } };
    const wrong = { debitRole: 'DEBITOR', cents: 1_000_000_000_000, bookingNumber: 'R@1', customerId: 'Meier' };
    const judgement = judge(setup, { ...ENTRY, ...wrong }, 'export');
    expect(judgement.kind === 'problem' && judgement.problems.map(({ code, value }) => [code, value])).to.deep.equal([
      ['account_wrong', '12345678'],
      ['amount_too_large', '1000000000000'],
    ]);
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { bookingGroups } from '../../../../src/core/books/export/booking-group.ts';
import { DEFAULT_SETUP, type AccountingSetup } from '../../../../src/core/books/chart-of-accounts.ts';
import type { DatevBooking, DatevEntry } from '../../../../src/core/books/datev-booking.ts';
import { exportChecker } from '../../../../src/core/books/export-check.ts';

const SETUP: AccountingSetup = {
  ...DEFAULT_SETUP,
  datev: { ...DEFAULT_SETUP.datev, consultant: '29098', client: '55003' },
};
const PAYOUT: DatevEntry = {
  id: 1,
  journalNumber: 7,
  event: 'deal_payout',
  debitRole: 'BANK',
  creditRole: 'DEBITOR_PARTNER',
  cents: 8115,
  currency: 'EUR',
  postedOn: '2026-02-20',
  bookingNumber: null,
  documentNumber: 'AG-1',
  voucherId: '3',
  voucherNumber: 'G-2026-000123',
  subject: null,
  openItem: null,
  invoiceRef: null,
  type: 'deal',
  brand: null,
  customerId: null,
  partnerAccount: '10600',
  partnerId: 'stadt',
  reason: 'SEPA 9',
};
const KEPT_BACK = { debitRole: 'DEBITOR_PARTNER', creditRole: 'BANK' } as const;

describe('bookings that are one line', () => {
  function exported(entries: readonly Partial<DatevEntry>[], setup = SETUP) {
    const checker = exportChecker(setup);
    const first = entries.flatMap((entry, index) => checker.look({ ...PAYOUT, id: index + 1, ...entry }) ?? []);
    const { check, late } = checker.end();
    return { check, lines: [...first, ...late] };
  }
  const amounts = (lines: readonly { readonly booking: DatevBooking }[]) =>
    lines.map(({ booking: { debit, credit, cents } }) => [debit, credit, cents]);

  it('are the payout of a partner, whatever vouchers it is for, with the number of its report', () => {
    const { check, lines } = exported([{}, {}, {}]);
    expect(amounts(lines)).to.deep.equal([['1200', '10600', 24_345]]);
    expect(lines[0]?.booking).to.include({
      documentField1: 'AG-1',
      documentField2: '',
      text: 'Auszahlung des Partners, 3 Gutscheine, SEPA 9',
    });
    expect([...check.skipped]).to.deep.equal([['grouped', [2, 3]]]);
    expect(check.currencies).to.deep.equal([{ currency: 'EUR', bookings: 1, cents: 24_345 }]);
  });

  it('are what the bank shows where some of it was kept back, the other way round or nothing', () => {
    expect(amounts(exported([{}, { ...KEPT_BACK, cents: 8000 }]).lines)).to.deep.equal([['1200', '10600', 115]]);
    expect(amounts(exported([{}, { ...KEPT_BACK, cents: 9900 }]).lines)).to.deep.equal([['10600', '1200', 1785]]);
    const { check, lines } = exported([{}, { ...KEPT_BACK, cents: 8115 }]);
    expect(lines).to.deep.equal([]);
    expect([...check.skipped]).to.deep.equal([['grouped', [1, 2]]]);
    expect(check.accounts).to.deep.equal([]);
  });

  it('are the invoice about a commission, net and VAT apart, whichever way reversals are told', () => {
    const net = { event: 'deal_commission', debitRole: 'COMMISSION', creditRole: 'DEBITOR_PARTNER', reason: 'RE-77' };
    const vat = { ...net, debitRole: 'INPUT_VAT' };
    const back = { ...net, event: 'deal_commission_reversal', debitRole: 'DEBITOR_PARTNER', creditRole: 'COMMISSION' };
    const entries = [
      { ...net, cents: 1000 },
      { ...vat, cents: 190 },
      { ...net, cents: 500 },
      { ...vat, cents: 95 },
      { ...back, cents: 300 },
    ];
    const expected = [
      ['4760', '10600', 1200],
      ['1576', '10600', 285],
    ];
    expect(amounts(exported(entries).lines)).to.deep.equal(expected);
    const general = { ...SETUP, datev: { ...SETUP.datev, reversal: 'general' as const } };
    expect(amounts(exported(entries, general).lines)).to.deep.equal(expected);
  });

  it('are not those of another partner, report, day, currency or reference, nor anything else', () => {
    const others = [
      {},
      { partnerId: 'land' },
      { documentNumber: 'AG-2' },
      { postedOn: '2026-02-21' },
      { currency: 'CHF' },
      { reason: 'SEPA 10' },
    ];
    expect(exported(others).lines).to.have.length(others.length);
    const groups = bookingGroups();
    const { lines } = exported([{ event: 'partner_payment' }, { event: 'partner_payment' }]);
    expect(lines).to.have.length(2);
    for (const { booking } of lines) expect(groups.hold({ ...PAYOUT, event: 'sale' }, booking)).to.equal(false);
  });

  it('say of one voucher which it is, and stay apart where the sum has no room', () => {
    expect(exported([{}]).lines[0]?.booking.text).to.contain('G-2026-000123');
    expect(amounts(exported([{ cents: 999_999_999_999 }, { cents: 1 }]).lines)).to.have.length(2);
  });

  it('move every account by exactly what their entries move it', () => {
    const one = fc.record({
      cents: fc.integer({ min: 1, max: 1_000_000 }),
      isBack: fc.boolean(),
      documentNumber: fc.constantFrom('AG-1', 'AG-2'),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 30 }), (all) => {
        const entries = all.map(({ isBack, ...entry }) => ({ ...entry, ...(isBack ? KEPT_BACK : {}) }));
        const { lines, check } = exported(entries);
        const moved = amounts(lines).reduce(
          (sum, [debit, , cents]) => sum + (debit === '1200' ? Number(cents) : -Number(cents)),
          0,
        );
        const expected = all.reduce((sum, { cents, isBack }) => sum + (isBack ? -cents : cents), 0);
        const skipped = [...check.skipped.values()].flat().length;
        return moved === expected && lines.length + skipped === all.length;
      }),
    );
  });
});

import { expect } from 'chai';
import {
  emptyInvoice,
  invoiceFilterOf,
  parsePayment,
  typedInvoiceFilter,
  typedPayment,
} from '../../../../src/features/partners/invoices/partner-invoice-form.ts';

const t = (key: string): string => key;
const TODAY = '2026-03-31';

describe('the form of an invoice to a partner', () => {
  it('asks for all where nothing is typed or what is typed names nothing', () => {
    const nothing = { state: null, partnerId: null, voucherId: null, redemptionId: null, number: '', runJobId: null };
    expect(invoiceFilterOf(typedInvoiceFilter({}))).to.deep.equal(nothing);
    expect(invoiceFilterOf(typedInvoiceFilter({ state: 'lost', voucher: 'x' }))).to.deep.equal(nothing);
  });

  it('asks for a state, a partner, a voucher, a redemption, a number and a run', () => {
    const query = { state: 'open', partner: 'citydeal', voucher: '7', redemption: '8', number: 'PR-1', run: '9' };
    expect(invoiceFilterOf(typedInvoiceFilter(query))).to.deep.equal({
      state: 'open',
      partnerId: 'citydeal',
      voucherId: '7',
      redemptionId: '8',
      number: 'PR-1',
      runJobId: '9',
    });
  });

  it('begins with today', () => {
    expect(emptyInvoice(TODAY, 'de')).to.deep.equal({ paidOn: '31.03.2026', reference: '', reason: '' });
  });

  it('reads a payment of today or before, with or without a reference', () => {
    const read = (paidOn: string, reference: string) => parsePayment(typedPayment({ paidOn, reference }), TODAY, t);
    expect(read('31.03.2026', '')).to.deep.equal({ value: { paidOn: TODAY, reference: null } });
    expect(read('1.3.2026', 'UMS 4')).to.deep.equal({ value: { paidOn: '2026-03-01', reference: 'UMS 4' } });
    for (const [wrong, message] of [
      ['', 'common:input.day'],
      ['01.04.2026', 'common:input.day_to_come'],
      ['31.02.2026', 'common:input.no_such_day'],
    ] as const)
      expect(read(wrong, ''), wrong).to.deep.equal({ errors: [{ path: 'paidOn', message }] });
  });
});

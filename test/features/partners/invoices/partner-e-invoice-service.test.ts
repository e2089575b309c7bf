import { expect } from 'chai';
import { eInvoiceOf, titleOfInvoice } from '../../../../src/features/partners/invoices/partner-e-invoice-service.ts';
import type { PartnerInvoice } from '../../../../src/features/partners/invoices/partner-invoice-service.ts';
import type { Supply } from '../../../../src/core/books/invoicing/e-invoice.ts';

const TEXTS = { item: 'Gutschein', difference: 'abzüglich Ihrer Provision', terms: 'Zahlbar' };
const SUPPLY = { treatment: 'standard', rateBasisPoints: 1900, buyer: { reference: '' }, seller: {} } as Supply;
const INVOICE = {
  id: '7',
  number: 'AB-2026-000002',
  state: 'open',
  currency: 'EUR',
  redeemed: 84_000,
  owed: 71_400,
  difference: 12_600,
  issuedOn: '2026-11-30',
  dueOn: '2026-12-14',
  document: {
    supply: SUPPLY,
    text: '',
    voucherNumber: 'G-2026-000001',
    voucherTitle: 'Deal',
    redeemedOn: '2026-11-29',
  },
} as PartnerInvoice;

describe('an invoice in the terms of its data', () => {
  it('comes to what is owed, and says how', () => {
    expect(eInvoiceOf(INVOICE, null, TEXTS)).to.deep.include({
      dueOn: '2026-12-14',
      takesBack: null,
      deliveredOn: '2026-11-29',
      amounts: { net: 60_000, vat: 11_400, rounding: 0, payable: 71_400 },
    });
    expect(eInvoiceOf(INVOICE, null, TEXTS)?.item.description.replaceAll('\u00a0', ' ')).to.equal(
      'Deal, G-2026-000001, 29.11.2026: 840,00 €, abzüglich Ihrer Provision 126,00 €',
    );
  });

  it('is known by the voucher where the partner wants nothing else', () => {
    expect(eInvoiceOf(INVOICE, null, TEXTS)?.supply.buyer.reference).to.equal('G-2026-000001');
  });

  it('names what it takes back and is due on no day', () => {
    const cancellation = { ...INVOICE, number: 'ST-1', state: 'cancellation' } as const;
    expect(eInvoiceOf(cancellation, INVOICE, TEXTS)).to.deep.include({
      dueOn: null,
      takesBack: { number: 'AB-2026-000002', issuedOn: '2026-11-30' },
    });
    expect(titleOfInvoice(cancellation)).to.equal('Stornorechnung ST-1');
    expect(() => eInvoiceOf(cancellation, null, TEXTS)).to.throw('without what it takes back');
  });

  it('is none without a supply, and none of before it was asked', () => {
    for (const supply of [null, undefined])
      expect(
        eInvoiceOf({ ...INVOICE, document: { ...INVOICE.document, supply } } as PartnerInvoice, null, TEXTS),
      ).to.equal(null);
  });
});

import { expect } from 'chai';
import type { Response } from 'express';
import type { Refund } from '../../../../src/features/accounting/refunds/refund-service.ts';
import { refundRow } from '../../../../src/features/accounting/refunds/refund-view.ts';
import { createI18n } from '../../../../src/platform/html/i18n.ts';

const t = createI18n({ directory: 'locales', strict: true }).translator('de');
const readAs = (role: string): Response => ({ locals: { t, locale: 'de', user: { role, rights: [] } } }) as never;
const REFUND: Refund = {
  id: '7',
  number: 'ER-2026-000007',
  state: 'open',
  origin: 'voucher',
  way: 'transfer',
  cents: 5000,
  currency: 'EUR',
  payee: 'Petra Muster',
  iban: 'DE89370400440532013000',
  providerReference: '',
  voucher: { id: '3', number: null },
  order: { id: '4', number: 'B-2026-000004' },
  partnerId: null,
  lineId: null,
  setOffNumber: null,
  reason: 'Widerruf',
  decidedOn: '2026-07-03',
  decidedAt: 1,
  decidedBy: 'user:1',
  openItemId: '1',
  fileId: null,
  fileNumber: null,
  paidOn: null,
  paidAt: null,
  paidBy: null,
  paymentReference: null,
};

describe('a refund as a page shows it', () => {
  it('shows the whole IBAN to who may pay, and its end to others', () => {
    const names = new Map([['user:1', 'Anna']]);
    expect(refundRow(REFUND, names, readAs('accountant'))).to.include({
      ibanText: 'DE89 3704 0044 0532 0130 00',
      isChoosable: true,
      mayPay: true,
      decidedByText: 'Anna',
      voucherText: 'V-3',
    });
    expect(refundRow(REFUND, names, readAs('auditor'))).to.include({
      ibanText: '…3000',
      isChoosable: false,
      mayPay: false,
    });
  });

  it('names what is missing as long as it is not paid', () => {
    const bare = { ...REFUND, payee: '', iban: '' };
    expect(refundRow(bare, new Map(), readAs('accountant')).gaps).to.deep.equal(['Empfänger fehlt', 'IBAN fehlt']);
    const provider = refundRow({ ...REFUND, way: 'provider' }, new Map(), readAs('accountant'));
    expect([provider.gaps, provider.isChoosable]).to.deep.equal([['Zahlung beim Anbieter fehlt'], false]);
    expect(refundRow({ ...bare, state: 'paid' }, new Map(), readAs('accountant')).gaps).to.deep.equal([]);
  });

  it('offers cash to the till alone, and takes back only what stands where it stood', () => {
    expect(refundRow({ ...REFUND, way: 'cash' }, new Map(), readAs('accountant'))).to.include({
      mayPay: false,
      isCash: true,
      mayWithdraw: false,
    });
    expect(refundRow({ ...REFUND, origin: 'order_money' }, new Map(), readAs('accountant')).mayWithdraw).to.equal(true);
  });
});

import { expect } from 'chai';
import type { Response } from 'express';
import { orderMoneyView } from '../../../../src/features/orders/money/order-money-view.ts';
import { createI18n } from '../../../../src/platform/html/i18n.ts';

const t = createI18n({ directory: 'locales', strict: true }).translator('de');
const readAs = (role: string): Response => ({ locals: { t, locale: 'de', user: { role, rights: [] } } }) as never;
const ORDER = { id: '1', currency: 'EUR' } as never;
const NONE = { payments: [], refunds: [] };

describe('the money of an order as its page shows it', () => {
  it('offers what is free to whoever may decide about it', () => {
    const balance = { balance: 3000, refunding: 1000, free: 2000 };
    expect(orderMoneyView(ORDER, balance, NONE, readAs('admin'))).to.include({
      hasMoney: true,
      isClaim: false,
      freeText: '20,00',
      mayRefundMoney: true,
      mayMoveMoney: true,
    });
    expect(orderMoneyView(ORDER, balance, NONE, readAs('auditor'))).to.include({
      mayRefundMoney: false,
      mayMoveMoney: false,
    });
  });

  it('tells a claim on the buyer with its amount', () => {
    const claim = orderMoneyView(ORDER, { balance: -7000, refunding: 0, free: 0 }, NONE, readAs('admin'));
    expect(claim).to.include({ hasMoney: false, isClaim: true, balance: 7000, mayMoveMoney: false });
  });

  it('says where a payment came from', () => {
    const payment = { id: '1', cents: 1, paidOn: '2026-07-03', reference: null, recordedAt: 1, isPosted: true };
    const payments = [
      { ...payment, method: 'other_order' as const, sourceKey: 'moved:x' },
      { ...payment, method: 'online' as const, sourceKey: 'webhook:pi_1' },
    ];
    const view = orderMoneyView(ORDER, { balance: 0, refunding: 0, free: 0 }, { ...NONE, payments }, readAs('admin'));
    expect(view.payments.map(({ methodText, sourceText }) => [methodText, sourceText])).to.deep.equal([
      ['Aus anderer Bestellung', 'Umgebucht'],
      ['Online', t('orders:source.webhook')],
    ]);
  });
});

import { expect } from 'chai';
import { join } from 'node:path';
import { receiptLines } from '../../../../src/features/counter/till/receipt-view.ts';
import { createI18n } from '../../../../src/platform/html/i18n.ts';
import type { Receipt } from '../../../../src/features/accounting/receipts/receipt-service.ts';

const i18n = createI18n({ directory: join(import.meta.dirname, '..', '..', '..', '..', 'locales'), strict: true });
const RECEIPT: Receipt = {
  number: 'Q-2026-000007',
  kind: 'sale',
  currency: 'EUR',
  cents: 5000,
  issuedOn: '2026-06-15',
  issuedAt: 1,
  actor: 'user:1',
  voucherId: null,
  orderId: '1',
  prints: 0,
  content: {
    businessTypes: ['MehrzweckgutscheinKauf'],
    paid: [{ by: 'cash', cents: 5000 }],
    vouchers: ['G-2026-000001'],
    till: 'Kasse 1',
    bookingNumber: null,
    price: 5000,
    voucherAmount: 0,
    note: null,
    reverses: null,
  },
};

describe('what a receipt says', () => {
  it('is that no VAT is charged where vouchers are sold, in both languages', () => {
    const german = receiptLines(RECEIPT, i18n.translator('de'));
    expect(german.heading).to.equal('Gutscheinbeleg');
    expect(german.taxText).to.contain('keine Umsatzsteuer');
    expect(german.facts.map(({ text }) => text)).to.deep.equal(['G-2026-000001', 'Kasse 1']);
    expect(receiptLines(RECEIPT, i18n.translator('en')).taxText).to.contain('No VAT');
  });

  it('is nothing about VAT where money only changes its place', () => {
    const moved = { ...RECEIPT, kind: 'cash_out' } as const;
    expect(receiptLines(moved, i18n.translator('de')).taxText).to.equal('');
  });

  it('is of a Storno which document it takes back', () => {
    const content = { ...RECEIPT.content, reverses: 'Q-2026-000006' };
    const storno = { ...RECEIPT, kind: 'sale_reversal', content } as const;
    const { heading, reversesText, taxText } = receiptLines(storno, i18n.translator('de'));
    expect([heading, reversesText]).to.deep.equal(['Storno: Gutscheinbeleg', 'Storno zu Beleg Q-2026-000006']);
    expect(taxText).not.to.equal('');
  });
});

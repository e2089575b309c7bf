import { expect } from 'chai';
import { subjectHref } from '../../../../src/features/accounting/ledger/ledger-subject-view.ts';

describe('the page of what is on no voucher', () => {
  it('is that of the order, the refund or the shift, and of the account for all tills', () => {
    expect([
      subjectHref('order', '7', 'B-2026-000007'),
      subjectHref('refund', 'ER-2026-000003', 'ER-2026-000003'),
      subjectHref('till', '12', 'S-12'),
      subjectHref('till', 'cash-EUR', 'KASSE-EUR'),
    ]).to.deep.equal([
      '/admin/orders/7',
      '/admin/refunds?state=all&text=ER-2026-000003',
      '/admin/counter/shifts/12',
      '/admin/counter/account',
    ]);
  });
});

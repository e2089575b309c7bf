import { expect } from 'chai';
import { findSource, findSourcePayments } from '../../../../src/features/accounting/refunds/refund-source-store.ts';
import { createVoucher } from '../../../../src/features/vouchers/life/voucher-create-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('what is known of a voucher that is to be refunded', (database) => {
  it('is its number, its order, its people and the roles its value came in on', async () => {
    const author = { actor: 'test', moment: { today: '2026-03-04', now: Date.parse('2026-03-04T12:00:00Z') } };
    const { id } = await createVoucher(database(), author, {
      type: 'purchase',
      title: 'Geschenk',
      paidAt: '2026-03-04',
      value: { originalValue: 5000 },
      recipient: { name: 'Anna', email: null },
    });
    expect(await findSource(database().knex, id)).to.deep.equal({
      voucherNumber: 'G-2026-000001',
      order: null,
      buyer: null,
      recipient: 'Anna',
      roles: ['TRANSIT'],
      hasAncestor: false,
    });
    expect(await findSourcePayments(database().knex, '99')).to.deep.equal([]);
  });
});

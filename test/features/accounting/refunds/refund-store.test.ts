import { expect } from 'chai';
import {
  countUnpaidRefunds,
  findRefund,
  findRefundByNumber,
  findRefundsOf,
  refundIncrease,
  refundInsert,
  updateRefund,
  type NewRefund,
} from '../../../../src/features/accounting/refunds/refund-store.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

const ANY: NewRefund = {
  number: '',
  origin: 'voucher',
  way: 'transfer',
  payee: 'Petra Muster',
  iban: 'DE89370400440532013000',
  providerReference: '',
  cents: 1000,
  currency: 'EUR',
  voucher: null,
  order: null,
  partnerId: null,
  lineId: null,
  reason: 'Widerruf',
  decidedOn: '2026-07-03',
  decidedAt: 1,
  decidedBy: 'test',
  openItemId: null,
};

describeOnBothDatabases('the rows of refunds', (database) => {
  before(() =>
    inTransaction(database(), async (trx) => {
      for (const refund of [
        { ...ANY, number: 'ER-1' },
        { ...ANY, number: 'ER-2', way: 'provider' as const, cents: 2000 },
        { ...ANY, number: 'ER-3', payee: 'Ärzte GmbH', iban: '', currency: 'CHF' },
        { ...ANY, number: 'ER-4', way: 'cash' as const, payee: '' },
      ])
        await refundInsert(trx, refund);
    }),
  );

  it('grow as long as their decision goes on, and are paid on one day', async () => {
    await inTransaction(database(), async (trx) => {
      await refundIncrease(trx, 'ER-1', 500);
    });
    const refund = await findRefundByNumber(database().knex, 'ER-1');
    expect(refund?.cents).to.equal(1500);
    expect(await countUnpaidRefunds(database().knex, 3)).to.equal(3);
    expect(
      await inTransaction(database(), (trx) => updateRefund(trx, refund?.id ?? '', { state: 'paid' })).then(
        () => null,
        (error: unknown) => /check|constraint/i.test(String(error)),
      ),
    ).to.equal(true);
    expect(await findRefund(database().knex, refund?.id ?? '')).to.include({ state: 'open' });
    expect(await findRefundsOf(database().knex, { orderId: '1' }, 5)).to.deep.equal([]);
  });
});

import { expect } from 'chai';
import { refundPage, refundSums } from '../../../../src/features/accounting/refunds/refund-list-service.ts';
import { refundInsert, type NewRefund } from '../../../../src/features/accounting/refunds/refund-store.ts';
import { listRefunds, sumRefunds } from '../../../../src/features/accounting/refunds/refund-list-store.ts';
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

describeOnBothDatabases('a list of refunds', (database) => {
  const ALL = { state: null, way: null, isIncomplete: false, text: '' } as const;
  const found = async (filter: object): Promise<string[]> =>
    (await listRefunds(database().knex, { ...ALL, ...filter, after: null, limit: 50 })).map(({ number }) => number);

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

  it('are found by way, by text in any case, and by what is missing; the newest first', async () => {
    expect(await found({})).to.deep.equal(['ER-4', 'ER-3', 'ER-2', 'ER-1']);
    expect(await found({ way: 'provider' })).to.deep.equal(['ER-2']);
    expect(await found({ text: 'petra' })).to.deep.equal(['ER-2', 'ER-1']);
    expect(await found({ text: 'er-3' })).to.deep.equal(['ER-3']);
    expect(await found({ isIncomplete: true })).to.deep.equal(['ER-4', 'ER-3', 'ER-2']);
  });

  it('are added up by currency over all that is found', async () => {
    expect(await sumRefunds(database().knex, ALL)).to.deep.equal([
      { currency: 'CHF', cents: 1000, refunds: 1 },
      { currency: 'EUR', cents: 4000, refunds: 3 },
    ]);
  });

  it('are a page with its cursor, and sums', async () => {
    const page = await refundPage(database().knex, { ...ALL, after: null, limit: 3 });
    expect([page.items.length, page.nextCursor]).to.deep.equal([3, page.items[2]?.id]);
    expect(await refundSums(database().knex, ALL)).to.have.length(2);
  });
});

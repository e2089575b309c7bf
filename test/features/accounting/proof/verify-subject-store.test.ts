import { expect } from 'chai';
import { firstWrongOrderMoney, sumOpenItems } from '../../../../src/features/accounting/proof/verify-subject-store.ts';
import { apiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { openShop } from '../../../support/shop.ts';

describeOnBothDatabases('the figures behind the check of open items', (database) => {
  let server: TestServer;
  before(async () => {
    await openShop(database());
    server = await startTestServer({ database: database() });
    const api = apiClient(server.url);
    const buyer = { name: 'Petra Muster', email: 'petra@example.org' };
    for (const amounts of [[4000], [10_000], [6000, 5000]]) {
      const { id } = (await api.post('/orders', { amount: 10_000, quantity: 1, buyer })).body as { id: string };
      for (const amount of amounts) await api.post(`/orders/${id}/payments`, { amount, method: 'cash' });
    }
  });
  after(() => server.close());

  it('add up the entries of vouchers and of orders that name the item', async () => {
    const ids = await database().knex('ledger_subjects').orderBy('id').pluck<(number | string)[]>('id');
    const sums = await sumOpenItems(database().knex, ids.map(String));
    expect(ids.map((id) => sums.get(String(id)))).to.deep.equal([4000, 1000]);
    expect((await sumOpenItems(database().knex, [])).size).to.equal(0);
  });

  it('hold payments against the entries of a part, a whole and several payments', async () => {
    expect(await firstWrongOrderMoney(database().knex)).to.equal(null);
    await database().knex('order_payments').where({ cents: 10_000 }).update({ cents: 9999 });
    expect(await firstWrongOrderMoney(database().knex)).to.include({ expected: 9999, actual: 10_000 });
  });
});

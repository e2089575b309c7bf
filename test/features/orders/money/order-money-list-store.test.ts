import { expect } from 'chai';
import {
  findOrdersWithWaitingMoney,
  listOrderBalances,
} from '../../../../src/features/orders/money/order-money-list-store.ts';
import {
  countFreeMoney,
  orderBalances,
  ordersWithWaitingMoney,
} from '../../../../src/features/orders/money/waiting-money-service.ts';
import { apiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { openShop } from '../../../support/shop.ts';

describeOnBothDatabases('orders with money on no voucher', (database) => {
  let server: TestServer;
  const ids: string[] = [];
  before(async () => {
    await openShop(database());
    server = await startTestServer({ database: database() });
    const api = apiClient(server.url);
    const buyer = { name: 'Petra Muster', email: 'petra@example.org' };
    for (const amounts of [[4000], [10_000], [10_500]]) {
      const { id } = (await api.post('/orders', { amount: 10_000, quantity: 1, buyer })).body as { id: string };
      for (const amount of amounts) await api.post(`/orders/${id}/payments`, { amount, method: 'cash' });
      ids.push(id);
    }
  });
  after(() => server.close());

  const list = async (kind: 'money' | 'claims', beforeId: string | null = null) =>
    (await listOrderBalances(database().knex, { kind, beforeId, limit: 5 })).map(({ order, balance }) => [
      order.id,
      balance,
    ]);

  it('are listed the newest first, apart from what buyers owe', async () => {
    expect(await list('money')).to.deep.equal([
      [ids[2], 500],
      [ids[0], 4000],
    ]);
    expect(await list('money', ids[2])).to.deep.equal([[ids[0], 4000]]);
    expect(await list('claims')).to.deep.equal([]);
    await database().knex('ledger_subjects').where({ subject_id: ids[0] }).update({ balance: -1 });
    expect(await list('claims')).to.deep.equal([[ids[0], -1]]);
    await database().knex('ledger_subjects').where({ subject_id: ids[0] }).update({ balance: 4000 });
  });

  it('count as to be decided where the order needs the money no more', async () => {
    expect(await countFreeMoney(database().knex, 10)).to.equal(1);
    const page = await orderBalances(database().knex, { kind: 'money', beforeId: null, limit: 1 });
    expect(page.nextCursor).to.equal(ids[2]);
  });

  it('wait to be posted where an earlier version kept them, each order once', async () => {
    expect(await findOrdersWithWaitingMoney(database().knex, '0', 5)).to.deep.equal([]);
    await database().knex('order_payments').whereIn('order_id', ids.slice(0, 2)).update({ is_posted: false });
    expect(await ordersWithWaitingMoney(database().knex, '0', 5)).to.deep.equal(ids.slice(0, 2));
    expect(await findOrdersWithWaitingMoney(database().knex, ids[0] ?? '', 5)).to.deep.equal([ids[1]]);
  });
});

import { expect } from 'chai';
import {
  chargebacksOf,
  countOpenDisputes,
  disputeOf,
  disputes,
} from '../../../../src/features/orders/payments/dispute-figures-service.ts';
import { apiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { openShop } from '../../../support/shop.ts';

describeOnBothDatabases('the figures of a dispute', (database) => {
  let server: TestServer;
  before(async () => {
    await openShop(database());
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());

  it('are what was taken back, less what confirmed a refund of ours', async () => {
    const buyer = { name: 'Petra Muster', email: 'petra@example.org' };
    const api = apiClient(server.url);
    const { id } = (await api.post('/orders', { amount: 10_000, quantity: 1, buyer })).body as { id: string };
    await api.post(`/orders/${id}/payments`, { amount: 10_000, method: 'online' });
    const told = { order_id: id, happened_on: '2026-11-02', recorded_at: 1 };
    await database()
      .knex('order_chargebacks')
      .insert([
        { ...told, kind: 'refund', cents: 3000, confirmed: 2000, source_key: 'refund:1' },
        { ...told, kind: 'chargeback', cents: 4000, confirmed: 0, source_key: 'chargeback:1' },
      ]);
    await database().knex('order_disputes').insert({ order_id: id, cents: 5000, opened_at: 1, updated_at: 1 });
    expect((await chargebacksOf(database().knex, id)).disputed).to.deep.equal({
      total: 5000,
      charged: 4000,
      refunded: 1000,
    });
    expect(await disputeOf(database().knex, id)).to.include({
      disputed: 5000,
      covered: 5000,
      lost: 0,
      balance: 10_000,
    });
    expect(await countOpenDisputes(database().knex, 5)).to.equal(1);
    expect(await disputes(database().knex, { isOpen: false, beforeId: null, limit: 5 })).to.deep.equal([]);
  });
});

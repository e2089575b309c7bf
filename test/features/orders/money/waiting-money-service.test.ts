import { expect } from 'chai';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { postWaitingOf } from '../../../../src/features/orders/money/waiting-money-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { apiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { openShop } from '../../../support/shop.ts';

describeOnBothDatabases('a chargeback from before they were posted when they happen', (database) => {
  let server: TestServer;
  before(async () => {
    await openShop(database());
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());

  it('is posted as far as ended vouchers do not show it already, once', async () => {
    const api = apiClient(server.url);
    const buyer = { name: 'Petra Muster', email: 'petra@example.org' };
    const { id, number } = (await api.post('/orders', { amount: 10_000, quantity: 1, buyer })).body as {
      id: string;
      number: string;
    };
    await api.post(`/orders/${id}/payments`, { amount: 10_000, method: 'online' });
    await database()
      .knex('order_chargebacks')
      .insert({
        ...{ order_id: id, kind: 'chargeback', cents: 10_000, happened_on: '2026-11-02', source_key: 'chargeback:old' },
        ...{ recorded_at: 1, is_posted: false },
      });
    const moment = { today: '2026-11-30', now: Date.parse('2026-11-30T12:00:00Z') };
    const post = () => inTransaction(database(), (trx) => postWaitingOf({ trx, actor: 'test', moment }, id));
    expect([await post(), await post()]).to.deep.equal([10_000, 0]);
    const entries = await database().knex('ledger_entries').where({ document_number: number, event: 'chargeback' });
    expect(entries).to.have.length(1);
    expect(entries[0]).to.include({ debit_role: 'DEBITOR', credit_role: 'TRANSIT', posted_on: '2026-11-02' });
    expect((await verifyEverything(database().knex, 0)).problem).to.equal(null);
  });
});

import { expect } from 'chai';
import { apiClient } from '../../../support/api-client.ts';
import { turningClock } from '../../../support/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';
import { openShop } from '../../../support/shop.ts';

describeOnBothDatabases('the page of debtors beside bookings', (database) => {
  let server: TestServer;
  let agent: Visitor;
  let number: string;
  const PATH = '/admin/accounting/liabilities';
  before(async () => {
    await openShop(database());
    server = await startTestServer({ database: database(), clock: turningClock(() => '2026-07-03T10:00:00Z') });
    agent = await signedIn(server.url);
    const api = apiClient(server.url);
    const buyer = { name: 'Petra Muster', email: 'petra@example.org' };
    const order = (await api.post('/orders', { amount: 10_000, quantity: 1, buyer })).body as {
      id: string;
      number: string;
    };
    await api.post(`/orders/${order.id}/payments`, { amount: 4321, method: 'bank_transfer' });
    ({ number } = order);
  });
  after(() => server.close());

  it('is reached from the report of the day, and tells each item with its order', async () => {
    const report = (await agent.get(`${PATH}?from=01.01.2026&on=03.07.2026`)).html;
    expect(report).to.contain('Zahlungen ohne Gutschein').and.contain('43,21').and.contain(`${PATH}/debtors/payments`);
    const items = (await agent.get(`${PATH}/debtors/payments?on=03.07.2026`)).html;
    expect(items).to.contain(number).and.contain('03.07.2026').and.contain('43,21');
    expect((await agent.get(`${PATH}/debtors/payments?on=02.07.2026`)).html).not.to.contain(number);
    expect((await agent.get(`${PATH}/debtors/refunds`)).html).to.contain('Nichts offen');
  });

  it('is a file, too', async () => {
    const csv = (await agent.get(`${PATH}/debtors/payments/csv?on=03.07.2026`)).html;
    expect(csv).to.contain('Nummer').and.contain(number).and.contain('43,21');
    expect((await agent.get(`${PATH}/debtors/payments/csv?on=nie`)).status).to.equal(303);
  });
});

import { expect } from 'chai';
import { closeMonth } from '../../../../src/features/accounting/closing/period-service.ts';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { turningClock } from '../../../support/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { postedUnder } from '../../accounting/reports/debtor-books.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';
import { openShop } from '../../../support/shop.ts';

describeOnBothDatabases('money from before part payments were posted', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let agent: Visitor;
  let instant = '2026-01-28T10:00:00Z';
  const clock = turningClock(() => instant);
  const knex = () => database().knex;

  before(async () => {
    await openShop(database());
    server = await startTestServer({ database: database(), clock });
    api = apiClient(server.url);
    agent = await signedIn(server.url);
  });
  after(() => server.close());

  const on = async (day: string): Promise<void> => {
    instant = `${day}T10:00:00Z`;
    agent = await signedIn(server.url);
  };
  const order = async (amount = 10_000, quantity = 1): Promise<{ id: string; number: string }> =>
    (
      await api.post('/orders', {
        amount,
        quantity,
        buyer: { name: 'Petra Muster', email: 'petra@example.org' },
      })
    ).body as never;
  const expectBooks = async (): Promise<void> => {
    expect((await verifyEverything(knex(), clock.now())).problem).to.equal(null);
  };

  it('from before it was posted is posted by a logged step, on its day or the first open one', async () => {
    const [part, done] = [await order(), await order()];
    await api.post(`/orders/${(await order()).id}/payments`, { amount: 100, method: 'cash' });
    await on('2026-02-05');
    await closeMonth(database(), '2026-01', 'test', clock.moment());
    await knex()('order_payments').insert({
      order_id: part.id,
      cents: 7000,
      method: 'bank_transfer',
      paid_on: '2026-01-15',
      source_key: 'old',
      actor: 'test',
      recorded_at: 1,
      is_posted: false,
    });
    await knex()('orders').where({ id: part.id }).update({ paid: 7000, state: 'cancelled' });
    expect((await agent.get('/admin/orders/money')).html).to.contain('Jetzt nachbuchen');
    const { location } = await agent.post('/admin/orders/money/posting', {});
    expect((await api.jobEnd(/jobs\/(\d+)/.exec(location ?? '')?.[1] ?? '')).body.result).to.include({
      orders: 1,
      cents: 7000,
    });
    expect(await postedUnder(knex(), part.number)).to.deep.equal(['payment_in BANK DEBITOR 7000 2026-02-01']);
    expect(await postedUnder(knex(), done.number)).to.deep.equal([]);
    expect(await knex()('audit_log').where({ action: 'order.post_waiting', entity_id: part.id })).to.have.length(1);
    expect((await agent.get('/admin/orders/money')).html).not.to.contain('Jetzt nachbuchen');
    await expectBooks();
  });
});

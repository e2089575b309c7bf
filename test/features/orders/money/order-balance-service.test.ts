import { expect } from 'chai';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { turningClock } from '../../../support/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { balanceOfRole, debtorsOn, postedUnder } from '../../accounting/reports/debtor-books.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';
import { openShop } from '../../../support/shop.ts';

describeOnBothDatabases('money of an order for another one', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let agent: Visitor;
  const clock = turningClock(() => '2026-02-10T10:00:00Z');
  const knex = () => database().knex;

  before(async () => {
    await openShop(database());
    server = await startTestServer({ database: database(), clock });
    api = apiClient(server.url);
    agent = await signedIn(server.url);
  });
  after(() => server.close());

  const order = async (amount = 10_000, quantity = 1): Promise<{ id: string; number: string }> =>
    (
      await api.post('/orders', {
        amount,
        quantity,
        buyer: { name: 'Petra Muster', email: 'petra@example.org' },
      })
    ).body as never;
  const pay = async (id: string, amount: number, more: object = {}) =>
    api.post(`/orders/${id}/payments`, { amount, method: 'bank_transfer', ...more });
  const stateOf = async (id: string): Promise<string> => (await api.get(`/orders/${id}`)).body.state as string;
  const balanceOf = async (id: string): Promise<number> =>
    Number((await knex()('ledger_subjects').where({ kind: 'order', subject_id: id }).first('balance'))?.balance ?? 0);
  const expectBooks = async (): Promise<void> => {
    expect((await verifyEverything(knex(), clock.now())).problem).to.equal(null);
  };

  it('is used for another order, as far as that one needs it', async () => {
    const [from, to] = [await order(), await order(8000)];
    await pay(from.id, 9000, { method: 'online' });
    await agent.post(`/admin/orders/${from.id}/cancellation`, {});
    await agent.get(`/admin/orders/${from.id}`);
    for (const [targetNumber, sentence] of [
      ['B-2026-999999', 'gibt es nicht'],
      [from.number, 'diese Bestellung selbst'],
    ] as const) {
      await agent.post(`/admin/orders/${from.id}/money/move`, { targetNumber, formKey: targetNumber });
      expect((await agent.get(`/admin/orders/${from.id}`)).html).to.contain(sentence);
    }
    await agent.post(`/admin/orders/${from.id}/money/move`, { targetNumber: to.number, formKey: 'once' });
    expect([await stateOf(to.id), await balanceOf(from.id), await balanceOf(to.id)]).to.deep.equal([
      'fulfilled',
      1000,
      0,
    ]);
    expect(await postedUnder(knex(), to.number)).to.deep.equal([
      'payment_moved_in TRANSFER DEBITOR 8000 2026-02-10',
      'sale DEBITOR V_KAUF 8000 2026-02-10',
    ]);
    expect(await balanceOfRole(knex(), 'TRANSFER', '2026-02-28')).to.equal(0);
    await agent.post(`/admin/orders/${from.id}/money/move`, { targetNumber: to.number, formKey: 'twice' });
    expect((await agent.get(`/admin/orders/${from.id}`)).html).to.contain('braucht kein Geld mehr');
    expect(await debtorsOn(knex(), '2026-02-10')).to.deep.equal({ payments: 1000 });
    await expectBooks();
  });

  it('moves once where two people send it across each other at once', async () => {
    const [one, two] = [await order(), await order()];
    await pay(one.id, 4000);
    await agent.post(`/admin/orders/${one.id}/cancellation`, {});
    await agent.get(`/admin/orders/${one.id}`);
    const second = await signedIn(server.url);
    await second.get(`/admin/orders/${one.id}`);
    await Promise.all(
      [agent, second].map((who, index) =>
        who.post(`/admin/orders/${one.id}/money/move`, { targetNumber: two.number, formKey: `at once ${index}` }),
      ),
    );
    expect([await balanceOf(one.id), await balanceOf(two.id)]).to.deep.equal([0, 4000]);
    await expectBooks();
  });
});

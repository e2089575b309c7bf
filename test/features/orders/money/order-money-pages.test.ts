import { expect } from 'chai';
import { closeMonth } from '../../../../src/features/accounting/closing/period-service.ts';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { sealLedger } from '../../../../src/features/accounting/proof/seal-service.ts';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { turningClock } from '../../../support/clock.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { balanceOfRole, debtorsOn, postedUnder } from '../../accounting/reports/debtor-books.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';
import { openShop } from '../../../support/shop.ts';

describeOnBothDatabases('money of an order that is on no voucher', (database) => {
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
  const pay = async (id: string, amount: number, more: object = {}) =>
    api.post(`/orders/${id}/payments`, { amount, method: 'bank_transfer', ...more });
  const stateOf = async (id: string): Promise<string> => (await api.get(`/orders/${id}`)).body.state as string;
  const balanceOf = async (id: string): Promise<number> =>
    Number((await knex()('ledger_subjects').where({ kind: 'order', subject_id: id }).first('balance'))?.balance ?? 0);
  const expectBooks = async (): Promise<void> => {
    expect((await verifyEverything(knex(), clock.now())).problem).to.equal(null);
  };

  it('is posted on the day it comes, and in the month that is closed before the rest is there', async () => {
    await on('2026-01-28');
    const { id, number } = await order();
    await pay(id, 6000);
    expect(await postedUnder(knex(), number)).to.deep.equal(['payment_in BANK DEBITOR 6000 2026-01-28']);
    expect(await balanceOfRole(knex(), 'BANK', '2026-01-31')).to.equal(6000);
    expect(await debtorsOn(knex(), '2026-01-31')).to.deep.equal({ payments: 6000 });
    await on('2026-02-05');
    expect((await closeMonth(database(), '2026-01', 'test', clock.moment())).month).to.equal('2026-01');
    await pay(id, 4000);
    expect(await postedUnder(knex(), number)).to.deep.equal([
      'payment_in BANK DEBITOR 6000 2026-01-28',
      'payment_in BANK DEBITOR 4000 2026-02-05',
      'sale DEBITOR V_KAUF 10000 2026-02-05',
    ]);
    expect([await stateOf(id), await balanceOf(id)]).to.deep.equal(['fulfilled', 0]);
    expect(await debtorsOn(knex(), '2026-01-31'), 'the closed day says the same').to.deep.equal({ payments: 6000 });
    expect(await debtorsOn(knex(), '2026-02-28')).to.deep.equal({});
    await expectBooks();
  });

  it('is the sale itself where it completes the order at once, and what is too much waits', async () => {
    const { id, number } = await order(5000, 2);
    await pay(id, 13_000);
    expect(await postedUnder(knex(), number)).to.deep.equal([
      'payment_in BANK DEBITOR 3000 2026-02-05',
      'sale BANK V_KAUF 5000 2026-02-05',
      'sale BANK V_KAUF 5000 2026-02-05',
    ]);
    expect(await debtorsOn(knex(), '2026-02-05')).to.deep.equal({ payments: 3000 });
    const page = (await agent.get('/admin/orders/money')).html;
    expect(page).to.contain(number).and.contain('30,00').and.contain('erstatten oder verwenden');
    expect((await agent.get('/admin/accounting/liabilities/debtors/payments')).html).to.contain(number);
    await expectBooks();
  });

  it('is sold on the day on which the whole price was there, however late a payment was told', async () => {
    const { id, number } = await order();
    await pay(id, 9000, { paidOn: '2026-02-04' });
    await pay(id, 1000, { paidOn: '2026-02-02' });
    expect(await postedUnder(knex(), number)).to.deep.equal([
      'payment_in BANK DEBITOR 9000 2026-02-04',
      'payment_in BANK DEBITOR 1000 2026-02-02',
      'sale DEBITOR V_KAUF 10000 2026-02-04',
    ]);
    await expectBooks();
  });

  it('of a cancelled order is refunded: a task with a number of its own, posted once it is paid', async () => {
    const { id, number } = await order();
    await pay(id, 9000);
    expect((await agent.get(`/admin/orders/${id}`)).html).not.to.contain('auf keinem Gutschein: erstatten');
    await agent.post(`/admin/orders/${id}/cancellation`, {});
    expect((await agent.get(`/admin/orders/${id}`)).html).to.contain('90,00\u00a0€ stehen auf keinem Gutschein');
    expect((await agent.post(`/admin/orders/${id}/money/refund`, { amount: '90,00' })).status).to.equal(303);
    const [refund] = await knex()('refunds').where({ order_id: id }).select();
    expect(refund).to.include({ state: 'open', origin: 'order_money', payee: 'Petra Muster', way: 'transfer' });
    expect(Number(refund.cents)).to.equal(9000);
    expect(await postedUnder(knex(), number), 'the decision moves nothing').to.have.length(1);
    expect(await debtorsOn(knex(), '2026-02-05')).to.deep.equal({ payments: 3000, refunds: 9000 });
    await agent.get(`/admin/orders/${id}`);
    await agent.post(`/admin/orders/${id}/money/refund`, { amount: '0,01' });
    expect((await agent.get(`/admin/orders/${id}`)).html, 'no cent twice').to.contain('passt nicht mehr');
    await on('2026-02-10');
    await agent.get(`/admin/refunds/${refund.id}`);
    await agent.post(`/admin/refunds/${refund.id}/payment`, { paidOn: '09.02.2026', reference: 'SEPA 1' });
    expect(await postedUnder(knex(), refund.number as string)).to.deep.equal([
      'refund_paid DEBITOR BANK 9000 2026-02-09',
    ]);
    expect(await balanceOf(id)).to.equal(0);
    expect(await debtorsOn(knex(), '2026-02-08')).to.deep.equal({ payments: 3000, refunds: 9000 });
    expect(await debtorsOn(knex(), '2026-02-09')).to.deep.equal({ payments: 3000 });
    await expectBooks();
  });

  it('can be withdrawn from its refund again, and is there for another order', async () => {
    const { id } = await order();
    await pay(id, 2000);
    await agent.post(`/admin/orders/${id}/cancellation`, {});
    await agent.get(`/admin/orders/${id}`);
    await agent.post(`/admin/orders/${id}/money/refund`, { amount: '20,00' });
    const refund = await knex()('refunds').where({ order_id: id }).first();
    await agent.get(`/admin/refunds/${refund.id}`);
    await agent.post(`/admin/refunds/${refund.id}/withdrawal`, {});
    expect(await knex()('refunds').where({ id: refund.id }).first()).to.include({ state: 'withdrawn' });
    expect((await agent.get(`/admin/orders/${id}`)).html).to.contain('20,00\u00a0€ stehen auf keinem Gutschein');
    await agent.post(`/admin/refunds/${refund.id}/payment`, { paidOn: '10.02.2026', reference: 'zu spät' });
    expect(await balanceOf(id)).to.equal(2000);
    await expectBooks();
  });

  it('stands in journal, balances, seals and the file for the accountant under the number of its order', async () => {
    const { id, number } = await order();
    await pay(id, 1234);
    const journal = await agent.get(`/admin/accounting/journal?document=${number}&from=01.02.2026&to=28.02.2026`);
    expect(journal.html).to.contain(`/admin/orders/${id}`).and.contain('12,34').and.contain('Bestellung');
    const entry = await knex()('ledger_entries').where({ document_number: number }).first('id');
    expect((await agent.get(`/admin/accounting/journal/${entry.id}`)).html).to.contain(number);
    await sealLedger(database(), 'test', clock.now());
    expect(await balanceOfRole(knex(), 'DEBITOR', '2026-12-31')).to.equal(
      -((await debtorsOn(knex(), '2026-12-31'))['payments'] ?? 0),
    );
    await expectBooks();
  });
});

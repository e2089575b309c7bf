import { expect } from 'chai';
import type { Knex } from 'knex';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { createVisitor, signedIn, type Visitor } from '../../../support/pages.ts';
import { openShop, orderInShop } from '../../../support/shop.ts';

describeOnBothDatabases('orders in the admin', (database) => {
  let server: TestServer;
  let agent: Visitor;
  const today = new Intl.DateTimeFormat('de-DE', { dateStyle: 'medium', timeZone: 'Europe/Berlin' }).format(new Date());

  before(async () => {
    server = await startTestServer({ database: database() });
    await openShop(database());
    agent = await signedIn(server.url);
  });
  after(() => server.close());
  afterEach(async () => {
    expect((await verifyEverything(database().knex, Date.now())).problem).to.equal(null);
  });

  async function order(change: Readonly<Record<string, string>> = {}): Promise<string> {
    await orderInShop(createVisitor(server.url), change);
    const row = await database().knex('orders').orderBy('id', 'desc').first<{ id: number }>('id');
    return String(row.id);
  }

  const vouchersOf = (id: string) =>
    database()
      .knex('order_vouchers as o')
      .join('vouchers as v', 'v.id', 'o.voucher_id')
      .where('o.order_id', id)
      .orderBy('o.position')
      .select('v.*');
  const entriesOf = (id: string): Promise<[string, string, number][]> =>
    legsOf((entries) => entries.join('order_vouchers as o', 'o.voucher_id', 'e.voucher_id').where('o.order_id', id));
  /** What is posted of the order itself: money that is on no voucher. */
  const moneyOf = (id: string): Promise<[string, string, number][]> =>
    legsOf((entries) =>
      entries.join('ledger_subjects as s', 's.id', 'e.chain_id').where({ 's.kind': 'order', 's.subject_id': id }),
    );
  const legsOf = async (
    narrow: (entries: Knex.QueryBuilder) => Knex.QueryBuilder,
  ): Promise<[string, string, number][]> => {
    const rows = (await narrow(database().knex('ledger_entries as e'))
      .orderBy('e.id')
      .select('e.debit_role', 'e.credit_role', 'e.cents')) as {
      debit_role: string;
      credit_role: string;
      cents: number | string;
    }[];
    return rows.map((row: { debit_role: string; credit_role: string; cents: number | string }) => [
      row.debit_role,
      row.credit_role,
      Number(row.cents),
    ]);
  };
  const stateOf = async (id: string): Promise<string> =>
    (await database().knex('orders').where({ id }).first<{ state: string }>('state')).state;
  const settle = (ids: readonly string[]) =>
    agent.post('/admin/orders/settlement', { ids, paidOn: today, method: 'bank_transfer', query: '' });

  it('are paid and done with one click: codes, paid vouchers, ledger, all linked to the order', async () => {
    const id = await order();
    const answer = await settle([id]);
    expect([answer.status, answer.location]).to.deep.equal([303, '/admin/orders']);
    expect((await agent.get('/admin/orders')).html)
      .to.contain('1 Bestellung ist bezahlt und erledigt')
      .and.contain('200,00');
    const vouchers = await vouchersOf(id);
    expect(
      vouchers.map((one: { type: string; balance: number | string }) => [one.type, Number(one.balance)]),
    ).to.deep.equal([
      ['purchase', 10_000],
      ['purchase', 10_000],
    ]);
    expect(await entriesOf(id)).to.deep.equal([
      ['BANK', 'V_KAUF', 10_000],
      ['BANK', 'V_KAUF', 10_000],
    ]);
    expect(await stateOf(id)).to.equal('fulfilled');
    const detail = await agent.get(`/admin/orders/${id}`);
    expect(detail.html).to.contain(vouchers[0].code as string);
  });

  it('are made once, however often and however many at once somebody clicks', async () => {
    const id = await order();
    const second = await signedIn(server.url);
    const post = (who: Visitor) => who.post(`/admin/orders/${id}/settlement`, { paidOn: today, method: 'cash' });
    const answers = await Promise.all([settle([id]), settle([id]), post(agent), post(second), post(second)]);
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 303, 303, 303, 303]);
    expect(await vouchersOf(id)).to.have.lengthOf(2);
    expect(await database().knex('order_payments').where({ order_id: id })).to.have.lengthOf(1);
    expect((await entriesOf(id)).map(([, credit, cents]) => [credit, cents])).to.deep.equal([
      ['V_KAUF', 10_000],
      ['V_KAUF', 10_000],
    ]);
  });

  it('show the progress of a job when they take longer than one waits', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 11; index++) ids.push(await order({ quantity: '1' }));
    const impatient = await startTestServer({ database: { ...database(), patienceMs: 0 } });
    const clicked = await signedIn(impatient.url);
    const { location } = await clicked.post('/admin/orders/settlement', {
      ids,
      paidOn: today,
      method: 'bank_transfer',
      query: '',
    });
    await impatient.close();
    expect(location).to.match(/^\/admin\/jobs\/\d+$/);
    for (let tries = 0; tries < 100; tries++) {
      const row = await database()
        .knex('orders')
        .whereIn('id', ids)
        .where({ state: 'fulfilled' })
        .count<{ n: number }>({ n: '*' })
        .first();
      if (Number(row?.n) === ids.length) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    for (const id of ids) expect([await stateOf(id), (await vouchersOf(id)).length]).to.deep.equal(['fulfilled', 1]);
  }).timeout(30_000);

  it('wait for the rest of an underpayment and keep what is too much on the buyer’s account', async () => {
    const id = await order();
    const pay = (amount: string, paymentKey: string) =>
      agent.post(`/admin/orders/${id}/payments`, {
        amount,
        paidOn: today,
        method: 'bank_transfer',
        reference: '',
        paymentKey,
      });
    await pay('150,00', 'a'.repeat(40));
    expect([await stateOf(id), (await vouchersOf(id)).length]).to.deep.equal(['partly_paid', 0]);
    expect((await agent.get('/admin/orders?state=partly_paid')).html).to.contain('es fehlen 50,00');
    await pay('150,00', 'a'.repeat(40));
    expect(await stateOf(id), 'the same form again').to.equal('partly_paid');
    await pay('55,00', 'b'.repeat(40));
    expect(await stateOf(id)).to.equal('fulfilled');
    expect(await entriesOf(id)).to.deep.equal([
      ['DEBITOR', 'V_KAUF', 10_000],
      ['DEBITOR', 'V_KAUF', 10_000],
    ]);
    expect(await moneyOf(id)).to.deep.equal([
      ['BANK', 'DEBITOR', 15_000],
      ['BANK', 'DEBITOR', 5500],
    ]);
    expect((await agent.get(`/admin/orders/${id}`)).html)
      .to.contain('5,00')
      .and.contain('stehen auf keinem Gutschein');
    await pay('10,00', 'c'.repeat(40));
    expect(await moneyOf(id)).to.deep.include(['BANK', 'DEBITOR', 1000]);
    expect(await vouchersOf(id)).to.have.lengthOf(2);
    expect((await agent.get('/admin/orders?difference=true')).html).to.contain('15,00');
  });

  it('that are cancelled make no voucher, and money for them is shown as a difference', async () => {
    const id = await order();
    await agent.post(`/admin/orders/${id}/cancellation`, {});
    expect(await stateOf(id)).to.equal('cancelled');
    await settle([id]);
    expect([await stateOf(id), (await vouchersOf(id)).length]).to.deep.equal(['cancelled', 0]);
    await agent.post(`/admin/orders/${id}/payments`, {
      amount: '200',
      paidOn: today,
      method: 'bank_transfer',
      reference: 'zu spät',
      paymentKey: 'd'.repeat(40),
    });
    expect(await vouchersOf(id)).to.have.lengthOf(0);
    expect((await agent.get(`/admin/orders/${id}`)).html)
      .to.contain('stehen auf keinem Gutschein')
      .and.contain('200,00');
  });

  it('can be refunded once they are done, and the vouchers end', async () => {
    const id = await order();
    await settle([id]);
    await agent.post(`/admin/orders/${id}/refund`, { reason: 'Widerruf' });
    expect(await stateOf(id)).to.equal('refunded');
    expect((await vouchersOf(id)).map((one: { balance: number | string }) => Number(one.balance))).to.deep.equal([
      0, 0,
    ]);
    expect((await agent.post(`/admin/orders/${id}/refund`, {})).status).to.equal(303);
    expect((await agent.get(`/admin/orders/${id}`)).html).to.contain('geht das mit dieser Bestellung nicht mehr');
  });

  it('tell the buyer of a cancellation only when somebody asks for it', async () => {
    const mailsOf = async (id: string): Promise<number> =>
      (await database().knex('mails').where({ event: 'order_cancelled', entity: 'order', entity_id: id })).length;
    const quiet = await order();
    await agent.post(`/admin/orders/${quiet}/cancellation`, {});
    const told = await order();
    await agent.post(`/admin/orders/${told}/cancellation`, { tellsBuyer: 'true' });
    for (let tries = 0; tries < 100 && (await mailsOf(told)) === 0; tries++)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect([await mailsOf(quiet), await mailsOf(told)]).to.deep.equal([0, 1]);
  });

  it('are found by number, name and state, page by page', async () => {
    const id = await order({ buyerName: 'Xaver Selten' });
    const row = await database().knex('orders').where({ id }).first<{ number: string }>('number');
    expect((await agent.get(`/admin/orders?q=${row.number}`)).html).to.contain('Xaver Selten');
    expect((await agent.get(`/admin/search?q=${row.number.toLowerCase()}`)).location).to.equal(`/admin/orders/${id}`);
    expect((await agent.get('/admin/orders?q=xaver')).html).to.contain(row.number);
    expect((await agent.get('/admin/orders?q=xaver&state=fulfilled')).html).to.contain('Kein Treffer');
  });

  it('refuse a day of payment that is still to come and book nothing', async () => {
    const id = await order();
    const answer = await agent.post(`/admin/orders/${id}/settlement`, { paidOn: '31.12.2999', method: 'cash' });
    expect([answer.status, await stateOf(id)]).to.deep.equal([422, 'ordered']);
  });

  it('are closed to visitors', async () => {
    const visitor = createVisitor(server.url);
    expect((await visitor.get('/admin/orders')).location).to.contain('/login');
  });
});

import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn } from '../../../support/pages.ts';
import { openShop } from '../../../support/shop.ts';

const SECRET = 'the secret of the payment provider in tests';

describeOnBothDatabases('orders and payment events over HTTP', (database) => {
  let server: TestServer;
  let api: ApiClient;

  before(async () => {
    server = await startTestServer({ database: database(), env: { PAYMENT_WEBHOOK_SECRET: SECRET } });
    api = apiClient(server.url);
    await openShop(database());
  });
  after(() => server.close());

  const wanted = { amount: 5000, quantity: 2, buyer: { name: 'Petra Muster', email: 'petra@example.org' } };
  const place = async (): Promise<{ id: string; number: string }> =>
    (await api.post('/orders', wanted)).body as { id: string; number: string };
  const signature = (body: string, at = Math.floor(Date.now() / 1000), secret = SECRET): string =>
    `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;
  const tell = (event: object, header = signature(JSON.stringify(event))) =>
    api.post('/payment-events', event, { authorization: '', headers: { 'reisebon-signature': header } });

  it('place an order once per key and read it again', async () => {
    const first = await api.post('/orders', wanted, { idempotencyKey: 'order-1' });
    const again = await api.post('/orders', wanted, { idempotencyKey: 'order-1' });
    expect([first.status, first.body.total, first.body.state]).to.deep.equal([201, 10_000, 'ordered']);
    expect([again.body.number, again.headers.get('idempotency-replayed')]).to.deep.equal([first.body.number, 'true']);
    expect((await api.get(`/orders/${first.body.id as string}`)).body).to.deep.equal(first.body);
    expect((await api.get('/orders?limit=1')).body.items[0].number).to.equal(first.body.number);
    expect((await api.post('/orders', { ...wanted, brand: 'gibtsnicht' })).body.code).to.equal('unknown_reference');
    expect((await api.post('/orders', { ...wanted, delivery: 'recipient' })).body.code).to.equal('rule_broken');
  });

  it('make the vouchers with the payment that completes the price', async () => {
    const { id } = await place();
    expect((await api.post(`/orders/${id}/payments`, { amount: 4000, method: 'online' })).body).to.include({
      state: 'partly_paid',
      missing: 6000,
    });
    expect((await api.post(`/orders/${id}/payments`, { amount: 6000, method: 'online' })).body).to.include({
      state: 'fulfilled',
      missing: 0,
      excess: 0,
    });
    expect((await api.get(`/orders/${id}`)).body.vouchers).to.have.lengthOf(2);
  });

  it('set an order paid by a signed event, once however often it is told', async () => {
    const { id, number } = await place();
    const event = { id: 'pay-1', order: number, amount: 10_000, currency: 'EUR', reference: 'PSP 4711' };
    const answers = await Promise.all([tell(event), tell(event), tell(event)]);
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200]);
    expect(answers.filter(({ body }) => body.repeated === false)).to.have.lengthOf(1);
    expect((await tell(event)).body).to.include({ state: 'fulfilled', repeated: true });
    const otherwise = await tell({ ...event, amount: event.amount - 1 });
    expect([otherwise.status, otherwise.body.errors[0].code]).to.deep.equal([409, 'told_otherwise']);
    const entries = await database()
      .knex('ledger_entries as e')
      .join('order_vouchers as o', 'o.voucher_id', 'e.voucher_id')
      .where('o.order_id', id)
      .select('debit_role', 'credit_role');
    expect(
      entries.map((row: { debit_role: string; credit_role: string }) => `${row.debit_role} an ${row.credit_role}`),
    ).to.deep.equal(['TRANSIT an V_KAUF', 'TRANSIT an V_KAUF']);
  });

  it('refuse what is not signed, signed by another, changed on the way, or old', async () => {
    const { number } = await place();
    const event = { id: 'pay-2', order: number, amount: 10_000, currency: 'EUR' };
    const body = JSON.stringify(event);
    const now = Math.floor(Date.now() / 1000);
    for (const header of [
      '',
      'v1=abc',
      signature(body, now, 'another secret that is long enough'),
      signature(body, now - 301),
      signature(body, now + 301),
      signature(`${body} `),
      `t=${now},v1=${'0'.repeat(64)}`,
    ]) {
      const answer = await tell(event, header);
      expect([answer.status, answer.body.code], header).to.deep.equal([401, 'unauthenticated']);
    }
    expect((await tell({ ...event, amount: 1 }, signature(body))).status).to.equal(401);
    expect(await database().knex('order_payments').where('source_key', 'webhook:pay-2')).to.deep.equal([]);
    const rotating = `${signature(body, now, 'the secret of yesterday, still in use')},v1=${signature(body, now).split('v1=')[1] ?? ''}`;
    expect((await tell(event, rotating)).status).to.equal(200);
  });

  it('refuse an order nobody knows, another currency and an id that belongs to another order', async () => {
    const { number } = await place();
    expect((await tell({ id: 'pay-3', order: 'B-1999-000001', amount: 1, currency: 'EUR' })).status).to.equal(404);
    expect((await tell({ id: 'pay-4', order: number, amount: 1, currency: 'CHF' })).status).to.equal(422);
    expect(
      (await tell({ id: 'pay-5', order: number, amount: 1, currency: 'EUR', paidOn: '2999-01-01' })).status,
    ).to.equal(422);
    expect((await tell({ id: 'pay-6', order: number, amount: 1, currency: 'EUR' })).status).to.equal(200);
    const other = await place();
    expect((await tell({ id: 'pay-6', order: other.number, amount: 1, currency: 'EUR' })).status).to.equal(409);
  });

  describe('about money that was taken back', () => {
    const stateOf = async (id: string) => {
      const rows: { is_deactivated: number; balance: number | string }[] = await database()
        .knex('vouchers as v')
        .join('order_vouchers as o', 'o.voucher_id', 'v.id')
        .where('o.order_id', id)
        .orderBy('o.position')
        .select('v.is_deactivated', 'v.balance');
      return rows.map((row) => [Boolean(row.is_deactivated), Number(row.balance)]);
    };
    const pay = (id: string, order: string) => tell({ id, order, amount: 10_000, currency: 'EUR' });

    it('lock the vouchers once, however often and however parallel it is told, and leave the ledger alone', async () => {
      const { id, number } = await place();
      await pay('cb-pay-1', number);
      const event = { type: 'chargeback', id: 'cb-1', order: number, amount: 4000, currency: 'EUR', reference: 'CB 1' };
      const answers = await Promise.all([tell(event), tell(event), tell(event)]);
      expect(answers.map(({ status, body }) => [status, body.disputed])).to.deep.equal([
        [200, 4000],
        [200, 4000],
        [200, 4000],
      ]);
      expect(answers.filter(({ body }) => body.repeated === false)).to.have.lengthOf(1);
      expect(await stateOf(id)).to.deep.equal([
        [true, 5000],
        [true, 5000],
      ]);
      expect(await database().knex('order_chargebacks').where('order_id', id)).to.have.lengthOf(1);
      const entries = await database()
        .knex('ledger_entries as e')
        .join('order_vouchers as o', 'o.voucher_id', 'e.voucher_id')
        .where('o.order_id', id);
      expect(entries).to.have.lengthOf(2);
      expect((await pay('cb-pay-1', number)).body).to.include({ repeated: true, disputed: 4000 });
    });

    it('lock the vouchers of an order that is paid only afterwards', async () => {
      const { id, number } = await place();
      expect(
        (await tell({ type: 'refund', id: 'cb-2', order: number, amount: 10_000, currency: 'EUR' })).body,
      ).to.include({ state: 'ordered', disputed: 10_000 });
      expect((await pay('cb-pay-2', number)).body).to.include({ state: 'fulfilled', disputed: 10_000 });
      expect(await stateOf(id)).to.deep.equal([
        [true, 5000],
        [true, 5000],
      ]);
    });

    it('lock nothing where the dispute was won before it was told, and open again what a dispute had locked', async () => {
      const { id, number } = await place();
      await pay('cb-pay-3', number);
      const won = { type: 'chargeback_won', id: 'cb-3', order: number, amount: 10_000, currency: 'EUR' };
      expect((await tell(won)).body.disputed).to.equal(0);
      expect((await tell({ ...won, type: 'chargeback' })).body).to.include({ repeated: false, disputed: 0 });
      expect(await stateOf(id)).to.deep.equal([
        [false, 5000],
        [false, 5000],
      ]);
      expect((await tell({ ...won, type: 'chargeback', id: 'cb-4', amount: 1 })).body.disputed).to.equal(1);
      expect(await stateOf(id)).to.deep.equal([
        [true, 5000],
        [true, 5000],
      ]);
      expect((await tell({ ...won, id: 'cb-5', amount: 1 })).body.disputed).to.equal(0);
      expect(await stateOf(id)).to.deep.equal([
        [false, 5000],
        [false, 5000],
      ]);
    });

    it('show the amount on the order, and go back the way they came when a person ends them', async () => {
      const agent = await signedIn(server.url);
      const { id, number } = await place();
      await tell({
        type: 'chargeback',
        id: 'cb-9',
        order: number,
        amount: 10_000,
        currency: 'EUR',
        reference: 'Fall 9',
      });
      expect((await agent.get(`/admin/orders/${id}`)).html).to.contain('Noch gibt es keine Gutscheine');
      await pay('cb-pay-9', number);
      const { html } = await agent.get(`/admin/orders/${id}`);
      expect(html)
        .to.match(/100,00\s€ zurückgeholt/)
        .and.to.contain('Fall 9')
        .and.to.contain('Rückbelastung gemeldet');
      await agent.post(`/admin/orders/${id}/refund`, { reason: 'Rückbelastung' });
      expect((await agent.get(`/admin/orders/${id}`)).html).to.contain('Die Bestellung ist beendet');
      const entries = await database()
        .knex('ledger_entries as e')
        .join('order_vouchers as o', 'o.voucher_id', 'e.voucher_id')
        .where('o.order_id', id)
        .orderBy('e.id')
        .select('event', 'debit_role', 'credit_role', 'cents');
      const legs = entries.map(
        (row: { event: string; debit_role: string; credit_role: string; cents: number | string }) =>
          `${row.event} ${row.debit_role} an ${row.credit_role} ${String(row.cents)}`,
      );
      expect(legs.slice(2)).to.deep.equal(['chargeback V_KAUF an DEBITOR 5000', 'chargeback V_KAUF an DEBITOR 5000']);
      expect((await verifyEverything(database().knex, Date.now())).problem).to.equal(null);
    });

    it('ask nobody to pay again what the provider took already', async () => {
      const agent = await signedIn(server.url);
      const { id, number } = await place();
      await api.post(`/orders/${id}/payments`, { amount: 10_000, method: 'bank_transfer' });
      await tell({ type: 'chargeback', id: 'cb-10', order: number, amount: 7000, currency: 'EUR' });
      const [first] = await database()
        .knex('order_vouchers')
        .where('order_id', id)
        .orderBy('position')
        .select<{ voucher_id: number | string }[]>('voucher_id');
      const alone = await api.post(`/vouchers/${String(first?.voucher_id)}/cancel`, {
        refund: true,
        reason: 'Rückbelastung',
      });
      expect([alone.status, alone.body.errors[0].code]).to.deep.equal([422, 'money_taken_back']);
      expect(alone.body.errors[0].message).to.contain(number);
      await agent.post(`/admin/orders/${id}/refund`, { reason: 'Rückbelastung' });
      const refunds = await database()
        .knex('ledger_entries as e')
        .join('order_vouchers as o', 'o.voucher_id', 'e.voucher_id')
        .where('o.order_id', id)
        .whereIn('e.event', ['refund', 'chargeback'])
        .orderBy('e.id')
        .select('event', 'credit_role', 'cents');
      expect(
        refunds.map((row: { event: string; credit_role: string; cents: number | string }) => [
          row.event,
          row.credit_role,
          Number(row.cents),
        ]),
      ).to.deep.equal([
        ['chargeback', 'DEBITOR', 5000],
        ['chargeback', 'DEBITOR', 2000],
        ['refund', 'DEBITOR', 3000],
      ]);
      const tasks = await database()
        .knex('refunds')
        .where('order_id', id)
        .select<{ cents: number | string; way: string; state: string }[]>('cents', 'way', 'state');
      expect(tasks.map((row) => [Number(row.cents), row.way, row.state])).to.deep.equal([[3000, 'transfer', 'open']]);
      expect((await verifyEverything(database().knex, Date.now())).problem).to.equal(null);
    });

    it('refuse an event of another order, another currency and an unknown type', async () => {
      const [first, second] = [await place(), await place()];
      const event = { type: 'chargeback', id: 'cb-6', order: first.number, amount: 1, currency: 'EUR' };
      expect((await tell(event)).status).to.equal(200);
      expect((await tell({ ...event, order: second.number })).status).to.equal(409);
      expect((await tell({ ...event, id: 'cb-7', currency: 'CHF' })).status).to.equal(422);
      expect((await tell({ ...event, id: 'cb-8', type: 'stolen' })).status).to.equal(400);
    });
  });

  it('know no events where nobody has a secret', async () => {
    const closed = await startTestServer({ database: database() });
    try {
      const body = { id: 'x', order: 'B-1', amount: 1, currency: 'EUR' };
      expect(
        (
          await apiClient(closed.url).post('/payment-events', body, {
            headers: { 'reisebon-signature': signature(JSON.stringify(body)) },
          })
        ).status,
      ).to.equal(404);
    } finally {
      await closed.close();
    }
  });
});

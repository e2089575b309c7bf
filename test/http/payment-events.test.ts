import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { apiClient, type ApiClient } from '../support/api-client.ts';
import { describeOnBothDatabases } from '../support/databases.ts';
import { startTestServer, type TestServer } from '../support/http.ts';
import { openShop } from '../support/shop.ts';

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
  const place = async (): Promise<{ id: string; number: string }> => (await api.post('/orders', wanted)).body as { id: string; number: string };
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
    expect((await api.post(`/orders/${id}/payments`, { amount: 4000, method: 'online' })).body).to.include({ state: 'partly_paid', missing: 6000 });
    expect((await api.post(`/orders/${id}/payments`, { amount: 6000, method: 'online' })).body).to.include({ state: 'fulfilled', missing: 0, excess: 0 });
    expect((await api.get(`/orders/${id}`)).body.vouchers).to.have.lengthOf(2);
  });

  it('set an order paid by a signed event, once however often it is told', async () => {
    const { id, number } = await place();
    const event = { id: 'pay-1', order: number, amount: 10_000, currency: 'EUR', reference: 'PSP 4711' };
    const answers = await Promise.all([tell(event), tell(event), tell(event)]);
    expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 200]);
    expect(answers.filter(({ body }) => body.repeated === false)).to.have.lengthOf(1);
    expect((await tell(event)).body).to.include({ state: 'fulfilled', repeated: true });
    const entries = await database().knex('ledger_entries as e').join('order_vouchers as o', 'o.voucher_id', 'e.voucher_id').where('o.order_id', id).select('debit_role', 'credit_role');
    expect(entries.map((row: { debit_role: string; credit_role: string }) => `${row.debit_role} an ${row.credit_role}`)).to.deep.equal(['TRANSIT an V_KAUF', 'TRANSIT an V_KAUF']);
  });

  it('refuse what is not signed, signed by another, changed on the way, or old', async () => {
    const { number } = await place();
    const event = { id: 'pay-2', order: number, amount: 10_000, currency: 'EUR' };
    const body = JSON.stringify(event);
    const now = Math.floor(Date.now() / 1000);
    for (const header of ['', 'v1=abc', signature(body, now, 'another secret that is long enough'), signature(body, now - 301), signature(body, now + 301), signature(`${body} `), `t=${now},v1=${'0'.repeat(64)}`]) {
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
    expect((await tell({ id: 'pay-5', order: number, amount: 1, currency: 'EUR', paidOn: '2999-01-01' })).status).to.equal(422);
    expect((await tell({ id: 'pay-6', order: number, amount: 1, currency: 'EUR' })).status).to.equal(200);
    const other = await place();
    expect((await tell({ id: 'pay-6', order: other.number, amount: 1, currency: 'EUR' })).status).to.equal(409);
  });

  it('know no events where nobody has a secret', async () => {
    const closed = await startTestServer({ database: database() });
    try {
      const body = { id: 'x', order: 'B-1', amount: 1, currency: 'EUR' };
      expect((await apiClient(closed.url).post('/payment-events', body, { headers: { 'reisebon-signature': signature(JSON.stringify(body)) } })).status).to.equal(404);
    } finally {
      await closed.close();
    }
  });
});

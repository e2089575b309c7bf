import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { WEBHOOK_SECRET } from '../../../support/every-event.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';
import { openShop } from '../../../support/shop.ts';
import { balanceOfRole, debtorsOn } from '../../accounting/reports/debtor-books.ts';

/** What happened to an order, told by the events alone. */
interface Told {
  readonly id: string;
  readonly number: string;
  state: 'open' | 'fulfilled' | 'cancelled' | 'refunded';
  paid: number;
  /** What is on its voucher. */
  value: number;
  /** Money of the buyer on no voucher; below 0: what the buyer owes. */
  item: number;
  charged: number;
  /** Of what was charged back, value that was ended for it. */
  ended: number;
}

const PRICE = 5000;
const step = fc.record({
  do: fc.constantFrom(
    'order',
    'pay',
    'pay',
    'pay',
    'cancel',
    'refund_money',
    'refund',
    'settle',
    'move',
    'charge',
    'win',
  ),
  which: fc.nat(20),
  cents: fc.integer({ min: 1, max: 7000 }),
  method: fc.constantFrom('bank_transfer' as const, 'cash' as const, 'online' as const),
});

describeOnBothDatabases('the books of orders', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let agent: Visitor;
  let keys = 0;
  const books = { BANK: 0, CASH_OFFICE: 0, TRANSIT: 0 };
  const orders: Told[] = [];
  /** What is decided and not paid, by the id of the refund. */
  const refunds = new Map<string, { readonly cents: number; readonly order: Told; readonly isMoney: boolean }>();
  const today = new Date().toISOString().slice(0, 10);
  const typedToday = today.split('-').toReversed().join('.');

  before(async () => {
    await openShop(database());
    server = await startTestServer({ database: database(), env: { PAYMENT_WEBHOOK_SECRET: WEBHOOK_SECRET } });
    api = apiClient(server.url);
    agent = await signedIn(server.url);
  });
  after(() => server.close());

  const tell = async (order: Told, type: string, amount: number): Promise<void> => {
    const event = { type, id: `event-${++keys}`, order: order.number, amount, currency: 'EUR' };
    const at = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', WEBHOOK_SECRET)
      .update(`${at}.${JSON.stringify(event)}`)
      .digest('hex');
    const headers = { 'reisebon-signature': `t=${at},v1=${signature}` };
    expect((await api.post('/payment-events', event, { authorization: '', headers })).status).to.equal(200);
  };
  const post = async (path: string, body: Record<string, string>): Promise<void> => {
    await agent.get('/admin/refunds');
    expect((await agent.post(path, body)).status).to.equal(303);
  };
  /** The refunds that came about since the last look. */
  const noteRefunds = async (order: Told, isMoney: boolean): Promise<void> => {
    for (const row of await database().knex('refunds').where({ order_id: order.id }).select())
      if (!refunds.has(String(row.id)) && row.state === 'open')
        refunds.set(String(row.id), { cents: Number(row.cents), order, isMoney });
  };
  const refunding = (order: Told): number =>
    [...refunds.values()].filter((one) => one.order === order && one.isMoney).reduce((sum, one) => sum + one.cents, 0);
  const freeOf = (order: Told): number => (order.state === 'open' ? 0 : Math.max(0, order.item - refunding(order)));
  const receive = (order: Told, cents: number): void => {
    order.paid += cents;
    order.item += cents;
    if (order.state !== 'open' || order.paid < PRICE) return;
    order.state = 'fulfilled';
    order.value = PRICE;
    order.item -= PRICE;
  };

  async function play(one: { do: string; which: number; cents: number; method: 'bank_transfer' | 'cash' | 'online' }) {
    const order = orders[one.which % Math.max(1, orders.length)];
    if (one.do === 'order' || order === undefined) {
      const buyer = { name: 'Petra Muster', email: 'petra@example.org' };
      const { id, number } = (await api.post('/orders', { amount: PRICE, quantity: 1, buyer })).body as Told;
      orders.push({ id, number, state: 'open', paid: 0, value: 0, item: 0, charged: 0, ended: 0 });
      return;
    }
    switch (one.do) {
      case 'pay':
        await api.post(`/orders/${order.id}/payments`, { amount: one.cents, method: one.method });
        books[{ bank_transfer: 'BANK', cash: 'CASH_OFFICE', online: 'TRANSIT' }[one.method] as keyof typeof books] +=
          one.cents;
        receive(order, one.cents);
        break;
      case 'cancel':
        if (order.state !== 'open') break;
        await post(`/admin/orders/${order.id}/cancellation`, {});
        order.state = 'cancelled';
        break;
      case 'refund_money': {
        const free = freeOf(order);
        if (free === 0) break;
        const amount = (free / 100).toFixed(2).replace('.', ',');
        await post(`/admin/orders/${order.id}/money/refund`, { amount });
        await noteRefunds(order, true);
        break;
      }
      case 'refund': {
        if (order.state !== 'fulfilled') break;
        await post(`/admin/orders/${order.id}/refund`, { reason: 'Widerruf' });
        const covered = Math.min(order.value, Math.max(0, order.charged - order.ended));
        order.ended += covered;
        order.item += covered;
        order.value = 0;
        order.state = 'refunded';
        await noteRefunds(order, false);
        break;
      }
      case 'settle': {
        const [id, refund] = [...refunds][one.which % Math.max(1, refunds.size)] ?? [];
        if (id === undefined || refund === undefined) break;
        const target = { way: 'transfer', payee: 'Petra', iban: 'DE02120300000000202051', providerReference: '' };
        await post(`/admin/refunds/${id}/target`, target);
        await post(`/admin/refunds/${id}/payment`, { paidOn: typedToday, reference: 'SEPA' });
        books.BANK -= refund.cents;
        if (refund.isMoney) refund.order.item -= refund.cents;
        refunds.delete(id);
        break;
      }
      case 'move': {
        const target = orders.find((other) => other !== order && other.state === 'open');
        const free = freeOf(order);
        if (target === undefined || free === 0) break;
        await post(`/admin/orders/${order.id}/money/move`, { targetNumber: target.number, formKey: `move-${++keys}` });
        const cents = Math.min(free, PRICE - target.paid);
        order.item -= cents;
        receive(target, cents);
        break;
      }
      case 'charge':
        await tell(order, 'chargeback', one.cents);
        books.TRANSIT -= one.cents;
        order.item -= one.cents;
        order.charged += one.cents;
        break;
      case 'win': {
        const cents = Math.min(order.charged, one.cents);
        if (cents === 0) break;
        await tell(order, 'chargeback_won', cents);
        books.TRANSIT += cents;
        order.item += cents;
        order.charged -= cents;
        const back = Math.max(0, order.ended - order.charged);
        order.ended -= back;
        order.value += back;
        order.item -= back;
        if (back > 0 && order.state === 'refunded') order.state = 'fulfilled';
        break;
      }
    }
  }

  async function expectBooks(): Promise<void> {
    const { knex } = database();
    const sum = (figures: readonly number[]): number => figures.reduce((total, one) => total + one, 0);
    for (const [role, cents] of Object.entries(books))
      expect(await balanceOfRole(knex, role, today), role).to.equal(cents);
    expect(await balanceOfRole(knex, 'V_KAUF', today), 'V_KAUF').to.equal(0 - sum(orders.map(({ value }) => value)));
    expect(await balanceOfRole(knex, 'TRANSFER', today), 'TRANSFER').to.equal(0);
    const owed = [...refunds.values()].filter(({ isMoney }) => !isMoney).map(({ cents }) => cents);
    const items = orders.map(({ item }) => item);
    expect(await balanceOfRole(knex, 'DEBITOR', today), 'DEBITOR').to.equal(0 - sum(items) - sum(owed));
    const waiting = orders.map((order) => order.item - refunding(order));
    const expected = {
      payments: sum(waiting.filter((cents) => cents > 0)),
      refunds: sum([...refunds.values()].map(({ cents }) => cents)),
      claims: -sum(waiting.filter((cents) => cents < 0)),
    };
    expect(await debtorsOn(knex, today)).to.deep.equal(
      Object.fromEntries(Object.entries(expected).filter(([, cents]) => cents !== 0)),
    );
    expect((await verifyEverything(knex, Date.now())).problem).to.equal(null);
  }

  it('are what a model of the events alone says, whatever happens to orders', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 30 }), async (steps) => {
        for (const one of steps) await play(one);
        await expectBooks();
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });
});

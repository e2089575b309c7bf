import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { verifyBooks } from '../../src/features/accounting/proof/verify-service.ts';
import { apiClient, type ApiAnswer, type ApiClient } from '../support/api-client.ts';
import { describeOn, describeOnBothDatabases, type TestDatabase } from '../support/databases.ts';
import { startServerProcess } from '../support/server-process.ts';

const SECRET = 'the secret of the payment provider in tests';
const QUANTITY = 2;

describeOnBothDatabases('a process killed amid orders that are being paid', (database) => {
  it('loses no payment and makes no voucher twice when every event is told again', async function () {
    this.timeout(180_000);
    const environment = { DATABASE_URL: database().url, PAYMENT_WEBHOOK_SECRET: SECRET };
    let server = await startServerProcess(environment);
    let api = apiClient(server.url);
    const numbers = await placeOrders(api, 40);
    let answered = 0;
    const before = await Promise.all(
      numbers.map(async (number) => {
        const answer = await tell(api, number).catch(() => null);
        if (answer?.status === 200 && ++answered === 8) void server.kill('SIGKILL');
        return answer;
      }),
    );
    await server.kill('SIGKILL');
    expect(
      before.filter((answer) => answer === null),
      'events that the kill left without an answer',
    ).not.to.have.lengthOf(0);

    server = await startServerProcess(environment);
    api = apiClient(server.url);
    for (const number of numbers)
      expect((await tell(api, number)).body).to.include({ state: 'fulfilled', missing: 0, excess: 0 });
    await everyMail(database(), numbers.length);
    await server.kill();
    await expectEachOnce(database(), numbers);
  });
});

describeOn('MariaDB', 'two processes that are told of the same payments', (database) => {
  it('make every voucher once', async function () {
    this.timeout(120_000);
    const environment = { DATABASE_URL: database().url, PAYMENT_WEBHOOK_SECRET: SECRET };
    const servers = await Promise.all([1, 2].map(() => startServerProcess(environment)));
    const clients = servers.map(({ url }) => apiClient(url));
    const numbers = await placeOrders(clients[0] as ApiClient, 25);
    const answers = await Promise.all(
      numbers.flatMap((number) => clients.flatMap((client) => [tell(client, number), tell(client, number)])),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal(answers.map(() => 200));
    expect(answers.filter(({ body }) => body.repeated === false)).to.have.lengthOf(numbers.length);
    await everyMail(database(), numbers.length);
    await Promise.all(servers.map((server) => server.kill()));
    await expectEachOnce(database(), numbers);
  });
});

async function placeOrders(api: ApiClient, count: number): Promise<string[]> {
  const numbers: string[] = [];
  for (let index = 0; index < count; index++) {
    const { body } = await api.post('/orders', {
      amount: 5000,
      quantity: QUANTITY,
      buyer: { name: 'Petra Muster', email: `petra-${index}@example.org` },
    });
    numbers.push(body.number as string);
  }
  return numbers;
}

function tell(api: ApiClient, number: string): Promise<ApiAnswer> {
  const event = { id: `pay-${number}`, order: number, amount: 5000 * QUANTITY, currency: 'EUR' };
  const at = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', SECRET)
    .update(`${at}.${JSON.stringify(event)}`)
    .digest('hex');
  return api.post('/payment-events', event, {
    authorization: '',
    headers: { 'reisebon-signature': `t=${at},v1=${signature}` },
  });
}

/** Until every request of a mail has become one. */
async function everyMail(database: TestDatabase, count: number): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
    const mails = await database.knex('mails').where({ event: 'order_fulfilled' }).select('id');
    if (mails.length >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function expectEachOnce(database: TestDatabase, numbers: readonly string[]): Promise<void> {
  const { knex } = database;
  expect(await knex('orders').whereNot({ state: 'fulfilled' })).to.deep.equal([]);
  expect(await knex('order_payments')).to.have.lengthOf(numbers.length);
  expect(await knex('order_vouchers')).to.have.lengthOf(numbers.length * QUANTITY);
  expect(await knex('vouchers')).to.have.lengthOf(numbers.length * QUANTITY);
  expect(await knex('ledger_entries').where({ credit_role: 'V_KAUF' })).to.have.lengthOf(numbers.length * QUANTITY);
  expect(await knex('mails').where({ event: 'order_fulfilled' })).to.have.lengthOf(numbers.length);
  expect((await verifyBooks(knex, Date.now())).problem).to.equal(null);
}

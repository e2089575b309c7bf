import { expect } from 'chai';
import { verifyBooks } from '../../src/features/accounting/proof/verify-service.ts';
import { apiClient, bookingOf, type ApiAnswer, type ApiClient } from '../support/api-client.ts';
import { describeOn, describeOnBothDatabases, type TestDatabase } from '../support/databases.ts';
import { startTestServer, type TestServer } from '../support/http.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';

const REQUESTS = 200;

interface Redeemed {
  readonly number: number;
  readonly status: number;
}

/** 200 bookings at once, each redeeming the same code for its own price, spread over the servers. */
async function redeemAtOnce(
  clients: readonly ApiClient[],
  code: string,
  tripPrice: number,
  name: string,
): Promise<Redeemed[]> {
  const requests = Array.from({ length: REQUESTS }, async (_unused, number): Promise<Redeemed> => {
    const client = clients[number % clients.length];
    const body = {
      booking: bookingOf(tripPrice),
      codes: [{ code, atMost: tripPrice }],
      bookingNumber: `${name}-${number}`,
      expectedPayable: 0,
    };
    const answer = await (client as ApiClient).post('/redemptions', body, { idempotencyKey: `${name}-${number}` });
    return { number, status: answer.status };
  });
  return Promise.all(requests);
}

function counted(answers: readonly { readonly status: number }[]): {
  readonly redeemed: number;
  readonly refused: number;
  readonly other: number;
} {
  const redeemed = answers.filter(({ status }) => status === 201).length;
  const refused = answers.filter(({ status }) => status === 409 || status === 422).length;
  return { redeemed, refused, other: answers.length - redeemed - refused };
}

async function expectBooks(database: TestDatabase): Promise<void> {
  expect((await verifyBooks(database.knex, Date.now())).problem).to.equal(null);
}

describeOnBothDatabases('200 redemptions at once', (database) => {
  let server: TestServer;
  let api: ApiClient;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
  });
  after(() => server.close());

  it('let a single-use code be used exactly once', async () => {
    const { body } = await api.post('/vouchers', {
      type: 'discount',
      title: 'Einmal',
      code: 'EINMAL',
      value: { tiers: [{ minTripPrice: 0, percent: 100 }] },
    });
    const answers = await redeemAtOnce([api], 'EINMAL', 1000, 'single');
    expect(counted(answers)).to.deep.equal({ redeemed: 1, refused: REQUESTS - 1, other: 0 });
    expect((await api.get(`/vouchers/${body.id as string}`)).body.uses).to.equal(1);
    await expectBooks(database());
  });

  it('take 7,00 from a voucher of 100,00 exactly 14 times and leave 2,00', async () => {
    const { body } = await api.post('/vouchers', {
      type: 'purchase',
      title: 'Hundert',
      code: 'HUNDERT',
      paidAt: '2026-01-02',
      value: { originalValue: 10_000 },
    });
    const answers = await redeemAtOnce([api], 'HUNDERT', 700, 'hundred');
    expect(counted(answers)).to.deep.equal({ redeemed: 14, refused: REQUESTS - 14, other: 0 });
    expect((await api.get(`/vouchers/${body.id as string}`)).body).to.include({ balance: 200, uses: 14 });
    const { items } = (await api.get(`/vouchers/${body.id as string}/entries`)).body;
    const booked = (items as { event: string; bookingNumber: string | null }[])
      .filter((one) => one.event === 'redemption')
      .map((one) => one.bookingNumber);
    expect(booked.sort()).to.deep.equal(
      answers
        .filter(({ status }) => status === 201)
        .map(({ number }) => `hundred-${number}`)
        .sort(),
    );
    await expectBooks(database());
  });

  it('keep a campaign within its budget, whichever codes are used', async () => {
    const { body: campaign } = await api.post('/campaigns', {
      type: 'discount',
      title: 'Knapp',
      budget: 5000,
      value: { tiers: [{ minTripPrice: 0, amount: 700 }] },
    });
    const codes = Array.from({ length: 60 }, (_unused, index) => `KNAPP-${index}`);
    const job = await api.post(`/campaigns/${campaign.id as string}/codes`, { codes });
    await api.jobEnd(job.body.id as string);
    const answers = await Promise.all(
      codes.map((code, index) =>
        api.post('/redemptions', {
          booking: bookingOf(700),
          codes: [code],
          bookingNumber: `knapp-${index}`,
          expectedPayable: 0,
        }),
      ),
    );
    expect(counted(answers).redeemed).to.equal(7);
    expect((await api.get(`/campaigns/${campaign.id as string}`)).body.budgetUsed).to.equal(4900);
    await expectBooks(database());
  });
});

describeOn('MariaDB', 'two processes on one database', (database) => {
  let servers: ServerProcess[];
  let clients: ApiClient[];

  before(async function () {
    this.timeout(60_000);
    servers = await Promise.all([1, 2].map(() => startServerProcess({ DATABASE_URL: database().url })));
    clients = servers.map(({ url }) => apiClient(url));
  });
  after(() => Promise.all(servers.map((server) => server.kill())));

  it('use a single-use code once and a voucher of 100,00 for 14 times 7,00', async () => {
    const [api] = clients as [ApiClient];
    await api.post('/vouchers', {
      type: 'discount',
      title: 'Einmal',
      code: 'ZWEI-EINMAL',
      value: { tiers: [{ minTripPrice: 0, percent: 100 }] },
    });
    await api.post('/vouchers', {
      type: 'purchase',
      title: 'Hundert',
      code: 'ZWEI-HUNDERT',
      paidAt: '2026-01-02',
      value: { originalValue: 10_000 },
    });
    expect(counted(await redeemAtOnce(clients, 'ZWEI-EINMAL', 1000, 'two-single'))).to.deep.equal({
      redeemed: 1,
      refused: REQUESTS - 1,
      other: 0,
    });
    expect(counted(await redeemAtOnce(clients, 'ZWEI-HUNDERT', 700, 'two-hundred'))).to.deep.equal({
      redeemed: 14,
      refused: REQUESTS - 14,
      other: 0,
    });
    await expectBooks(database());
  });
});

describeOnBothDatabases('a process killed amid 500 redemptions', (database) => {
  it('loses nothing and doubles nothing when every request is sent again', async function () {
    this.timeout(120_000);
    const environment = { DATABASE_URL: database().url };
    let server = await startServerProcess(environment);
    let api = apiClient(server.url);
    const { body: voucher } = await api.post('/vouchers', {
      type: 'purchase',
      title: 'Viel',
      code: 'VIEL',
      paidAt: '2026-01-02',
      value: { originalValue: 500_000 },
    });
    const send = (number: number): Promise<ApiAnswer> =>
      api.post(
        '/redemptions',
        { booking: bookingOf(700), codes: ['VIEL'], bookingNumber: `kill-${number}` },
        { idempotencyKey: `kill-${number}` },
      );
    const numbers = Array.from({ length: 500 }, (_unused, number) => number);
    let answered = 0;
    const firstRound = numbers.map(async (number) => {
      const answer = await send(number).catch(() => null);
      if (answer?.status === 201 && ++answered === 60) void server.kill('SIGKILL');
      return answer;
    });
    const before = await Promise.all(firstRound);
    await server.kill('SIGKILL');
    expect(
      before.filter((answer) => answer === null),
      'requests that the kill left without an answer',
    ).not.to.have.lengthOf(0);

    server = await startServerProcess(environment);
    api = apiClient(server.url);
    const after = await inBatches(numbers, 50, send);
    expect(after.every(({ status }) => status === 201)).to.equal(true);
    before.forEach((answer, number) => {
      if (answer !== null) expect(after[number]?.body).to.deep.equal(answer.body);
    });
    expect((await api.get(`/vouchers/${voucher.id as string}`)).body).to.include({
      balance: 500_000 - 500 * 700,
      uses: 500,
    });
    await server.kill();
    await expectBooks(database());
  });
});

async function inBatches<T, R>(items: readonly T[], size: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += size)
    results.push(...(await Promise.all(items.slice(from, from + size).map(work))));
  return results;
}

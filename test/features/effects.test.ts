import { expect } from 'chai';
import { EFFECTS, type Effect } from '../../src/platform/http/api/api-route.ts';
import { apiClient, bookingOf, type ApiClient } from '../support/api-client.ts';
import { describeOn } from '../support/databases.ts';
import { startTestServer, TEST_API_KEY, type TestServer } from '../support/http.ts';

/** Where value is: what a call without a key must leave alone. */
const MONEY = [
  'ledger_entries',
  'redemption_lines',
  'reversals',
  'orders',
  'order_payments',
  'campaigns',
  'vouchers',
  'voucher_rules',
  'jobs',
];

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly effect: Effect;
  readonly key: 'required' | 'optional' | 'none';
}

interface Made {
  readonly id: string;
  readonly code: string;
}

/** A body that does what the operation is for; the path's ids are filled from what was made. */
type Example = (made: { readonly voucher: Made; readonly other: Made }) => object;

const MOVING: Readonly<Record<string, Example>> = {
  'post /redemptions': ({ voucher }) => ({
    booking: bookingOf(5000),
    codes: [voucher.code],
    bookingNumber: 'EFFECT-1',
  }),
  'post /redemptions/{id}/reversals': () => ({ reason: 'Storno' }),
  'post /vouchers/{id}/pay': () => ({ paidAt: '2026-01-02', method: 'cash' }),
  'post /vouchers/{id}/cancel': () => ({ refund: true, reason: 'zurück' }),
  'post /vouchers/{id}/reissue': () => ({ reason: 'verloren' }),
  'post /vouchers/{id}/topups': () => ({ amount: 1000, method: 'cash' }),
  'post /vouchers/{id}/splits': () => ({ parts: [4000, 6000], reason: 'Enkel' }),
  'post /vouchers/{id}/extend': () => ({ bookUntil: '2099-12-31', reason: 'Krankheit' }),
  'post /vouchers/merges': ({ voucher, other }) => ({ vouchers: [voucher.id, other.id], reason: 'Ordnung' }),
  'post /vouchers': () => ({ type: 'purchase', title: 'Bezahlt', value: { originalValue: 100 }, paidAt: '2026-01-02' }),
  'patch /vouchers/{id}': () => ({ paidAt: '2026-01-02' }),
  'post /campaigns': () => ({
    type: 'purchase',
    title: 'Bezahlt',
    value: { originalValue: 100 },
    paidAt: '2026-01-02',
  }),
  'patch /campaigns/{id}': () => ({ paidAt: '2026-01-02' }),
  'post /campaigns/{id}/codes': () => ({ count: 3 }),
  'post /orders': () => ({ amount: 5000, quantity: 1, buyer: { name: 'Petra', email: 'petra@example.org' } }),
  'post /orders/{id}/payments': () => ({ amount: 5000, method: 'cash' }),
};

/** They change what is no value: sent twice, they have done the same. */
const HARMLESS = [
  'delete /catalogue/brands/{id}',
  'delete /catalogue/partners/{id}',
  'delete /catalogue/products/{id}',
  'delete /catalogue/regions/{id}',
  'delete /catalogue/themes/{id}',
  'delete /holds/{id}',
  'delete /jobs/{id}',
  'post /holds',
  'post /mail-events',
  'post /vouchers/{id}/activate',
  'post /vouchers/{id}/deactivate',
  'post /vouchers/{id}/mail',
  'put /catalogue/brands/{id}',
  'put /catalogue/partners/{id}',
  'put /catalogue/products/{id}',
  'put /catalogue/regions/{id}',
  'put /catalogue/themes/{id}',
  'put /holds/current/codes',
  'put /holds/{id}',
  'put /settings/general',
  'put /settings/stacking',
];

describeOn('SQLite', 'every operation of the API', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let operations: readonly Operation[];

  before(async () => {
    server = await startTestServer({ database: database(), worksInBackground: false });
    api = apiClient(server.url);
    operations = operationsOf(await (await fetch(`${server.url}/api/v1/openapi.json`)).json());
  });
  after(() => server.close());

  const named = (effects: readonly Effect[]): string[] =>
    operations
      .filter(({ effect }) => effects.includes(effect))
      .map(({ method, path }) => `${method} ${path}`)
      .sort();

  it('says what it does, and its key follows from that', () => {
    const KEY: Readonly<Record<Effect, Operation['key']>> = {
      reads: 'none',
      writes: 'none',
      moves_value: 'required',
      moves_value_when_paid: 'optional',
      told_once: 'none',
    };
    for (const { method, path, effect, key } of operations) {
      expect(EFFECTS, `${method} ${path}`).to.include(effect);
      expect(key, `${method} ${path}`).to.equal(KEY[effect]);
      if (method === 'get') expect(effect, path).to.equal('reads');
    }
    expect(named(['moves_value', 'moves_value_when_paid'])).to.deep.equal(Object.keys(MOVING).sort());
    expect(named(['writes'])).to.deep.equal(HARMLESS);
    expect(named(['told_once'])).to.deep.equal(['post /payment-events']);
    expect(named(['reads']).filter((name) => !name.startsWith('get '))).to.deep.equal(['post /quotes']);
  });

  for (const [name, example] of Object.entries(MOVING))
    it(`moves nothing without a key, and once with one: ${name}`, async () => {
      const [method = '', template = ''] = name.split(' ');
      const made = { voucher: await voucher(name), other: await voucher(name) };
      const path = template.replace('{id}', await idFor(name, made.voucher));
      const before = await moneyRows();
      const body = example(made);
      const without = await send(method, path, body, null);
      expect([without.status, without.code], JSON.stringify(without)).to.deep.equal([400, 'idempotency_key_required']);
      expect(await moneyRows()).to.deep.equal(before);
      const first = await send(method, path, body, `once ${name}`);
      expect(first.status, JSON.stringify(first)).to.be.within(200, 299);
      const after = await moneyRows();
      expect(after, 'the example does what it is for').not.to.deep.equal(before);
      const again = await send(method, path, body, `once ${name}`);
      expect([again.status, again.isReplay, again.text]).to.deep.equal([first.status, true, first.text]);
      expect(await moneyRows()).to.deep.equal(after);
      const other = await send(method, path, { ...body, ...changed(name) }, `once ${name}`);
      expect([other.status, other.code]).to.deep.equal([422, 'idempotency_key_reused']);
      expect(await moneyRows()).to.deep.equal(after);
    });

  it('creates what nobody paid without a key', async () => {
    const unpaid = { type: 'purchase', title: 'Offen', value: { originalValue: 100 } };
    expect((await send('post', '/vouchers', unpaid, null)).status).to.equal(201);
    expect((await send('post', '/vouchers', { ...unpaid, paidAt: null }, null)).status).to.equal(201);
    expect((await send('post', '/campaigns', unpaid, null)).status).to.equal(201);
  });

  /** Paid, but where it is to be paid still. */
  async function voucher(name: string): Promise<Made> {
    const paidAt = ['post /vouchers/{id}/pay', 'patch /vouchers/{id}'].includes(name) ? null : '2026-01-02';
    const validity = { bookUntil: '2098-12-31' };
    const body = { type: 'purchase', title: 'Geschenk', value: { originalValue: 10_000 }, paidAt, validity };
    return (await api.post('/vouchers', body)).body as Made;
  }

  async function idFor(name: string, { id, code }: Made): Promise<string> {
    if (name.includes('/campaigns/')) {
      const campaign = { type: 'purchase', title: 'Aktion', value: { originalValue: 100 } };
      return (await api.post('/campaigns', campaign)).body.id as string;
    }
    if (name.includes('/orders/')) {
      const buyer = { name: 'Petra', email: 'petra@example.org' };
      return (await api.post('/orders', { amount: 5000, quantity: 1, buyer })).body.id as string;
    }
    if (!name.includes('/redemptions/')) return id;
    const redemption = { booking: bookingOf(5000), codes: [code], bookingNumber: `EFFECT-R-${id}` };
    return (await api.post('/redemptions', redemption)).body.id as string;
  }

  /** As many rows as there are, and all that stands in them. */
  async function moneyRows(): Promise<string> {
    const rows = await Promise.all(MONEY.map((table) => database().knex(table).orderBy('id')));
    return JSON.stringify(rows);
  }

  async function send(method: string, path: string, body: object, key: string | null) {
    const answer = await fetch(`${server.url}/api/v1${path}`, {
      method: method.toUpperCase(),
      headers: {
        authorization: `Bearer ${TEST_API_KEY}`,
        'content-type': 'application/json',
        ...(key === null ? {} : { 'idempotency-key': key }),
      },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    const { code } = JSON.parse(text) as { code?: string };
    return { status: answer.status, code, text, isReplay: answer.headers.get('idempotency-replayed') === 'true' };
  }
});

/** Something else that the body may say. */
function changed(name: string): object {
  if (name === 'post /redemptions') return { bookingNumber: 'EFFECT-2' };
  if (name === 'post /campaigns/{id}/codes') return { count: 4 };
  if (/^(post|patch) \/(campaigns|vouchers)(\/\{id\})?$/.test(name)) return { paidAt: '2026-01-03' };
  if (name.endsWith('/pay')) return { paidAt: '2026-01-03' };
  if (name.endsWith('/topups') || name.includes('/orders')) return { amount: 4999 };
  return { reason: 'anders' };
}

interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { 'x-effect': Effect; parameters: { name: string; required: boolean }[] }>>>
  >;
}

function operationsOf(document: unknown): Operation[] {
  return Object.entries((document as Document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { 'x-effect': effect, parameters }]) => {
      const key = parameters.find(({ name }) => name === 'Idempotency-Key');
      return {
        method,
        path,
        effect,
        key: key === undefined ? 'none' : key.required ? 'required' : 'optional',
      } as const;
    }),
  );
}

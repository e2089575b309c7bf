import { expect } from 'chai';
import fc from 'fast-check';
import { verifyEverything } from '../../src/features/accounting/proof/proof-service.ts';
import { API_PATH } from '../../src/app.ts';
import { createVoucher } from '../../src/features/vouchers/life/voucher-create-service.ts';
import { systemClock } from '../../src/platform/process/clock.ts';
import { apiClient, bookingOf } from '../support/api-client.ts';
import { describeOnBothDatabases } from '../support/databases.ts';
import { startTestServer, TEST_API_KEY, type TestServer } from '../support/http.ts';
import { signedIn, type Visitor } from '../support/pages.ts';
import { crawl } from './crawl.ts';

const SEED = 20_261_130;
const CALLS_PER_OPERATION = 12;
const FORMS = 60;
const POSTS_PER_FORM = 3;
const MOST_PAGES = 250;

const ODD_TEXTS = [
  ...[
    '',
    ' ',
    'a',
    'Ü',
    '🎁',
    '\ud83c',
    '\udf81x',
    '\u0000',
    'a\u0000b',
    '\u0007',
    '\u001b[31m',
    '\u202egpj',
    '\ufeff',
  ],
  ...[
    'a\nb',
    'a\r\nb',
    'e\u0301',
    "'; drop table vouchers; --",
    '=1+1',
    '<b>&amp;</b>',
    '{{t}}',
    '%',
    '\\',
    'x'.repeat(5000),
  ],
  ...['__proto__', 'constructor', 'null', 'NaN', '-1', '1e400', '٣', '１２３', '\uffff', 'TOMA@4712', 'R 17 – Anna'],
];
const ODD_DAYS = [
  ...['2026-02-30', '2026-02-31', '1900-01-01', '9999-12-31', '2062-01-01', '0000-00-00', '31.02.2026', '2026-6-1'],
  ...['2026-11-30', '2026-01-01', '2016-01-01', 'heute', ''],
];
const ODD_NUMBERS = [
  ...[0, -0, -1, 1, 0.5, 99, 100_000_000, 100_000_001, 1e12, 1e15, Number.MAX_SAFE_INTEGER, 2 ** 53, 1e300, -1e12],
];
const ODD_AMOUNTS = [
  '0',
  '-1',
  '1,005',
  '1.000.000,00',
  '1.000.000,01',
  '90071992547409,91',
  '1e9',
  '∞',
  '',
  '12,50',
  '٣',
];

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly required?: readonly string[];
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly body: Schema | null;
}

/** One value after the other from the same seed, so that a failure comes again. */
function drawer(): <T>(values: readonly T[]) => T {
  const draws = fc.sample(fc.nat(), { numRuns: 200_000, seed: SEED });
  let next = 0;
  return (values) => {
    const value = values[(draws[next++ % draws.length] ?? 0) % values.length];
    if (value === undefined) throw new Error('nothing to draw from');
    return value;
  };
}

describeOnBothDatabases('whatever comes in', (database) => {
  const draw = drawer();
  let server: TestServer;
  let admin: Visitor;
  let operations: readonly Operation[];

  before(async () => {
    server = await startTestServer({ database: database() });
    admin = await signedIn(server.url);
    const api = apiClient(server.url);
    const sold = await api.post('/vouchers', {
      ...{ type: 'purchase', title: 'Kauf', code: 'KAUF-1', paidAt: '2026-11-01', value: { originalValue: 50_000 } },
    });
    await api.post('/vouchers', {
      type: 'discount',
      title: 'Rabatt',
      value: { tiers: [{ minTripPrice: 0, amount: 100 }] },
    });
    await api.post('/campaigns', {
      type: 'discount',
      title: 'Aktion',
      value: { tiers: [{ minTripPrice: 0, amount: 100 }] },
    });
    await api.post('/orders', { amount: 5000, buyer: { name: 'Anna Muster', email: 'anna@example.org' } });
    await api.post('/redemptions', {
      ...{ booking: bookingOf(20_000), codes: [sold.body.code as string], bookingNumber: 'B-1' },
    });
    operations = operationsOf((await (await fetch(`${server.url}${API_PATH}/openapi.json`)).json()) as object);
  });
  after(() => server.close());

  const textOf = (): string => draw([draw(ODD_TEXTS), draw(ODD_DAYS), 'Anna', 'B-1', 'KAUF-1', '1']);

  function valueOf(schema: Schema, depth = 0): unknown {
    if (draw([0, 0, 0, 0, 0, 0, 0, 1]) === 1)
      return draw<unknown>([null, draw(ODD_TEXTS), draw(ODD_NUMBERS), [], {}, true, [[]], { __proto__: null, x: 1 }]);
    const alternatives = schema.anyOf ?? schema.oneOf;
    if (alternatives !== undefined) return valueOf(draw(alternatives), depth);
    if (schema.enum !== undefined) return draw(schema.enum);
    switch (draw([schema.type ?? 'string'].flat())) {
      case 'object':
        return Object.fromEntries(
          Object.entries(schema.properties ?? {})
            .filter(([name]) => schema.required?.includes(name) === true || draw([0, 1]) === 1)
            .map(([name, one]) => [name, depth > 6 ? null : valueOf(one, depth + 1)]),
        );
      case 'array':
        return Array.from({ length: draw([0, 1, 2]) }, () => valueOf(schema.items ?? {}, depth + 1));
      case 'integer':
      case 'number':
        return draw([draw(ODD_NUMBERS), 1, 100]);
      case 'boolean':
        return draw([true, false]);
      case 'null':
        return null;
      default:
        return textOf();
    }
  }

  it('is answered by every operation of the API without a fault of ours', async () => {
    const faults: string[] = [];
    let calls = 0;
    for (const { method, path, body } of operations) {
      for (let call = 0; call < CALLS_PER_OPERATION; call++) {
        const url = `${server.url}${API_PATH}${path.replaceAll(/\{\w+\}/g, () => encodeURIComponent(draw(['1', '1', '2', 'x', '😀', '%00'])))}`;
        const sent = body === null ? undefined : JSON.stringify(valueOf(body));
        const answer = await fetch(url, {
          method,
          headers: {
            authorization: `Bearer ${TEST_API_KEY}`,
            'idempotency-key': `odd-${++calls}`,
            ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(sent === undefined ? {} : { body: sent }),
        });
        await answer.arrayBuffer();
        if (answer.status >= 500 && answer.status !== 503)
          faults.push(`${method} ${path} ${String(sent)}: ${answer.status}`);
      }
    }
    expect(faults).to.deep.equal([]);
    expect(calls).to.be.above(300);
  }).timeout(120_000);

  it('is answered by every form without a fault of ours', async () => {
    const faults: string[] = [];
    const forms = new Map<string, readonly string[]>();
    for await (const { answer } of crawl(admin, {
      starts: ['/admin/overview', '/admin/vouchers/new', '/admin/campaigns/new'],
      leftOut: LEFT_OUT,
      ofAKind: 1,
      most: 90,
    })) {
      for (const [, action = '', inner = ''] of answer.html.matchAll(
        /<form\b[^>]*\baction="([^"]+)"[^>]*>(.*?)<\/form>/gs,
      )) {
        const names = [...inner.matchAll(/<(?:input|textarea|select)\b[^>]*\bname="([^"]+)"/g)].map(
          ([, name = '']) => name,
        );
        const path = action.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
        if (path.startsWith('/admin') && !LEFT_OUT.test(path)) forms.set(path, names);
      }
    }
    for (const [path, names] of [...forms].slice(0, FORMS)) {
      for (let post = 0; post < POSTS_PER_FORM; post++) {
        const fields = names
          .filter((name) => name !== '_csrf')
          .map((name) => [name, draw([textOf(), draw(ODD_AMOUNTS), draw(ODD_DAYS)])]);
        const answer = await admin.post(path, Object.fromEntries(fields) as Record<string, string>);
        if (answer.status >= 500 && answer.status !== 503)
          faults.push(`${path} ${JSON.stringify(fields)}: ${answer.status}`);
      }
    }
    expect(faults).to.deep.equal([]);
    expect(forms.size).to.be.above(15);
  }).timeout(120_000);

  it('leaves every page of the administration readable, and books that agree', async () => {
    const broken: string[] = [];
    let opened = 0;
    for await (const { path, answer } of crawl(admin, {
      starts: ['/admin/overview'],
      leftOut: LEFT_OUT,
      ofAKind: 3,
      most: MOST_PAGES,
    })) {
      opened += 1;
      if (answer.status >= 400) broken.push(`${path}: ${answer.status}`);
    }
    expect(broken).to.deep.equal([]);
    expect(opened).to.be.above(60);
    expect((await verifyEverything(database().knex, Date.now())).problem).to.equal(null);
  }).timeout(120_000);
});

describeOnBothDatabases('amounts of before there was a highest one', (database) => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer({ database: database() });
    const moment = systemClock('Europe/Berlin').moment();
    for (const [type, more] of [
      ['purchase', {}],
      ['purchase', {}],
      ['settlement', { funding: 'legal_claim' }],
      ['settlement', { funding: 'legal_claim' }],
    ] as const)
      await createVoucher(
        database(),
        { actor: 'system', moment },
        { type, title: 'Viel', value: { originalValue: Number.MAX_SAFE_INTEGER }, paidAt: moment.today, ...more },
      );
  });
  after(() => server.close());

  it('take no page down: a sum without room is shown as such', async () => {
    const admin = await signedIn(server.url);
    const broken: string[] = [];
    for await (const { path, answer } of crawl(admin, {
      ...{ starts: STARTS_OF_SUMS, leftOut: LEFT_OUT, ofAKind: 2, most: MOST_PAGES },
    }))
      if (answer.status >= 400) broken.push(`${path}: ${answer.status}`);
    expect(broken).to.deep.equal([]);
    expect((await admin.get('/admin/overview')).html).to.contain('#####');
    expect((await verifyEverything(database().knex, Date.now())).problem).to.equal(null);
  }).timeout(120_000);
});

const STARTS_OF_SUMS = ['/admin/overview', '/admin/accounting/liabilities', '/admin/accounting/balances'];
const LEFT_OUT =
  /^\/(logout|assets|embed\/|api\/|demo|shop|v\b)|\.(csv|pdf|xml|zip|xlsx)\b|\/(pdf|print|preview|profile|users|password|api-keys)\b|settings/;

function operationsOf(document: object): Operation[] {
  const { paths } = document as {
    readonly paths: Readonly<
      Record<
        string,
        Readonly<
          Record<
            string,
            { readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> } }
          >
        >
      >
    >;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => method !== 'delete' && !path.endsWith('/pdf') && !path.startsWith('/settings'))
      .map(([method, { requestBody }]) => ({
        method: method.toUpperCase(),
        path,
        body: requestBody === undefined ? null : (Object.values(requestBody.content)[0]?.schema ?? null),
      })),
  );
}

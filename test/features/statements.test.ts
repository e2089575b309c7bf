import { expect } from 'chai';
import { saveEntry } from '../../src/features/catalogue/catalogue-service.ts';
import { changePartnerDetails, DEFAULT_PARTNER_DETAILS } from '../../src/features/catalogue/partner-service.ts';
import { createMailRoom } from '../../src/features/documents/mail/mail-service.ts';
import { settlePartners } from '../../src/features/partners/settlement/partner-settlement-service.ts';
import { migrateVouchers, type MigratedVoucher } from '../../src/features/vouchers/life/voucher-migration-service.ts';
import { rulesFromBody } from '../../src/features/vouchers/rules/rules-service.ts';
import { inTransaction } from '../../src/platform/data/db.ts';
import { createI18n } from '../../src/platform/html/i18n.ts';
import { systemClock } from '../../src/platform/process/clock.ts';
import { apiClient, bookingOf, type ApiAnswer, type ApiClient } from '../support/api-client.ts';
import { describeOnBothDatabases, type TestDatabase } from '../support/databases.ts';
import { startTestServer, type TestServer } from '../support/http.ts';
import { signedIn, type Visitor } from '../support/pages.ts';
import { openShop } from '../support/shop.ts';

/**
 * How many statements a use case may send: on MariaDB each is a round trip, and a fact that is read twice is read at
 * two moments. BEGIN and COMMIT count as well; sessions and jobs do not.
 */

interface Site {
  readonly api: ApiClient;
  readonly database: TestDatabase;
  readonly admin: Visitor;
}

interface UseCase {
  readonly what: string;
  readonly atMost: number;
  /** Makes what is needed for it; what it gives back is counted. */
  readonly prepare: (site: Site) => Promise<() => Promise<unknown>>;
}

const UNCOUNTED = /\b(?:from|into|update) [`"]?(?:sessions|jobs)\b/i;

/** What moves value claims its key first and keeps its answer under it last. */
const IDEMPOTENCY_KEY = 2;

/** A page asks who is signed in, and whether a second factor is asked of them. */
const SIGNED_IN = 2;

const USE_CASES: readonly UseCase[] = [
  {
    what: 'a quote of one code',
    atMost: 1,
    prepare: async ({ api }) => {
      const { code } = await discount(api);
      return () => succeeds(api.post('/quotes', { booking: bookingOf(50_000), codes: [code] }));
    },
  },
  {
    what: 'a hold of one code',
    atMost: 9,
    prepare: async ({ api }) => {
      const { code } = await discount(api);
      return () =>
        succeeds(api.post('/holds', { booking: bookingOf(50_000, { reference: nextName() }), codes: [code] }));
    },
  },
  {
    what: 'a redemption of one code',
    atMost: 12,
    prepare: async ({ api }) => {
      const { code } = await sold(api);
      return () => redeem(api, code);
    },
  },
  {
    what: 'a reversal of one code',
    atMost: 21,
    prepare: async ({ api }) => {
      const redeemed = await redeem(api, (await sold(api)).code);
      return () => succeeds(api.post(`/redemptions/${redeemed.id}/reversals`, { reason: 'storniert' }));
    },
  },
  {
    what: 'a new discount by the API',
    atMost: 13,
    prepare: ({ api }) => Promise.resolve(() => discount(api)),
  },
  {
    what: 'a new purchase by the API, paid at once',
    atMost: 15 + IDEMPOTENCY_KEY,
    prepare: ({ api }) => Promise.resolve(() => sold(api)),
  },
  {
    what: 'a title changed by the API',
    atMost: 8,
    prepare: async ({ api }) => {
      const { id } = await sold(api);
      return () => succeeds(api.patch(`/vouchers/${id}`, { title: 'Anders' }));
    },
  },
  {
    what: 'restrictions and recipient changed by the API',
    atMost: 10,
    prepare: async ({ api }) => {
      const { id } = await discount(api);
      return () =>
        succeeds(
          api.patch(`/vouchers/${id}`, {
            restrictions: { channels: ['web'], minTravellers: 2 },
            recipient: { name: 'Eva Ernst', email: 'eva@example.org' },
          }),
        );
    },
  },
  action('pay', 10, { paidAt: '2026-01-10', method: 'bank_transfer' }, { paidAt: null }),
  action('deactivate', 7, { reason: 'verloren' }),
  action('topups', 9, { amount: 2500, method: 'cash' }),
  // With the number, the open item and the task of its refund.
  action('cancel', 14, { refund: true, reason: 'zurück' }),
  action('reissue', 17, { reason: 'verloren' }),
  action('extend', 10, { bookUntil: '2099-12-31', reason: 'Krankheit' }, { validity: { bookUntil: '2098-12-31' } }),
  {
    what: 'a split into 3',
    atMost: 23,
    prepare: async ({ api }) => {
      const { id } = await sold(api);
      return () => succeeds(api.post(`/vouchers/${id}/splits`, { parts: [2000, 3000, 5000], reason: 'Enkel' }));
    },
  },
  {
    what: 'a merge of 3',
    atMost: 21,
    prepare: async ({ api }) => {
      const vouchers = [(await sold(api)).id, (await sold(api)).id, (await sold(api)).id];
      return () => succeeds(api.post('/vouchers/merges', { vouchers, reason: 'Ordnung' }));
    },
  },
  {
    what: 'the form of a voucher',
    atMost: SIGNED_IN + 11,
    prepare: async ({ api, admin }) => {
      const { id } = await sold(api);
      return () => admin.get(`/admin/vouchers/${id}`);
    },
  },
  {
    what: 'a title changed in the form',
    atMost: SIGNED_IN + 8,
    prepare: async ({ api, admin }) => {
      const { id } = await sold(api);
      const form = formOf((await admin.get(`/admin/vouchers/${id}`)).html);
      return () => savesForm(admin, `/admin/vouchers/${id}`, { ...form, title: 'Anders' });
    },
  },
  {
    what: 'rules, recipient and note changed in the form',
    atMost: SIGNED_IN + 10,
    prepare: async ({ api, admin }) => {
      const { id } = await sold(api);
      const form = formOf((await admin.get(`/admin/vouchers/${id}`)).html);
      const more = { maxUses: '3', travelFrom: '01.01.2030', recipientName: 'Eva', note: 'neu', channels: 'web' };
      return () => savesForm(admin, `/admin/vouchers/${id}`, { ...form, ...more });
    },
  },
  {
    what: 'a new discount by the form',
    atMost: SIGNED_IN + 15,
    prepare: async ({ admin }) => {
      const form = formOf((await admin.get('/admin/vouchers/new?type=discount')).html);
      const more = { title: nextName(), 'tiers[0][worth]': '10', 'tiers[0][unit]': 'percent', do: 'save' };
      return () => savesForm(admin, '/admin/vouchers', { ...form, ...more });
    },
  },
  {
    what: 'an order placed by the API',
    atMost: 16,
    prepare: ({ api }) => Promise.resolve(() => placeOrder(api, 3)),
  },
  ...[1, 2, 3, 10].map((quantity) => completingPayment(quantity, 12 + 6 * quantity)),
  {
    what: 'the import of 100 paid purchases',
    atMost: 14,
    prepare: ({ database }) => {
      const vouchers = Array.from({ length: 100 }, () => migrated());
      const moment = systemClock('Europe/Berlin').moment();
      return Promise.resolve(() =>
        inTransaction(database, (trx) => migrateVouchers({ trx, actor: 'job:1', moment }, '1', vouchers)),
      );
    },
  },
  {
    what: 'the invoice to a partner for one redemption',
    atMost: 35,
    prepare: async ({ api, database }) => {
      await invoicedPartner(database);
      const { code } = await created(api, {
        type: 'deal',
        title: 'Deal',
        paidAt: '2026-01-02',
        deal: { paysInFull: true, entry: 'both', invoicePartner: true },
        restrictions: { partner: 'citydeal' },
      });
      const { id } = await redeem(api, code, { partner: 'citydeal' });
      const mails = createMailRoom(createI18n({ directory: 'locales', strict: true }));
      const moment = systemClock('Europe/Berlin').moment();
      return async () => {
        const invoicing = { database, mails, timeZone: 'Europe/Berlin' };
        expect((await settlePartners(invoicing, { actor: 'job:1', moment }, id, 'at_once')).issued).to.equal(1);
      };
    },
  },
];

describeOnBothDatabases('the statements of', (database) => {
  let server: TestServer;
  let site: Site;

  before(async () => {
    server = await startTestServer({ database: database(), worksInBackground: false });
    const api = apiClient(server.url);
    // Reads the document that answers are held against, and makes the server know the key.
    await api.get('/vouchers');
    await openShop(database());
    const admin = await signedIn(server.url);
    // Keeps what every page asks once.
    await admin.get('/admin/vouchers/new?type=discount');
    site = { api, database: database(), admin };
  });
  after(() => server.close());

  for (const { what, atMost, prepare } of USE_CASES) {
    it(`${what} are at most ${atMost}`, async () => {
      const run = await prepare(site);
      const sent = await statementsOf(site.database, run);
      expect(sent, sent.join('\n')).to.have.lengthOf.at.most(atMost);
      expect(sent, 'the counting itself').to.have.lengthOf.at.least(1);
    });
  }
});

async function statementsOf({ knex }: TestDatabase, run: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = [];
  const note = ({ sql }: { readonly sql: string }): void => {
    if (!UNCOUNTED.test(sql)) sent.push(sql.slice(0, 200));
  };
  knex.on('query', note);
  try {
    await run();
  } finally {
    knex.removeListener('query', note);
  }
  return sent;
}

interface Made {
  readonly id: string;
  readonly code: string;
}

async function succeeds(called: Promise<ApiAnswer>): Promise<ApiAnswer> {
  const answer = await called;
  expect(answer.status, JSON.stringify(answer.body)).to.be.below(300);
  return answer;
}

/** Texts and hidden fields of a voucher's form, as a browser would send them. */
function formOf(html: string): Record<string, string> {
  const start = html.search(/<form[^>]*data-voucher-form/);
  const form = html.slice(start, html.indexOf('</form>', start));
  const fields: Record<string, string> = {};
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const name = / name="([^"]*)"/.exec(tag)?.[1] ?? '_csrf';
    if (name === '_csrf' || / disabled/.test(tag) || (/type="(?:checkbox|radio)"/.test(tag) && !/ checked/.test(tag)))
      continue;
    fields[name] = (/ value="([^"]*)"/.exec(tag)?.[1] ?? '').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  }
  for (const [, name = '', chosen = ''] of form.matchAll(
    /<select[^>]* name="([^"]*)"[^>]*>(?:(?!<\/select>)[\s\S])*?<option value="([^"]*)" selected/g,
  ))
    fields[name] = chosen;
  return fields;
}

async function savesForm(admin: Visitor, path: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const answer = await admin.post(path, fields);
  expect(answer.status, answer.html).to.equal(303);
}

let names = 0;

function nextName(): string {
  names += 1;
  return `ST-${names}`;
}

async function created(api: ApiClient, body: object): Promise<Made> {
  return (await succeeds(api.post('/vouchers', body))).body as Made;
}

function discount(api: ApiClient): Promise<Made> {
  return created(api, {
    type: 'discount',
    title: 'Rabatt',
    value: { tiers: [{ minTripPrice: 0, amount: 1000 }] },
  });
}

/** A purchase of 100,00, paid at once unless more is said. */
function sold(api: ApiClient, more: object = {}): Promise<Made> {
  return created(api, {
    type: 'purchase',
    title: 'Geschenk',
    value: { originalValue: 10_000 },
    paidAt: '2026-01-02',
    ...more,
  });
}

async function redeem(api: ApiClient, code: string, more: object = {}): Promise<Made> {
  const body = { booking: bookingOf(50_000, more), codes: [code], bookingNumber: nextName() };
  return (await succeeds(api.post('/redemptions', body))).body as Made;
}

async function placeOrder(api: ApiClient, quantity: number): Promise<string> {
  const buyer = { name: 'Petra Muster', email: 'petra@example.org' };
  return (await succeeds(api.post('/orders', { amount: 5000, quantity, buyer }))).body.id as string;
}

function action(name: string, atMost: number, body: object, more: object = {}): UseCase {
  return {
    what: `${name} of a voucher by the API`,
    atMost,
    prepare: async ({ api }) => {
      const { id } = await sold(api, more);
      return () => succeeds(api.post(`/vouchers/${id}/${name}`, body));
    },
  };
}

function completingPayment(quantity: number, atMost: number): UseCase {
  return {
    what: `a payment that completes an order of ${quantity}`,
    atMost,
    prepare: async ({ api }) => {
      const id = await placeOrder(api, quantity);
      return async () => {
        const answer = await api.post(`/orders/${id}/payments`, { amount: quantity * 5000, method: 'online' });
        expect(answer.body, JSON.stringify(answer.body)).to.include({ state: 'fulfilled' });
      };
    },
  };
}

function migrated(): MigratedVoucher {
  const body = { type: 'purchase', title: 'Alt', value: { originalValue: 5000 } } as const;
  return {
    code: nextName(),
    rules: rulesFromBody(body, 'EUR'),
    paidOn: '2025-02-01',
    rest: 4000,
    recipient: { name: 'Eva Ernst', email: 'eva@example.org' },
    note: null,
    campaign: null,
  };
}

async function invoicedPartner(database: TestDatabase): Promise<void> {
  await saveEntry(database, 'partner', { id: 'citydeal', name: 'Citydeal GmbH', parent: null }, 'test', Date.now());
  const details = {
    ...DEFAULT_PARTNER_DETAILS,
    commissionBasisPoints: 1500,
    invoiceAddress: 'Marktplatz 7\n20095 Hamburg',
    invoiceEmail: 'rechnung@citydeal.example',
  };
  await inTransaction(database, (trx) => changePartnerDetails(trx, 'citydeal', details, 'test', Date.now()));
}

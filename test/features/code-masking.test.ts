import { expect } from 'chai';
import { seedDemo } from '../../seeds/demo.ts';
import type { Role } from '../../src/core/access.ts';
import { systemClock } from '../../src/platform/process/clock.ts';
import { hashPassword } from '../../src/platform/secrets/passwords.ts';
import { apiClient, bookingOf, type ApiClient } from '../support/api-client.ts';
import { crawl } from './crawl.ts';
import { describeOn } from '../support/databases.ts';
import { startTestServer, type TestServer } from '../support/http.ts';
import { signedIn, type Visitor } from '../support/pages.ts';

const PASSWORD = 'a password of somebody';
const CRAWL = {
  leftOut: /^\/(logout|assets|embed\/|api\/|demo\/|shop)|[./](pdf|xml|zip)\b/,
  ofAKind: 4,
  most: 2000,
};
/** How short a code may be decides whether its last four are the whole of it. */
const LENGTHS = [4, 16];

describeOn('SQLite', 'codes, for people without the right to see them', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let admin: Visitor;
  let agent: Visitor;
  let codes: string[];
  let made = 0;

  before(async function () {
    this.timeout(120_000);
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    admin = await signedIn(server.url);
    await seedDemo(database(), systemClock('Europe/Berlin'));
    agent = await someone('agent');
    for (const length of LENGTHS) await inEveryState(length);
    await agentsFiles();
    codes = [...(await database().knex('vouchers').select<{ code: string }[]>('code'))].map(({ code }) => code);
  });
  after(() => server.close());

  for (const role of ['agent', 'accountant', 'auditor'] as const)
    it(`stand on no page and in no file in full (${role})`, async () => {
      const visitor = role === 'agent' ? agent : await someone(role);
      const leaks: string[] = [];
      let opened = 0;
      for await (const { path, answer } of crawl(visitor, { ...CRAWL, starts: await starts() })) {
        opened += 1;
        leaks.push(...codesIn(answer.html).map((code) => `${code} on ${path}`));
        leaks.push(
          ...codesIn(decodeURIComponent(answer.headers.get('content-disposition') ?? '')).map(
            (code) => `${code} names ${path}`,
          ),
        );
      }
      expect(leaks).to.deep.equal([]);
      expect(opened).to.be.greaterThan(150);
    }).timeout(240_000);

  it('stand in no answer to what an agent sends', async () => {
    const { id, code } = await voucher(4);
    const sent: [string, Record<string, string | string[]>][] = [
      [`/admin/vouchers/${id}/document/mail`, { once: 'm1' }],
      ['/admin/booking-test', { codes: `#${id}`, tripPrice: '1000', adults: '2', departure: '' }],
      ['/admin/vouchers/bulk', { action: 'lock', scope: 'ids', ids: [id] }],
      [`/admin/vouchers/${id}`, { title: '' }],
      [`/admin/vouchers/${id}/draft`, { title: 'Anders', type: 'purchase' }],
      [`/admin/vouchers/${id}/preview`, { title: 'Anders', type: 'purchase' }],
      [`/admin/vouchers/${id}/family/reissue`, {}],
      ['/admin/exports/codes/preview', { ids: [id], query: '' }],
    ];
    for (const [path, fields] of sent) {
      const { html } = await agent.post(path, fields);
      expect(codesIn(html, [code]), path).to.deep.equal([]);
    }
  });

  /** Where links begin, and every voucher and redemption there is: each is in another state. */
  async function starts(): Promise<string[]> {
    const { knex } = database();
    const vouchers = await knex('vouchers').whereNull('campaign_id').select<{ id: number }[]>('id');
    const redemptions = await knex('redemptions').select<{ id: number }[]>('id');
    return [
      '/admin/overview',
      ...vouchers.flatMap(({ id }) =>
        ['', '/family', '/ledger', '/document'].map((page) => `/admin/vouchers/${id}${page}`),
      ),
      ...redemptions.map(({ id }) => `/admin/redemptions/${id}`),
    ];
  }

  /** As a word of its own: a token may hold the same letters by chance. */
  function codesIn(text: string, among: readonly string[] = codes): string[] {
    return among.filter((code) => new RegExp(`(?<![\\w-])${code}(?![\\w-])`).test(text));
  }

  async function someone(role: Role): Promise<Visitor> {
    const email = `the-${role}@example.org`;
    await database()
      .knex('users')
      .insert({
        email,
        name: role,
        role,
        password_hash: await hashPassword(PASSWORD),
        created_at: 0,
        can_send_vouchers: true,
      });
    return signedIn(server.url, { email, password: PASSWORD });
  }

  /** Letters that are in no word: a code that stands on a page is found. */
  function newCode(length: number): string {
    const number = (made++).toString(36).toUpperCase().padStart(2, '0').slice(-2);
    return `${number}${'QXZJ7QXZJ7QXZJ7'.slice(0, length - 2)}`;
  }

  async function voucher(length: number, more: object = {}): Promise<{ id: string; code: string }> {
    const body = {
      type: 'purchase',
      title: 'Geschenk',
      code: newCode(length),
      value: { originalValue: 20_000 },
      paidAt: '2026-01-10',
      ...more,
    };
    const answer = await api.post('/vouchers', body);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return answer.body as { id: string; code: string };
  }

  async function ok(path: string, body: object): Promise<{ readonly id: string }> {
    const answer = await api.post(path, body);
    expect(answer.status, `${path} ${JSON.stringify(answer.body)}`).to.be.within(200, 299);
    return answer.body as { readonly id: string };
  }

  async function inEveryState(length: number): Promise<void> {
    const booking = (code: string, trip = 10_000) => ({
      booking: { ...bookingOf(trip), reference: `R-${made}` },
      codes: [code],
      bookingNumber: `B-${made}`,
    });
    await voucher(length);
    await voucher(length, { paidAt: null });
    const redeemed = await ok('/redemptions', booking((await voucher(length)).code));
    await ok('/redemptions', booking((await voucher(length)).code, 50_000));
    await ok(`/redemptions/${redeemed.id}/reversals`, { amount: 4_000, reason: 'Storno' });
    const { codes, booking: held } = booking((await voucher(length)).code);
    await ok('/holds', { codes, booking: held });
    const split = await voucher(length);
    await ok(`/vouchers/${split.id}/splits`, { parts: [5_000, 15_000], reason: 'zwei' });
    const merged = [await voucher(length), await voucher(length)];
    await ok('/vouchers/merges', { vouchers: merged.map(({ id }) => id), reason: 'einer' });
    await ok(`/vouchers/${(await voucher(length)).id}/deactivate`, { reason: 'Verlust' });
    await ok(`/vouchers/${(await voucher(length)).id}/cancel`, { refund: true, reason: 'Rückgabe' });
    await ok(`/vouchers/${(await voucher(length)).id}/mail`, { to: 'gast@example.org' });
    const reissued = await voucher(length);
    await admin.get(`/admin/vouchers/${reissued.id}/family`);
    expect((await admin.post(`/admin/vouchers/${reissued.id}/family/reissue`, { reason: 'Verlust' })).status).to.equal(
      303,
    );
    await voucher(length, { validity: { bookUntil: '2026-01-31' } });
    const campaign = await ok('/campaigns', {
      type: 'discount',
      title: `Aktion ${length}`,
      value: { tiers: [{ minTripPrice: 0, amount: 500 }] },
    });
    await ok(`/campaigns/${campaign.id}/codes`, { codes: [newCode(length), newCode(length)] });
    await ok(
      '/redemptions',
      booking(
        (
          await voucher(length, {
            type: 'discount',
            value: { tiers: [{ minTripPrice: 0, amount: 500 }] },
            paidAt: undefined,
          })
        ).code,
      ),
    );
  }

  /** What an agent without the right makes in the background and may fetch. */
  async function agentsFiles(): Promise<void> {
    await agent.get('/admin/vouchers');
    for (const kind of ['vouchers', 'codes']) {
      const { location } = await agent.post(`/admin/exports/${kind}`, { query: '', format: 'csv', codes: 'masked' });
      await api.jobEnd(location?.split('/').at(-1) ?? '');
    }
    const locked = await agent.post('/admin/vouchers/bulk/start', {
      action: 'lock',
      scope: 'all',
      query: 'q=Geschenk',
      reason: 'Prüfung',
    });
    await api.jobEnd(locked.location?.split('/').at(-1) ?? '');
  }
});

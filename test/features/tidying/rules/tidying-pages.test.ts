import { expect } from 'chai';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { turningClock } from '../../../support/clock.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { createVisitor, signedIn, type Visitor } from '../../../support/pages.ts';
import { openShop, orderInShop } from '../../../support/shop.ts';

describeOnBothDatabases('tidying', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let admin: Visitor;
  let day = '2026-01-05';
  const clock = turningClock(() => `${day}T10:00:00Z`);
  const ids: Record<string, string> = {};

  before(async () => {
    server = await startTestServer({ database: database(), clock });
    api = apiClient(server.url);
    admin = await signedIn(server.url);
    await openShop(database());
    for (const name of ['unpaid', 'paid']) {
      await orderInShop(createVisitor(server.url), { buyerName: `Frau ${name}` });
      ids[name] = String((await database().knex('orders').orderBy('id', 'desc').first<{ id: number }>('id')).id);
    }
    await admin.post('/admin/orders/settlement', {
      ids: [ids['paid'] ?? ''],
      paidOn: day,
      method: 'bank_transfer',
      query: '',
    });
    const sell = async (code: string, more: object = {}): Promise<void> => {
      const { status, body } = await api.post('/vouchers', {
        type: 'purchase',
        title: code,
        code,
        value: { originalValue: 5000 },
        paidAt: day,
        recipient: { name: code, email: `${code.toLowerCase()}@example.org` },
        ...more,
      });
      expect(status, JSON.stringify(body)).to.equal(201);
      ids[code] = body['id'] as string;
    };
    await sell('BLEIBT-1');
    await sell('EINGELOEST-1');
    await sell('ABGELAUFEN-1', { validity: { bookUntil: '2026-06-30' } });
    expect(
      (await api.post('/redemptions', { booking: bookingOf(5000), codes: ['EINGELOEST-1'], bookingNumber: 'B-1' }))
        .status,
    ).to.equal(201);
    const hold = await api.post('/holds', { booking: bookingOf(5000, { reference: 'H-1' }), codes: ['BLEIBT-1'] });
    expect(hold.status, JSON.stringify(hold.body)).to.be.oneOf([200, 201]);
  });
  after(() => server.close());

  async function run(): Promise<void> {
    const { location } = await admin.post('/admin/tidying', {});
    const job = await api.jobEnd(location?.split('/').at(-1) ?? '');
    expect(job.body['state'], JSON.stringify(job.body)).to.equal('done');
  }
  const CODES = ['BLEIBT-1', 'EINGELOEST-1', 'ABGELAUFEN-1'];
  const recipients = async (): Promise<string[]> =>
    (
      await database()
        .knex('voucher_recipients')
        .whereIn(
          'voucher_id',
          CODES.map((code) => ids[code] ?? ''),
        )
        .orderBy('voucher_id')
        .pluck<(number | string)[]>('voucher_id')
    ).map(String);
  const people = (order: string) =>
    database()
      .knex('orders as o')
      .join('order_people as p', 'p.order_id', 'o.id')
      .where('o.id', ids[order])
      .first<{ state: string; buyer_name: string | null; buyer_email: string | null }>(
        'o.state',
        'p.buyer_name',
        'p.buyer_email',
      );
  const rows = async (table: string): Promise<number> => (await database().knex(table).select('*')).length;

  it('leaves everything that is young', async () => {
    await run();
    expect([await rows('holds'), await recipients(), (await people('unpaid')).state]).to.deep.equal([
      1,
      [ids['BLEIBT-1'], ids['EINGELOEST-1'], ids['ABGELAUFEN-1']],
      'ordered',
    ]);
    expect(await rows('idempotency_keys')).to.be.greaterThan(0);
  });

  it('tells before what goes, then cancels what was never paid and deletes holds and answers', async () => {
    day = '2026-04-06';
    admin = await signedIn(server.url);
    const page = (await admin.get('/admin/tidying')).html.replaceAll(/\s+/g, ' ');
    expect(page).to.match(
      /Nie bezahlte Bestellungen<\/th><td>von vor dem 06\.01\.2026 werden storniert; die Nummer bleibt\.<br><span class="text-secondary">zum Beispiel [^<]+<\/span><\/td><td class="num">1</,
    );
    await run();
    expect([(await people('unpaid')).state, (await people('paid')).state]).to.deep.equal(['cancelled', 'fulfilled']);
    expect((await people('unpaid')).buyer_name).to.equal('Frau unpaid');
    expect([await rows('holds'), await rows('hold_lines')]).to.deep.equal([0, 0]);
    expect(await rows('idempotency_keys')).to.equal(0);
  });

  it('deletes counters of tries that ran out, and no others', async () => {
    const { knex } = database();
    await knex('rate_limits').insert([
      { key: 'over', points: 1, expire: clock.now() - 1 },
      { key: 'counting', points: 1, expire: clock.now() + 60_000 },
    ]);
    await run();
    const keys = await knex('rate_limits').pluck<string[]>('key');
    expect(keys).to.include('counting').and.not.to.include('over');
  });

  it('forgets who ordered what never came to be, and keeps the number', async () => {
    day = '2026-07-07';
    admin = await signedIn(server.url);
    const number = (await database().knex('orders').where({ id: ids['unpaid'] }).first<{ number: string }>('number'))
      .number;
    await run();
    expect(await people('unpaid')).to.include({ buyer_name: null, buyer_email: null, state: 'cancelled' });
    expect((await people('paid')).buyer_name).to.equal('Frau paid');
    expect((await admin.get(`/admin/orders/${ids['unpaid'] ?? ''}`)).html)
      .to.contain(number)
      .and.not.contain('Frau unpaid');
    expect((await admin.get('/admin/orders')).html).to.contain(number);
    expect(await database().knex('mails').where({ entity: 'order', entity_id: ids['unpaid'] })).to.deep.equal([]);
  });

  it('forgets recipients a year after the end of their voucher, and never the voucher or its books', async () => {
    day = '2027-01-05';
    admin = await signedIn(server.url);
    await run();
    expect(await recipients()).to.have.members([ids['BLEIBT-1'], ids['EINGELOEST-1'], ids['ABGELAUFEN-1']]);
    day = '2027-01-07';
    await run();
    expect(await recipients()).to.have.members([ids['BLEIBT-1'], ids['ABGELAUFEN-1']]);
    day = '2027-07-02';
    admin = await signedIn(server.url);
    await run();
    expect(await recipients()).to.deep.equal([ids['BLEIBT-1']]);
    expect((await api.get(`/vouchers/${ids['EINGELOEST-1'] ?? ''}`)).status).to.equal(200);
    expect((await verifyBooks(database().knex, clock.now())).problem).to.equal(null);
  });

  it('is logged, and for administrators alone to start', async () => {
    const page = await admin.get('/admin/tidying');
    expect(page.html)
      .to.contain('Personendaten stornierter, nie bezahlter Bestellungen')
      .and.contain('Empfänger von Gutscheinen');
    expect(page.html.split('>Letzte Läufe<')[1], 'the log of the runs').to.contain('Empfänger von Gutscheinen');
    expect(await database().knex('audit_log').where({ action: 'tidying.run' }).pluck('entity_id')).to.include.members([
      'holds',
      'idempotency_keys',
      'unpaid_orders',
      'order_people',
      'recipients',
    ]);
    const login = { email: 'revision@example.org', password: 'correct horse battery staple' };
    await database()
      .knex('users')
      .insert({
        email: login.email,
        name: 'Revision',
        role: 'auditor',
        password_hash: await hashPassword(login.password),
        created_at: 0,
      });
    const auditor = await signedIn(server.url, login);
    expect((await auditor.get('/admin/tidying')).status).to.equal(200);
    expect((await auditor.post('/admin/tidying', {})).status).to.equal(403);
  });
});

import { expect } from 'chai';
import { keptUntil } from '../../../../src/core/books/retention.ts';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { fixedClock } from '../../../../src/platform/process/clock.ts';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { createVisitor, signedIn, type Visitor } from '../../../support/pages.ts';
import { openShop, orderInShop } from '../../../support/shop.ts';

const PATH = '/admin/person-data';
const PETRA = 'petra@example.org';

describeOnBothDatabases('one person’s data', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let admin: Visitor;
  const day = '2026-01-05';
  const clock = fixedClock(`${day}T10:00:00Z`);
  const orders: string[] = [];

  before(async () => {
    server = await startTestServer({ database: database(), clock });
    api = apiClient(server.url);
    admin = await signedIn(server.url);
    await openShop(database());
    for (const quantity of ['1', '2']) {
      await orderInShop(createVisitor(server.url), { quantity });
      orders.push(String((await database().knex('orders').orderBy('id', 'desc').first<{ id: number }>('id')).id));
    }
    await orderInShop(createVisitor(server.url), { buyerEmail: 'otto@example.org', buyerName: 'Otto Anders' });
    await admin.post('/admin/orders/settlement', {
      ids: [orders[0] ?? ''],
      paidOn: day,
      method: 'bank_transfer',
      query: '',
    });
    const create = (body: object) =>
      api.post('/vouchers', { type: 'purchase', title: 'Kauf', value: { originalValue: 5000 }, paidAt: day, ...body });
    expect((await create({ code: 'GESCHENK-1', recipient: { name: 'Petra', email: PETRA } })).status).to.equal(201);
    expect((await create({ code: 'FREMD-1', recipient: { name: 'Otto', email: 'otto@example.org' } })).status).to.equal(
      201,
    );
    const redeemed = await api.post('/redemptions', {
      booking: bookingOf(1000, { customer: { id: null, email: PETRA } }),
      codes: ['GESCHENK-1'],
      bookingNumber: 'B-1',
    });
    expect(redeemed.status, JSON.stringify(redeemed.body)).to.equal(201);
  });
  after(() => server.close());

  const buyers = () =>
    database()
      .knex('order_people')
      .orderBy('order_id')
      .select<Record<string, string | null>[]>('buyer_name', 'buyer_email', 'recipient_name', 'message');
  const recipients = () =>
    database()
      .knex('voucher_recipients as p')
      .join('vouchers as v', 'v.id', 'p.voucher_id')
      .whereIn('v.code', ['GESCHENK-1', 'FREMD-1'])
      .orderBy('v.id')
      .pluck<string[]>('p.email');

  it('is found by the mail address, with what would go and what has to stay', async () => {
    const page = await admin.post(PATH, { email: ` ${PETRA} ` });
    expect(page.status).to.equal(200);
    expect(page.html)
      .to.contain('Bestellungen')
      .and.contain('Empfänger von Gutscheinen')
      .and.contain('Einlösungen')
      .and.contain('noch nicht erledigt')
      .and.contain('31.12.2034');
    expect((await admin.post(PATH, { email: 'niemand@example.org' })).html).to.contain('Nichts gespeichert');
  });

  it('is handed out as a file with nothing of anybody else', async () => {
    const answer = await admin.post(`${PATH}/export`, { email: PETRA });
    expect(answer.headers.get('content-disposition')).to.contain('personendaten-2026-01-05.json');
    const data = JSON.parse(answer.html) as {
      orders: { number: string; people: Record<string, string> }[];
      recipients: { email: string }[];
      redemptions: { bookingNumber: string }[];
    };
    expect(data.orders.map(({ people }) => people['buyer_name'])).to.deep.equal(['Petra Muster', 'Petra Muster']);
    expect(data.recipients.map(({ email }) => email)).to.deep.equal([PETRA]);
    expect(data.redemptions.map(({ bookingNumber }) => bookingNumber)).to.deep.equal(['B-1']);
    expect(answer.html).to.not.contain('otto');
  });

  it('is deleted where it may be: what is open, paid or redeemed keeps what the books need', async () => {
    const answer = await admin.post(`${PATH}/deletions`, { email: PETRA });
    expect(answer.location).to.equal(PATH);
    expect((await admin.get(PATH)).html).to.contain('gelöscht');
    const [paid, open, other] = await buyers();
    expect(paid).to.include({ buyer_name: 'Petra Muster', buyer_email: null, message: null });
    expect(open).to.include({ buyer_name: 'Petra Muster', buyer_email: PETRA });
    expect(other).to.include({ buyer_name: 'Otto Anders', buyer_email: 'otto@example.org' });
    expect(await recipients()).to.deep.equal(['otto@example.org']);
    expect(
      (await database().knex('redemptions').first<{ customer_email: string }>('customer_email')).customer_email,
    ).to.equal(PETRA);
    expect((await verifyBooks(database().knex, clock.now())).problem).to.equal(null);
  });

  it('is named in the log by a checksum alone', async () => {
    const entries = await database()
      .knex('audit_log')
      .whereIn('action', ['person.forget', 'person.export'])
      .select<{ entity_id: string; changes: string }[]>('entity_id', 'changes');
    expect(entries).to.have.lengthOf(2);
    expect(new Set(entries.map(({ entity_id }) => entity_id)).size).to.equal(1);
    expect(JSON.stringify(entries)).to.not.contain('petra');
  });

  it('keeps what was typed when it is no address, and is for administrators alone', async () => {
    const wrong = await admin.post(PATH, { email: 'petra"<b>' });
    expect(wrong.status).to.equal(422);
    expect(wrong.html).to.contain('petra&quot;&lt;b&gt;').and.contain('vollständige E-Mail-Adresse');
    const password = 'correct horse battery staple';
    await database()
      .knex('users')
      .insert({
        email: 'agent@example.org',
        name: 'Agentin',
        role: 'agent',
        password_hash: await hashPassword(password),
        created_at: 0,
      });
    const agent = await signedIn(server.url, { email: 'agent@example.org', password });
    for (const path of [PATH, `${PATH}/export`, `${PATH}/deletions`])
      expect((await agent.post(path, { email: PETRA })).status).to.equal(403);
  });

  it('stays for as long as the law of the country wants, counted from the end of the year', () => {
    expect([
      keptUntil('document', '2026-05-04', 'DE'),
      keptUntil('letter', '2026-05-04', 'DE'),
      keptUntil('document', '2026-12-31', 'AT'),
      keptUntil('letter', '2026-01-01', 'CH'),
    ]).to.deep.equal(['2034-12-31', '2032-12-31', '2033-12-31', '2036-12-31']);
  });
});

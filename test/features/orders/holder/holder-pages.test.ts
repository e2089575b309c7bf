import { expect } from 'chai';
import { apiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { createVisitor, signedIn } from '../../../support/pages.ts';
import { PRINTING } from '../../../support/pdf.ts';
import { openShop, orderInShop } from '../../../support/shop.ts';

describeOnBothDatabases('the holder’s page', (database) => {
  let server: TestServer;
  let code: string;
  let pin = '';
  const today = new Intl.DateTimeFormat('de-DE', { dateStyle: 'medium', timeZone: 'Europe/Berlin' }).format(new Date());

  before(async () => {
    server = await startTestServer({ database: database(), env: PRINTING });
    await openShop(database());
    const agent = await signedIn(server.url);
    await orderInShop(createVisitor(server.url), { quantity: '1' });
    await agent.post('/admin/orders/1/settlement', { paidOn: today, method: 'bank_transfer' });
    code = (await database().knex('vouchers').orderBy('id', 'desc').first<{ code: string }>('code')).code;
    for (let tries = 0; pin === '' && tries < 100; tries++) {
      const mail = await database()
        .knex('mails')
        .where({ event: 'order_fulfilled' })
        .first<{ body: string } | undefined>('body');
      if (mail === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
      else pin = /PIN (\d{6})/.exec(mail.body)?.[1] ?? '';
    }
  });
  after(() => server.close());

  it('shows the rest with the code alone, however it is typed', async () => {
    const visitor = createVisitor(server.url);
    await visitor.get('/v');
    expect((await visitor.post('/v', { code: code.toLowerCase().replaceAll('-', ' '), pin: '' })).location).to.equal(
      '/v/voucher',
    );
    const { html } = await visitor.get('/v/voucher');
    expect(html)
      .to.contain('100,00')
      .and.contain('31.12.')
      .and.contain('mit der PIN')
      .and.not.contain('Gutschein gekauft');
    expect(html).not.to.contain(code);
    expect((await visitor.get('/v/voucher/pdf')).location).to.equal('/v');
  });

  it('shows the history and gives the PDF again with the PIN', async () => {
    const visitor = createVisitor(server.url);
    await visitor.get('/v');
    await visitor.post('/v', { code, pin });
    await database().knex('vouchers').where({ code }).update({ note: 'Nur für uns' });
    expect((await visitor.get('/v/voucher')).html)
      .to.contain('Gutschein gekauft')
      .and.contain(code)
      .and.not.contain('Nur für uns');
    const pdf = await visitor.get('/v/voucher/pdf');
    expect([pdf.status, pdf.headers.get('content-type'), pdf.html.slice(0, 5)]).to.deep.equal([
      200,
      'application/pdf',
      '%PDF-',
    ]);
    await visitor.post('/v/close', {});
    expect((await visitor.get('/v/voucher')).location).to.equal('/v');
  }).timeout(30_000);

  it('keeps no PIN in the database that could be read', async () => {
    const [row] = await database().knex('voucher_pins').select('pin_hash');
    expect(row.pin_hash).to.match(/^\$argon2id\$/);
  });

  const mailed = async (event: string): Promise<{ recipient: string; body: string }[]> =>
    database()
      .knex('mails')
      .where({ event })
      .orderBy('id')
      .select<{ recipient: string; body: string }[]>('recipient', 'body');

  it('knows the PIN of a voucher that an agent mailed, and only the first mail carries it', async () => {
    const made = await apiClient(server.url).post('/vouchers', {
      type: 'purchase',
      title: 'Gemailt',
      code: 'PIN-OHNE-ORDER',
      paidAt: '2026-01-02',
      value: { originalValue: 5000 },
      recipient: { email: 'anna@example.org', name: 'Anna' },
    });
    const path = `/admin/vouchers/${made.body.id}/document`;
    const agent = await signedIn(server.url);
    await agent.get(path);
    for (const once of ['a', 'b']) expect((await agent.post(`${path}/mail`, { to: '', once })).status).to.equal(303);
    const [first, second] = await mailed('voucher_mail');
    const own = /PIN für die Guthabenseite: (\d{6})/.exec(first?.body ?? '')?.[1] ?? '';
    expect(own).to.match(/^\d{6}$/);
    expect(second?.body).to.contain('PIN-OHNE-ORDER'.replaceAll('-', '').slice(0, 4)).and.not.contain('PIN für die');
    const holder = createVisitor(server.url);
    await holder.get('/v');
    expect((await holder.post('/v', { code: 'PIN-OHNE-ORDER', pin: own })).location).to.equal('/v/voucher');
    expect((await holder.get('/v/voucher')).html).to.contain('Verlauf');
    const masked = await database()
      .knex('mails')
      .where({ event: 'voucher_mail' })
      .first<{ secrets: string }>('secrets');
    expect(JSON.parse(masked.secrets)).to.include(own);
  });

  it('sends a new PIN to the known address alone, and says the same of every code', async () => {
    const holder = createVisitor(server.url);
    await holder.get('/v');
    for (const lost of [code, 'GIBTS-NICHT-99']) {
      expect((await holder.post('/v/pin', { code: lost })).location).to.equal('/v');
      expect((await holder.get('/v')).html).to.contain('ist die neue PIN unterwegs');
    }
    const [mail, ...others] = await mailed('voucher_pin');
    expect([mail?.recipient, others]).to.deep.equal(['petra@example.org', []]);
    const renewed = /ist (\d{6})\./.exec(mail?.body ?? '')?.[1] ?? '';
    expect((await holder.post('/v', { code, pin })).status).to.equal(422);
    expect((await holder.post('/v', { code, pin: renewed })).location).to.equal('/v/voucher');
    pin = renewed;
    for (let time = 0; time < 4; time++) await holder.post('/v/pin', { code });
    expect(await mailed('voucher_pin')).to.have.length(3);
    pin = /ist (\d{6})\./.exec((await mailed('voucher_pin')).at(-1)?.body ?? '')?.[1] ?? '';
    const empty = await holder.post('/v/pin', { code: ' ' });
    expect(empty.status).to.equal(422);
    expect(empty.html).to.contain('Bitte geben Sie den Code des Gutscheins ein.');
  });

  it('lets an agent mail a new PIN, or says that no address is known', async () => {
    const agent = await signedIn(server.url);
    const lone = await apiClient(server.url).post('/vouchers', {
      type: 'purchase',
      title: 'Ohne Adresse',
      code: 'PIN-OHNE-ADRESSE',
      paidAt: '2026-01-02',
      value: { originalValue: 5000 },
    });
    await agent.get(`/admin/vouchers/${lone.body.id}/document`);
    await agent.post(`/admin/vouchers/${lone.body.id}/pin`, {});
    expect((await agent.get(`/admin/vouchers/${lone.body.id}/document`)).html).to.contain('keine Mail-Adresse bekannt');
    const known = await database()
      .knex('vouchers')
      .where({ code: 'PIN-OHNE-ORDER' })
      .first<{ id: number | string }>('id');
    await agent.post(`/admin/vouchers/${known.id}/pin`, {});
    expect((await agent.get(`/admin/vouchers/${known.id}/document`)).html).to.contain('anna@example.org');
    expect((await mailed('voucher_pin')).at(-1)?.recipient).to.equal('anna@example.org');
    expect(await database().knex('audit_log').where({ action: 'voucher.new_pin' })).to.have.length(4);
  });

  it('says the same of a wrong code and a wrong PIN, and slows guessing down', async () => {
    const visitor = createVisitor(server.url);
    await visitor.get('/v');
    const wrong = pin === '000000' ? '111111' : '000000';
    const answers = [
      await visitor.post('/v', { code, pin: wrong }),
      await visitor.post('/v', { code: 'GIBTS-NICHT', pin }),
      await visitor.post('/v', { code: 'GIBTS-NICHT', pin: '' }),
    ];
    for (const { status, html } of answers)
      expect([status, html.includes('Mit diesen Angaben finden wir keinen Gutschein')]).to.deep.equal([422, true]);
    const statuses: number[] = [];
    for (let tries = 0; tries < 10; tries++) statuses.push((await visitor.post('/v', { code, pin: wrong })).status);
    expect(statuses.at(-1)).to.equal(429);
  });
});

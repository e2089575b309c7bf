import { expect } from 'chai';
import { describeOnBothDatabases } from '../support/databases.ts';
import { startTestServer, type TestServer } from '../support/http.ts';
import { createVisitor, signedIn } from '../support/pages.ts';
import { openShop, orderInShop } from '../support/shop.ts';

describeOnBothDatabases('the holder’s page', (database) => {
  let server: TestServer;
  let code: string;
  let pin = '';
  const today = new Intl.DateTimeFormat('de-DE', { dateStyle: 'medium', timeZone: 'Europe/Berlin' }).format(new Date());

  before(async () => {
    server = await startTestServer({ database: database() });
    await openShop(database());
    const agent = await signedIn(server.url);
    await orderInShop(createVisitor(server.url), { quantity: '1' });
    await agent.post('/admin/orders/1/settlement', { paidOn: today, method: 'bank_transfer' });
    code = (await database().knex('vouchers').orderBy('id', 'desc').first<{ code: string }>('code')).code;
    for (let tries = 0; pin === '' && tries < 100; tries++) {
      const mail = await database().knex('mails').where({ event: 'order_fulfilled' }).first<{ body: string } | undefined>('body');
      if (mail === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
      else pin = /PIN (\d{6})/.exec(mail.body)?.[1] ?? '';
    }
  });
  after(() => server.close());

  it('shows the rest with the code alone, however it is typed', async () => {
    const visitor = createVisitor(server.url);
    await visitor.get('/v');
    expect((await visitor.post('/v', { code: code.toLowerCase().replaceAll('-', ' '), pin: '' })).location).to.equal('/v/voucher');
    const { html } = await visitor.get('/v/voucher');
    expect(html).to.contain('100,00').and.contain('31.12.').and.contain('mit der PIN').and.not.contain('Gutschein gekauft');
    expect(html).not.to.contain(code);
    expect((await visitor.get('/v/voucher/pdf')).location).to.equal('/v');
  });

  it('shows the history and gives the PDF again with the PIN', async () => {
    const visitor = createVisitor(server.url);
    await visitor.get('/v');
    await visitor.post('/v', { code, pin });
    expect((await visitor.get('/v/voucher')).html).to.contain('Gutschein gekauft').and.contain(code);
    const pdf = await visitor.get('/v/voucher/pdf');
    expect([pdf.status, pdf.headers.get('content-type'), pdf.html.slice(0, 5)]).to.deep.equal([200, 'application/pdf', '%PDF-']);
    await visitor.post('/v/close', {});
    expect((await visitor.get('/v/voucher')).location).to.equal('/v');
  }).timeout(30_000);

  it('keeps no PIN in the database that could be read', async () => {
    const [row] = await database().knex('voucher_pins').select('pin_hash');
    expect(row.pin_hash).to.match(/^\$argon2id\$/);
  });

  it('says the same of a wrong code and a wrong PIN, and slows guessing down', async () => {
    const visitor = createVisitor(server.url);
    await visitor.get('/v');
    const wrong = pin === '000000' ? '111111' : '000000';
    const answers = [await visitor.post('/v', { code, pin: wrong }), await visitor.post('/v', { code: 'GIBTS-NICHT', pin }), await visitor.post('/v', { code: 'GIBTS-NICHT', pin: '' })];
    for (const { status, html } of answers) expect([status, html.includes('Mit diesen Angaben finden wir keinen Gutschein')]).to.deep.equal([422, true]);
    const statuses: number[] = [];
    for (let tries = 0; tries < 10; tries++) statuses.push((await visitor.post('/v', { code, pin: wrong })).status);
    expect(statuses.at(-1)).to.equal(429);
  });
});

import { expect } from 'chai';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { createVisitor, signedIn } from '../../../support/pages.ts';
import { openShop, orderInShop, WANTED } from '../../../support/shop.ts';

describeOnBothDatabases('the voucher shop', (database) => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());
  beforeEach(() => openShop(database()));

  const submitKeyOf = (html: string): string => /name="submitKey" value="([^"]+)"/.exec(html)?.[1] ?? '';

  it('takes an order in after a page to check it, and tells how to pay without a code', async () => {
    const visitor = createVisitor(server.url);
    const form = await visitor.get('/shop');
    expect(form.status).to.equal(200);
    const wanted = { ...WANTED, submitKey: submitKeyOf(form.html) };
    const review = await visitor.post('/shop', { ...wanted, step: 'review' });
    expect(review.status).to.equal(200);
    expect(review.html).to.contain('Zahlungspflichtig bestellen').and.contain('200,00');
    expect(await database().knex('orders').count({ n: '*' }).first()).to.deep.equal({ n: 0 });
    const placed = await visitor.post('/shop', { ...wanted, step: 'order' });
    expect(placed.status).to.equal(303);
    const page = await visitor.get(placed.location ?? '');
    expect(page.html)
      .to.match(/B-\d{4}-000001/)
      .and.contain('DE89 3704 0044 0532 0130 00')
      .and.contain('data:image/svg+xml');
    expect(await database().knex('orders').first()).to.include({
      state: 'ordered',
      amount: 10_000,
      quantity: 2,
      total: 20_000,
      paid: 0,
      motif_id: null,
    });
    expect(await database().knex('vouchers').first()).to.equal(undefined);
  });

  it('makes one order of a form that is sent twice, also at the same time', async () => {
    const visitor = createVisitor(server.url);
    const wanted = {
      ...WANTED,
      submitKey: submitKeyOf((await visitor.get('/shop')).html),
      buyerEmail: 'doppelt@example.org',
      step: 'order',
    };
    const answers = await Promise.all([
      visitor.post('/shop', wanted),
      visitor.post('/shop', wanted),
      visitor.post('/shop', wanted),
    ]);
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 303, 303]);
    const orders = await database()
      .knex('order_people')
      .where({ buyer_email: 'doppelt@example.org' })
      .select('order_id');
    expect(orders).to.have.lengthOf(1);
    for (const { location } of answers) expect((await visitor.get(location ?? '')).status).to.equal(200);
  });

  it('keeps the link secret: its token is nowhere in the database, and a guess finds nothing', async () => {
    const visitor = createVisitor(server.url);
    const token = (await orderInShop(visitor)).split('/').at(-1) ?? '';
    const links = await database().knex('order_links').select('token_hash');
    expect(links.some((row: { token_hash: string }) => row.token_hash === token)).to.equal(false);
    expect((await visitor.get(`/order/${'a'.repeat(43)}`)).status).to.equal(404);
    expect((await visitor.get('/order/1')).status).to.equal(404);
  });

  for (const [what, change, sentence] of [
    ['an amount below the limit', { amountChoice: 'free', freeAmount: '9,99' }, 'muss zwischen'],
    ['an amount above the limit', { amountChoice: 'free', freeAmount: '1.000,01' }, 'muss zwischen'],
    ['an amount that is no number', { amountChoice: 'free', freeAmount: 'viel' }, 'als Zahl'],
    ['an amount nobody offers', { amountChoice: '1' }, 'wählen Sie einen Wert'],
    ['more vouchers than allowed', { quantity: '11' }, 'von 1 bis 10'],
    ['no voucher', { quantity: '0' }, 'von 1 bis 10'],
    ['a recipient without an address', { delivery: 'recipient', recipientEmail: 'oma' }, 'der beschenkten Person ein'],
    [
      'a day of delivery in the past',
      { delivery: 'recipient', recipientEmail: 'oma@example.org', when: 'date', deliverOn: '01.01.2020' },
      'geben Sie einen Tag von',
    ],
    ['two addresses in one field', { buyerEmail: 'a@example.org,b@example.org' }, 'Ihre E-Mail-Adresse ein'],
    ['nobody’s name', { buyerName: '' }, 'Vor- und Nachnamen'],
    ['terms not agreed to', { terms: '' }, 'stimmen Sie den Gutscheinbedingungen'],
  ] as const) {
    it(`refuses ${what} in a sentence and keeps what was typed`, async () => {
      const visitor = createVisitor(server.url);
      const submitKey = submitKeyOf((await visitor.get('/shop')).html);
      const answer = await visitor.post('/shop', {
        ...WANTED,
        message: 'Bleibt <stehen>',
        ...change,
        submitKey,
        step: 'order',
      });
      expect(answer.status).to.equal(422);
      expect(answer.html).to.contain(sentence).and.contain('Bleibt &lt;stehen&gt;');
    });
  }

  it('never calls an order done whose form came with other details before, and offers a further one', async () => {
    const visitor = createVisitor(server.url);
    const submitKey = submitKeyOf((await visitor.get('/shop')).html);
    const wanted = { ...WANTED, submitKey, buyerEmail: 'anders@example.org', step: 'order' };
    expect((await visitor.post('/shop', wanted)).status).to.equal(303);
    const changed = { ...wanted, buyerName: 'Jemand Anderes' };
    const refused = await visitor.post('/shop', changed);
    expect(refused.status).to.equal(409);
    expect(refused.html).to.match(/schon abgesendet, mit anderen Angaben: Sie hat die Nummer B-\d{4}-\d+/);
    expect(refused.html).to.contain('value="Jemand Anderes"');
    const countOf = async (): Promise<number> =>
      (await database().knex('order_people').where({ buyer_email: 'anders@example.org' })).length;
    expect(await countOf()).to.equal(1);
    const again = { ...changed, submitKey: submitKeyOf(refused.html) };
    expect((await visitor.post('/shop', again)).status).to.equal(303);
    expect(await countOf()).to.equal(2);
  });

  it('reads a free amount the German way, and delivers on a day', async () => {
    const visitor = createVisitor(server.url);
    const year = new Date().getFullYear() + 1;
    await orderInShop(visitor, {
      amountChoice: 'free',
      freeAmount: '175,50',
      quantity: '1',
      delivery: 'recipient',
      recipientEmail: 'oma@example.org',
      when: 'date',
      deliverOn: `02.01.${year}`,
    });
    expect(await database().knex('orders').orderBy('id', 'desc').first()).to.include({
      amount: 17_550,
      delivery: 'recipient',
      deliver_on: `${year}-01-02`,
    });
  });

  it('needs the token of its form', async () => {
    const visitor = createVisitor(server.url);
    await visitor.get('/shop');
    expect((await visitor.post('/shop', { ...WANTED, _csrf: 'made-up', step: 'order' })).status).to.equal(403);
  });

  it('is closed until somebody opens it, and knows no brand that is not there', async () => {
    const visitor = createVisitor(server.url);
    expect((await visitor.get('/shop/gibtsnicht')).status).to.equal(404);
    await openShop(database(), { isOpen: false });
    const closed = await visitor.get('/shop');
    expect([closed.status, closed.html.includes('macht gerade Pause')]).to.deep.equal([503, true]);
  });

  it('shows its terms', async () => {
    const { html } = await createVisitor(server.url).get('/shop/-/terms');
    expect(html).to.contain('<p>Erstens.</p>').and.contain('<p>Zweitens.</p>');
  });

  it('slows down an address that orders without end', async () => {
    const visitor = createVisitor(server.url);
    await visitor.get('/shop');
    const statuses: number[] = [];
    for (let index = 0; index < 22; index++) {
      const submitKey = `${index}`.padStart(40, 'x');
      statuses.push((await visitor.post('/shop', { ...WANTED, submitKey, step: 'order' })).status);
    }
    expect(statuses).to.include(429);
  });
});

describeOnBothDatabases('the settings of the shop', (database) => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());

  const typed = {
    isOpen: 'true',
    amounts: '150; 50 ;75,50',
    allowsFreeAmount: 'true',
    minAmount: '10,00',
    maxAmount: '1.000,00',
    maxQuantity: '5',
    validYears: '',
    paymentDays: '7',
    accountHolder: 'Nordlicht',
    iban: 'de89 3704 0044 0532 0130 00',
    bic: 'cobadeffxxx',
    bankName: '',
    companyName: 'Nordlicht',
    companyAddress: '',
    contactEmail: '',
    contactPhone: '',
    notifyEmail: 'agentur@example.org',
    imprintUrl: 'https://example.org/impressum',
    privacyUrl: '',
    terms: 'Gilt überall.',
  };

  it('open it with what was saved', async () => {
    const admin = await signedIn(server.url);
    expect((await admin.post('/admin/settings/shop', typed)).status).to.equal(303);
    const { html } = await createVisitor(server.url).get('/shop');
    expect(html)
      .to.contain('75,50')
      .and.contain('Höchstens 5 je Bestellung')
      .and.contain('Unbegrenzt gültig')
      .and.contain('https://example.org/impressum');
  });

  for (const [path, value, sentence] of [
    ['iban', 'DE89370400440532013001', 'Diese IBAN stimmt nicht'],
    ['iban', '', 'braucht die IBAN'],
    ['amounts', '50, hundert', 'höchstens zwölf Beträge'],
    ['maxAmount', '5', 'unter dem kleinsten'],
    ['imprintUrl', 'javascript:alert(1)', 'die mit https:// beginnt'],
    ['notifyEmail', 'agentur', 'eine E-Mail-Adresse'],
    ['terms', '', 'braucht Gutscheinbedingungen'],
  ] as const) {
    it(`refuse ${path} as "${value}" in a sentence`, async () => {
      const admin = await signedIn(server.url);
      const answer = await admin.post('/admin/settings/shop', { ...typed, [path]: value });
      expect([answer.status, answer.html.includes(sentence)]).to.deep.equal([422, true]);
    });
  }
});

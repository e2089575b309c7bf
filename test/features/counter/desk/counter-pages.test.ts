import { expect } from 'chai';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';
import { PRINTING } from '../../../support/pdf.ts';
import { openShop } from '../../../support/shop.ts';

describeOnBothDatabases('the counter', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let agent: Visitor;

  before(async () => {
    server = await startTestServer({ database: database(), env: PRINTING });
    api = apiClient(server.url);
    await openShop(database());
    agent = await signedIn(server.url);
    await agent.get('/admin/counter');
  });
  after(() => server.close());
  afterEach(async () => {
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
    for (const shift of (await database().knex('till_shifts').select()) as {
      id: number;
      opening_cash: number | string;
      cash: number | string;
    }[]) {
      const entries = (await database().knex('till_entries').where({ shift_id: shift.id }).select('cash')) as {
        cash: number | string;
      }[];
      const inDrawer = entries.reduce((sum, { cash }) => sum + Number(cash), Number(shift.opening_cash));
      expect(Number(shift.cash)).to.equal(inDrawer);
    }
  });

  async function scanned(value = 10_000, more: object = {}): Promise<{ id: string; path: string }> {
    const { body } = await api.post('/vouchers', {
      type: 'purchase',
      title: 'Am Schalter',
      paidAt: '2026-01-02',
      value: { originalValue: value },
      ...more,
    });
    const answer = await agent.post('/admin/counter/find', { code: (body.code as string).toLowerCase() });
    return { id: body.id as string, path: answer.location ?? '' };
  }
  const balanceOf = async (id: string): Promise<number> =>
    Number((await database().knex('vouchers').where({ id }).first<{ balance: number | string }>('balance')).balance);
  const lastEntry = () => database().knex('till_entries').orderBy('id', 'desc').first();
  let bookings = 0;
  const redemption = (change: Readonly<Record<string, string>> = {}) => ({
    price: '60,00',
    bookingNumber: `R-${++bookings}`,
    atMost: '',
    by: 'cash',
    cash: '',
    card: '',
    transfer: '',
    entryKey: `key-${Math.random()}`,
    ...change,
  });

  it('needs an open till, one per person', async () => {
    const { path } = await scanned();
    expect((await agent.get(path)).html)
      .to.contain('brauchen Sie eine geöffnete Kasse')
      .and.contain('100,00');
    expect((await agent.post(`${path}/redemption`, redemption())).location).to.equal('/admin/counter');
    expect((await agent.post('/admin/counter/shifts', { till: 'Kasse 1', openingCash: '200,00' })).status).to.equal(
      303,
    );
    expect((await agent.post('/admin/counter/shifts', { till: 'Kasse 2', openingCash: '0' })).status).to.equal(422);
  });

  it('redeems a part: the voucher pays what it can, the rest is taken in money', async () => {
    const { id, path } = await scanned();
    await agent.post(`${path}/redemption`, redemption({ price: '60,00' }));
    expect(await balanceOf(id)).to.equal(4000);
    await agent.post(`${path}/redemption`, redemption({ price: '100,00', by: 'card' }));
    expect(await balanceOf(id)).to.equal(0);
    expect(await lastEntry()).to.include({ event: 'redemption', booking_number: `R-${bookings}` });
    const entry = await lastEntry();
    expect([entry.price, entry.voucher_amount, entry.cash, entry.card].map(Number)).to.deep.equal([
      10_000, 4000, 0, 6000,
    ]);
    expect(entry.business_types).to.equal('["MehrzweckgutscheinEinloesung","Forderungsaufloesung"]');
    expect((await agent.get(path)).html)
      .to.contain('60,00')
      .and.contain('bleiben 0,00');
  });

  it('takes a limit and a mixed payment, and says what is missing', async () => {
    const { id, path } = await scanned();
    const short = await agent.post(
      `${path}/redemption`,
      redemption({ price: '80', atMost: '30', by: 'mixed', cash: '20', card: '25' }),
    );
    expect([short.status, short.html.includes('es fehlen noch 5,00')]).to.deep.equal([422, true]);
    expect(await balanceOf(id)).to.equal(10_000);
    await agent.post(
      `${path}/redemption`,
      redemption({ price: '80', atMost: '30', by: 'mixed', cash: '20', card: '25', transfer: '5' }),
    );
    expect(await balanceOf(id)).to.equal(7000);
  });

  it('takes a form once, however often it is sent', async () => {
    const { id, path } = await scanned();
    const form = redemption({ price: '10', entryKey: 'once-and-only-once' });
    await Promise.all([
      agent.post(`${path}/redemption`, form),
      agent.post(`${path}/redemption`, form),
      agent.post(`${path}/redemption`, form),
    ]);
    expect(await balanceOf(id)).to.equal(9000);
    expect(await database().knex('till_entries').where({ entry_key: 'once-and-only-once' })).to.have.lengthOf(1);
  });

  it('says why a voucher does not hold, and redeems nothing that was not scanned', async () => {
    const { id, path } = await scanned();
    await api.post(`/vouchers/${id}/deactivate`, { reason: 'verloren' });
    const refused = await agent.post(`${path}/redemption`, redemption());
    expect(refused.status).to.equal(422);
    const other = await api.post('/vouchers', {
      type: 'purchase',
      title: 'Fremd',
      paidAt: '2026-01-02',
      value: { originalValue: 5000 },
    });
    expect((await agent.get(`/admin/counter/vouchers/${other.body.id as string}`)).location).to.equal('/admin/counter');
    expect(
      (await agent.post(`/admin/counter/vouchers/${other.body.id as string}/redemption`, redemption())).location,
    ).to.equal('/admin/counter');
    await agent.post('/admin/counter/find', { code: 'GIBTS-NICHT' });
    expect((await agent.get('/admin/counter')).html).to.contain('Diesen Code gibt es nicht');
  });

  it('tops up and books by tender', async () => {
    const { id, path } = await scanned();
    await agent.post(`${path}/topup`, {
      amount: '50',
      by: 'mixed',
      cash: '20',
      card: '30',
      transfer: '',
      entryKey: 'top-up-1',
    });
    expect(await balanceOf(id)).to.equal(15_000);
    const entries = await database()
      .knex('ledger_entries')
      .where({ voucher_id: id, event: 'top_up' })
      .orderBy('id')
      .select('debit_role', 'cents');
    expect(
      entries.map((row: { debit_role: string; cents: number | string }) => [row.debit_role, Number(row.cents)]),
    ).to.deep.equal([
      ['CASH', 2000],
      ['TRANSIT', 3000],
    ]);
  });

  it('takes no money for goodwill, which nobody owes: nothing comes into the drawer or the books', async () => {
    const { id, path } = await scanned(1000, { type: 'settlement', funding: 'goodwill' });
    expect((await agent.get(path)).html).not.to.contain(`${path}/topup`);
    const before = await lastEntry();
    const sent = { amount: '50', by: 'cash', cash: '', card: '', transfer: '', entryKey: 'top-up-goodwill' };
    expect((await agent.post(`${path}/topup`, sent)).location).to.equal(path);
    expect((await agent.get(path)).html).to.contain('Verkaufen Sie für den Betrag einen eigenen Gutschein');
    expect([await balanceOf(id), await lastEntry()]).to.deep.equal([1000, before]);
    expect(await database().knex('ledger_entries').where({ voucher_id: id })).to.have.length(1);
  });

  it('sells vouchers to print, once per form, without a mail that asks for money', async () => {
    const sale = {
      amount: '75',
      quantity: '2',
      recipientName: 'Oma',
      message: '',
      email: '',
      motif: '',
      by: 'cash',
      cash: '',
      card: '',
      transfer: '',
      entryKey: 'sale-1',
    };
    const answer = await agent.post('/admin/counter/sale', sale);
    expect(answer.location).to.match(/^\/admin\/counter\/sold\/\d+$/);
    const sold = await agent.get(answer.location ?? '');
    expect(sold.html)
      .to.contain('2 Gutscheine verkauft')
      .and.match(/PIN für die Guthabenseite: \d{6}/);
    expect((await agent.post('/admin/counter/sale', sale)).location).to.equal(answer.location);
    expect(await database().knex('orders').where({ origin: 'counter' })).to.have.lengthOf(1);
    expect(await database().knex('orders').where({ origin: 'counter' }).first()).to.include({ state: 'fulfilled' });
    expect(await database().knex('mails').where({ event: 'order_placed' })).to.deep.equal([]);
    const pdf = /href="([^"]+\/pdf)"/.exec(sold.html)?.[1] ?? '';
    expect((await agent.get(pdf)).headers.get('content-type')).to.equal('application/pdf');
  }).timeout(30_000);

  it('keeps a journal and closes with what was counted', async () => {
    const { id } = await database().knex('till_shifts').orderBy('id', 'desc').first<{ id: number }>('id');
    const path = `/admin/counter/shifts/${id}`;
    await agent.post(`${path}/cash`, { amount: '100', direction: 'out', note: 'zur Bank', entryKey: 'out-1' });
    await agent.post(`${path}/cash`, { amount: '100', direction: 'out', note: 'zur Bank', entryKey: 'out-1' });
    const journal = await agent.get(path);
    expect(journal.html).to.contain('MehrzweckgutscheinKauf').and.contain('zur Bank').and.contain('-100,00');
    const cash = Number(
      (await database().knex('till_shifts').where({ id }).first<{ cash: number | string }>('cash')).cash,
    );
    await agent.post(`${path}/closing`, { counted: ((cash - 500) / 100).toFixed(2), note: 'verzählt' });
    expect((await agent.get(path)).html)
      .to.contain('Differenz')
      .and.contain('-5,00')
      .and.contain('verzählt');
    await agent.post(`${path}/cash`, { amount: '1', direction: 'in', note: 'spät', entryKey: 'late' });
    expect((await agent.get(path)).html).to.contain('inzwischen geschlossen');
    expect(await database().knex('till_entries').where({ entry_key: 'late' })).to.deep.equal([]);
    expect((await agent.get('/admin/counter/shifts')).html).to.contain('Kasse 1');
  });
});

import { expect } from 'chai';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Answer, type Visitor } from '../../../support/pages.ts';

describeOnBothDatabases('redeeming at the till', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let agent: Visitor;
  let keys = 0;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    agent = await signedIn(server.url);
    await agent.post('/admin/counter/shifts', { till: 'Kasse 1', openingCash: '0' });
  });
  after(async () => {
    const shift = (await database().knex('till_shifts').first()) as { cash: number | string };
    const entries = (await database().knex('till_entries').select('cash')) as { cash: number | string }[];
    expect(Number(shift.cash)).to.equal(entries.reduce((sum, { cash }) => sum + Number(cash), 0));
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
    await server.close();
  });

  interface Scanned {
    readonly path: string;
    readonly code: string;
    balance(): Promise<number>;
  }

  async function scanned(body: object = {}): Promise<Scanned> {
    const gift = { type: 'purchase', title: 'Am Schalter', paidAt: '2026-01-02', value: { originalValue: 10_000 } };
    const { id, code } = (await api.post('/vouchers', { ...gift, ...body })).body as { id: string; code: string };
    const found = await agent.post('/admin/counter/find', { code });
    const balance = async (): Promise<number> => (await api.get(`/vouchers/${id}`)).body.balance as number;
    return { path: `${found.location ?? ''}/redemption`, code, balance };
  }

  const redeem = (path: string, fields: Readonly<Record<string, string>>): Promise<Answer> =>
    agent.post(path, {
      price: '60,00',
      atMost: '',
      by: 'cash',
      cash: '',
      card: '',
      transfer: '',
      entryKey: `r-${++keys}`,
      ...fields,
    });
  const entries = async (bookingNumber: string): Promise<number> =>
    (await database().knex('till_entries').where({ booking_number: bookingNumber })).length;

  it('shows what was redeemed for the number before, and asks', async () => {
    const [first, second] = [await scanned(), await scanned()];
    await redeem(first.path, { bookingNumber: 'S-1' });
    const asked = await redeem(second.path, { bookingNumber: 's-1', price: '50' });
    expect(asked.status).to.equal(422);
    expect(asked.html)
      .to.contain('Für diese Buchung ist schon eingelöst')
      .and.contain('60,00')
      .and.contain('name="isFurther"')
      .and.match(/name="wholePrice"[^>]* value="60,00"/)
      .and.contain('value="50"');
    expect(await second.balance()).to.equal(10_000);
    const yes = { bookingNumber: 's-1', price: '50', isFurther: 'true' };
    const tooMuch = await redeem(second.path, { ...yes, wholePrice: '100' });
    expect(tooMuch.status).to.equal(422);
    expect(tooMuch.html).to.contain('offen sind noch 0,00').and.contain('value="100"');
    expect(await second.balance()).to.equal(10_000);
    expect((await redeem(second.path, { ...yes, wholePrice: '110' })).status).to.equal(303);
    expect(await second.balance()).to.equal(5000);
    const booking = (await database().knex('bookings').where({ number_key: 's-1' }).first()) as Record<string, unknown>;
    expect([Number(booking['price']), Number(booking['redeemed'])]).to.deep.equal([11_000, 11_000]);
  });

  it('asks about what a booking engine redeemed for the number, too', async () => {
    const { path, code, balance } = await scanned();
    const part = { code, atMost: 4000 };
    await api.post('/redemptions', { booking: bookingOf(50_000), codes: [part], bookingNumber: 'S-2' });
    const asked = await redeem(path, { bookingNumber: 'S-2' });
    expect([asked.status, asked.html.includes('value="500,00"')]).to.deep.equal([422, true]);
    await redeem(path, { bookingNumber: 'S-2', isFurther: 'true', wholePrice: '500' });
    expect(await balance()).to.equal(0);
  });

  it('lets a discount lower a price once', async () => {
    const rules = { type: 'discount', paidAt: null, value: { tiers: [{ minTripPrice: 0, amount: 1000 }] } };
    const { path, code } = await scanned({ ...rules, paidAt: '2026-01-02', usage: { maxUses: 9 } });
    await redeem(path, { bookingNumber: 'S-3' });
    const again = await redeem(path, { bookingNumber: 'S-3', isFurther: 'true', wholePrice: '900' });
    expect([again.status, again.html.includes('senkt einen Reisepreis nur einmal')]).to.deep.equal([422, true]);
    expect((await api.get(`/vouchers/by-code/${code}`)).body.uses).to.equal(1);
  });

  it('tells of a form that was sent before what the till wrote then', async () => {
    const { path, balance } = await scanned();
    const form = { bookingNumber: 'S-4', entryKey: 'sent-twice' };
    await redeem(path, form);
    await agent.get(path.replace('/redemption', ''));
    expect((await redeem(path, form)).status).to.equal(303);
    expect((await agent.get(path.replace('/redemption', ''))).html).to.contain('Eingelöst: 60,00');
    expect([await balance(), await entries('S-4')]).to.deep.equal([4000, 1]);
  });

  it('never calls a form done whose key was sent with other numbers', async () => {
    const { path, balance } = await scanned();
    await redeem(path, { bookingNumber: 'S-5', entryKey: 'sent-changed' });
    await agent.get(path.replace('/redemption', ''));
    await redeem(path, { bookingNumber: 'S-6', entryKey: 'sent-changed' });
    const page = (await agent.get(path.replace('/redemption', ''))).html;
    expect(page).to.contain('schon mit anderen Angaben abgesendet').and.not.contain('Eingelöst: ');
    expect([await balance(), await entries('S-5'), await entries('S-6')]).to.deep.equal([4000, 1, 0]);
  });

  it('happens once when the button is pressed eight times', async () => {
    const { path, balance } = await scanned();
    const form = { bookingNumber: 'S-7', entryKey: 'pressed' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => redeem(path, form)));
    expect(answers.map(({ status }) => status)).to.deep.equal(Array.from({ length: 8 }, () => 303));
    expect([await balance(), await entries('S-7')]).to.deep.equal([4000, 1]);
    expect((await agent.get(path.replace('/redemption', ''))).html).not.to.contain('alert-danger');
  });
});

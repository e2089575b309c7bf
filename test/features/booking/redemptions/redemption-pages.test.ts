import { expect } from 'chai';
import { addDays } from '../../../../src/core/calendar.ts';
import { systemClock } from '../../../../src/platform/process/clock.ts';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';

describeOnBothDatabases('redemptions in the admin', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let agent: Visitor;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    agent = await signedIn(server.url);
    await api.put('/settings/stacking', { maxVouchers: 3 });
  });
  after(() => server.close());
  afterEach('the books agree', async () => {
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
  });

  async function voucher(body: object): Promise<string> {
    const answer = await api.post('/vouchers', { title: 'Gutschein', ...body });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return answer.body.id as string;
  }
  const purchase = (code: string, originalValue: number, more: object = {}): object => ({
    type: 'purchase',
    code,
    paidAt: '2026-01-02',
    value: { originalValue },
    ...more,
  });
  async function redeem(
    bookingNumber: string,
    tripPrice: number,
    codes: readonly string[],
    more: object = {},
  ): Promise<string> {
    const answer = await api.post('/redemptions', { booking: bookingOf(tripPrice, more), codes, bookingNumber });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return answer.body.id as string;
  }
  const hidden = (html: string, name: string): string =>
    new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
  async function giveBack(id: string, query: Record<string, string>, reason = 'Storno durch Kunden') {
    const preview = await agent.get(`/admin/redemptions/${id}/reversal?${new URLSearchParams(query).toString()}`);
    const fields = {
      ...query,
      expected: hidden(preview.html, 'expected'),
      token: hidden(preview.html, 'token'),
      reason,
    };
    return { preview, fields, answer: await agent.post(`/admin/redemptions/${id}/reversal`, fields) };
  }

  it('are listed by booking number, code, channel and day, page by page', async () => {
    await voucher(purchase('LISTE', 1_000_000));
    for (let index = 0; index < 52; index++)
      await redeem(`L-${String(index).padStart(2, '0')}`, 1000, ['LISTE'], {
        channel: index % 2 === 0 ? 'web' : 'counter',
      });
    const first = await agent.get('/admin/redemptions?code=liste');
    expect(first.html).to.contain('L-51').and.not.contain('>L-01<');
    const next =
      /href="([^"]+)" rel="next"/.exec(first.html)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=') ?? '';
    expect((await agent.get(next)).html)
      .to.contain('L-01')
      .and.contain('L-00')
      .and.not.contain('L-02');
    expect((await agent.get('/admin/redemptions?bookingNumber=L-1')).html)
      .to.contain('L-19')
      .and.not.contain('L-20');
    expect((await agent.get('/admin/redemptions?channel=counter&bookingNumber=L-0')).html)
      .to.contain('L-01')
      .and.not.contain('L-02');
    const today = systemClock('Europe/Berlin').today();
    expect((await agent.get(`/admin/redemptions?from=${today}&bookingNumber=L-51`)).html).to.contain('L-51');
    expect((await agent.get('/admin/redemptions?until=2026-01-01')).html).to.contain('Kein Treffer');
    const wrong = await agent.get('/admin/redemptions?from=morgen');
    expect(wrong.status).to.equal(422);
    expect(wrong.html).to.contain('value="morgen"').and.contain('Bitte ein Datum wie 31.12.2026 eingeben.');
  });

  it('show their lines, shares, reversals and ledger entries', async () => {
    await voucher({
      type: 'discount',
      code: 'DETAIL10',
      value: { tiers: [{ minTripPrice: 0, percent: 10 }] },
      usage: { maxUses: null },
    });
    await voucher(purchase('DETAIL', 30_000));
    const id = await redeem('D-1', 100_000, ['DETAIL10', 'DETAIL']);
    const { html } = await agent.get(`/admin/redemptions/${id}`);
    const text = html.replaceAll('&nbsp;', ' ').replaceAll('\u00a0', ' ');
    expect(text)
      .to.contain('Einlösung für Buchung D-1')
      .and.contain('600,00 €')
      .and.contain('V_KAUF')
      .and.contain('Staffel ab 0,00 €: 10 %');
    expect((await agent.get('/admin/redemptions/999999')).status).to.equal(404);
  });

  it('give back by the fee rule, with a preview in figures, once for two clicks', async () => {
    const voucherId = await voucher(purchase('GEBUEHR', 60_000));
    const id = await redeem('F-1', 100_000, ['GEBUEHR']);
    const { preview, fields, answer } = await giveBack(id, {
      mode: 'fee',
      fee: '500,00',
      money: '400,00',
      bearer: 'voucher_last',
    });
    expect(preview.html.replaceAll('\u00a0', ' ')).to.contain('500,00 € zurückgeben');
    expect(answer.status).to.equal(303);
    const again = await agent.post(`/admin/redemptions/${id}/reversal`, fields);
    expect(again.status).to.equal(303);
    expect((await api.get(`/vouchers/${voucherId}`)).body).to.include({ balance: 50_000, uses: 1 });
    const { html } = await agent.get(`/admin/redemptions/${id}`);
    expect(html)
      .to.contain('teilweise storniert')
      .and.contain('Storno durch Kunden')
      .and.contain('Storno der Einlösung');
  });

  it('keep what was typed and move nothing when too much is asked for, no reason is given, or the sum has changed', async () => {
    const voucherId = await voucher(purchase('ZUVIEL', 20_000));
    const id = await redeem('Z-1', 20_000, ['ZUVIEL']);
    const tooMuch = await agent.get(`/admin/redemptions/${id}/reversal?mode=amount&amount=200,01`);
    expect(tooMuch.status).to.equal(422);
    expect(tooMuch.html).to.contain('value="200,01"');
    const noReason = await giveBack(id, { mode: 'amount', amount: '50,00' }, '');
    expect(noReason.answer.status).to.equal(422);
    expect(noReason.answer.html).to.contain('Bitte einen Grund angeben.');
    const { fields } = await giveBack(id, { mode: 'whole' }, '');
    await api.post(`/redemptions/${id}/reversals`, { amount: 5000, reason: 'inzwischen' });
    const changed = await agent.post(`/admin/redemptions/${id}/reversal`, { ...fields, reason: 'Storno' });
    expect(changed.status).to.equal(422);
    expect(changed.html).to.contain('Inzwischen hat sich etwas geändert');
    expect((await api.get(`/vouchers/${voucherId}`)).body.balance).to.equal(5000);
  });

  it('give back by line and by traveller', async () => {
    await voucher({
      type: 'discount',
      code: 'REISENDE',
      value: { tiers: [{ minTripPrice: 0, amount: 10_000 }] },
      usage: { maxUses: null },
    });
    const voucherId = await voucher(purchase('REISENDE-K', 90_000));
    const id = await redeem('R-1', 100_000, ['REISENDE', 'REISENDE-K']);
    const { answer } = await giveBack(id, { mode: 'travellers', traveller_1: 'true' });
    expect(answer.status).to.equal(303);
    expect((await api.get(`/vouchers/${voucherId}`)).body.balance).to.equal(45_000);
    const form = await agent.get(`/admin/redemptions/${id}/reversal`);
    const [, lineName = ''] = [...form.html.matchAll(/name="(line_\d+)"/g)].map(([, name]) => name ?? '');
    expect((await giveBack(id, { mode: 'lines', [lineName]: '1,00' })).answer.status).to.equal(303);
    expect((await api.get(`/vouchers/${voucherId}`)).body.balance).to.equal(45_100);
  });

  it('follow a voucher that was issued anew to the one in its place, over several steps', async () => {
    const first = await voucher(purchase('ALT-CODE', 50_000));
    const id = await redeem('N-1', 20_000, ['ALT-CODE']);
    const second = (await api.post(`/vouchers/${first}/reissue`, { reason: 'verloren' })).body.id as string;
    const third = (await api.post(`/vouchers/${second}/reissue`, { reason: 'noch einmal' })).body.id as string;
    const { preview } = await giveBack(id, { mode: 'amount', amount: '50,00' });
    expect(preview.html).to.contain('der Wert geht an den Nachfolger');
    expect((await api.get(`/vouchers/${third}`)).body).to.include({ balance: 35_000, uses: 1 });
    expect((await api.post(`/redemptions/${id}/reversals`, { reason: 'Rest' })).status).to.equal(201);
    expect((await api.get(`/vouchers/${third}`)).body).to.include({ balance: 50_000, uses: 0 });
    expect((await api.get(`/vouchers/${first}`)).body.balance).to.equal(0);
    expect((await api.get(`/vouchers/${second}`)).body.balance).to.equal(0);
    const events = (await api.get(`/vouchers/${third}/entries`)).body.items.map((one: { event: string }) => one.event);
    expect(events).to.deep.equal(['transfer_in', 'transfer_in', 'transfer_in']);
  });

  it('give a voucher past its date the grace of the settings, a code of a campaign by a day of its own', async () => {
    const bookUntil = systemClock('Europe/Berlin').today();
    const yesterday = addDays(systemClock('Europe/Berlin').today(), -2);
    const own = await voucher(purchase('FRIST', 10_000, { validity: { bookUntil } }));
    const campaign = (
      await api.post('/campaigns', {
        type: 'discount',
        title: 'Frist',
        value: { tiers: [{ minTripPrice: 0, amount: 1000 }] },
        validity: { bookUntil },
      })
    ).body.id as string;
    const job = await api.post(`/campaigns/${campaign}/codes`, { codes: ['FRIST-A', 'FRIST-B'] });
    await api.jobEnd(job.body.id as string);
    const id = await redeem('G-1', 50_000, ['FRIST', 'FRIST-A']);
    await api.patch(`/vouchers/${own}`, { validity: { bookUntil: yesterday } });
    await api.patch(`/campaigns/${campaign}`, { validity: { bookUntil: yesterday } });
    expect(
      (await api.post('/quotes', { booking: bookingOf(5000), codes: ['FRIST-B'] })).body.rejected[0].reason,
    ).to.equal('expired');
    const { preview, answer } = await giveBack(id, { mode: 'whole' });
    expect(preview.html).to.contain('der Gutschein gilt dann wieder bis');
    expect(answer.status).to.equal(303);
    const quote = await api.post('/quotes', { booking: bookingOf(50_000), codes: ['FRIST', 'FRIST-A'] });
    expect(quote.body).to.include({ payment: 10_000, discount: 1000 });
    expect((await api.get(`/vouchers/${own}`)).body.status).to.equal('active');
    expect((await api.get('/vouchers/by-code/FRIST-A')).body.status).to.equal('active');
    expect(
      (await api.post('/quotes', { booking: bookingOf(5000), codes: ['FRIST-B'] })).body.rejected[0].reason,
    ).to.equal('expired');
  });
});

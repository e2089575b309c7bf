import { expect } from 'chai';
import { verifyBooks } from '../../../src/features/accounting/proof/verify-service.ts';
import { apiClient, bookingOf, type ApiClient } from '../../support/api-client.ts';
import { describeOnBothDatabases } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';

const NO_LIMIT = { maxUses: null };

describeOnBothDatabases('booking flow over HTTP', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let voucher: (body: object) => Promise<{ id: string; code: string }>;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    voucher = async (body) => {
      const answer = await api.post('/vouchers', { title: 'Test', ...body });
      expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
      return answer.body as { id: string; code: string };
    };
    await api.put('/settings/stacking', { maxVouchers: 3 });
  });
  after(() => server.close());
  afterEach('the books agree', async () => {
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
  });

  const percent = (code: string, more: object = {}): object => ({
    type: 'discount',
    code,
    value: { tiers: [{ minTripPrice: 0, percent: 10 }] },
    usage: NO_LIMIT,
    ...more,
  });
  const purchase = (code: string, originalValue: number, more: object = {}): object => ({
    type: 'purchase',
    code,
    paidAt: '2026-01-02',
    value: { originalValue },
    ...more,
  });

  it('quotes the worked example: 10 % off 1.299,00 and 500,00 from a voucher leave 669,10', async () => {
    await voucher(percent('SOMMER10'));
    await voucher(purchase('KAUF-A', 50_000));
    const { status, body } = await api.post('/quotes', {
      booking: bookingOf(129_900),
      codes: [' sommer-10', 'kauf a'],
    });
    expect(status).to.equal(200);
    expect(body).to.include({
      discount: 12_990,
      payment: 50_000,
      payable: 66_910,
      storedValueUsed: 50_000,
      paymentRequired: true,
    });
    expect(body.accepted.map((one: { code: string }) => one.code)).to.deep.equal(['SOMMER10', 'KAUF-A']);
    expect(body.accepted[0].allocation).to.deep.equal([
      { traveller: 0, amount: 6495 },
      { traveller: 1, amount: 6495 },
    ]);
  });

  it('answers a quote of bad codes with 200, a reason and a sentence in the language asked for', async () => {
    await voucher(percent('ALT', { validity: { bookUntil: '2026-03-31' } }));
    const codes = ['alt', 'NOPE', '---'];
    const german = await api.post('/quotes', { booking: bookingOf(1000), codes });
    expect(german.body.rejected.map((one: { reason: string }) => one.reason)).to.deep.equal([
      'expired',
      'unknown_code',
      'malformed_code',
    ]);
    expect(german.body.rejected[0].message).to.equal('Dieser Gutschein ist am 31.03.2026 abgelaufen.');
    const english = await api.post(
      '/quotes',
      { booking: bookingOf(1000), codes },
      { headers: { 'accept-language': 'en' } },
    );
    expect(english.body.rejected[0].message).to.equal('This voucher expired on 31 Mar 2026.');
  });

  it('traces every check of a code, not only the first that failed', async () => {
    await voucher(
      percent('SPUR', {
        value: { tiers: [{ minTripPrice: 5000, percent: 10 }] },
        validity: { bookUntil: '2026-03-31' },
      }),
    );
    const { body } = await api.post('/quotes', { booking: bookingOf(1000), codes: ['SPUR'], trace: true });
    const failed = body.trace[0].checks
      .filter((one: { passed: boolean }) => !one.passed)
      .map((one: { check: string }) => one.check);
    expect(failed).to.deep.equal(['expired', 'trip_price_too_low']);
  });

  it('finds a region through its ancestors and refuses a booking outside of it', async () => {
    await api.put('/catalogue/regions/AT', { name: 'Österreich' });
    await api.put('/catalogue/regions/AT-9', { name: 'Wien', parent: 'AT' });
    await voucher(percent('WIEN', { restrictions: { regions: { include: ['AT'] } } }));
    const inside = await api.post('/quotes', { booking: bookingOf(1000, { regions: ['AT-9'] }), codes: ['WIEN'] });
    expect(inside.body.discount).to.equal(100);
    const outside = await api.post('/quotes', { booking: bookingOf(1000, { regions: ['IT'] }), codes: ['WIEN'] });
    expect(outside.body.rejected[0].reason).to.equal('wrong_region');
  });

  it('holds an amount so that another booking cannot have it, and a second hold of the same booking replaces the first', async () => {
    await voucher(purchase('HALT', 10_000));
    const first = await api.post('/holds', { booking: bookingOf(10_000, { reference: 'r-1' }), codes: ['HALT'] });
    expect(first.status).to.equal(201);
    const other = await api.post('/quotes', { booking: bookingOf(10_000), codes: ['HALT'] });
    expect(other.body.rejected[0].reason).to.equal('held_by_another_booking');
    const again = await api.post('/holds', { booking: bookingOf(4000, { reference: 'r-1' }), codes: ['HALT'] });
    expect(again.body.evaluation.payment).to.equal(4000);
    expect((await api.get(`/holds/${first.body.id}`)).status).to.equal(404);
    const rest = await api.post('/quotes', { booking: bookingOf(10_000), codes: ['HALT'] });
    expect(rest.body.payment).to.equal(6000);
    expect((await api.call('DELETE', `/holds/${again.body.id}`)).status).to.equal(204);
    expect((await api.post('/quotes', { booking: bookingOf(10_000), codes: ['HALT'] })).body.payment).to.equal(10_000);
  });

  it('lets a browser change the codes of its hold, and tells it nothing that confirms a guess', async () => {
    await voucher(percent('BROWSER'));
    await voucher(percent('GESPERRT-1'));
    const held = await api.post('/holds', { booking: bookingOf(20_000, { reference: 'r-2' }) });
    const authorization = `Hold ${held.body.clientToken as string}`;
    const changed = await api.put('/holds/current/codes', { codes: ['browser', 'KENNT-KEINER'] }, { authorization });
    expect(changed.status).to.equal(200);
    expect(changed.body.evaluation.payable).to.equal(18_000);
    expect(changed.body.evaluation.rejected[0].reason).to.equal('not_redeemable');
    expect((await api.get('/holds/current', { authorization })).body.evaluation.payable).to.equal(18_000);
    expect((await api.put(`/holds/${held.body.id as string}`, { codes: [] }, { authorization })).status).to.equal(401);
  });

  it('stops a browser that guesses after ten wrong codes, with the time to wait', async () => {
    const held = await api.post('/holds', { booking: bookingOf(20_000, { reference: 'r-guess' }) });
    const authorization = `Hold ${held.body.clientToken as string}`;
    const codes = Array.from({ length: 10 }, (_unused, index) => `GERATEN${index}`);
    expect((await api.put('/holds/current/codes', { codes }, { authorization })).status).to.equal(200);
    const blocked = await api.put('/holds/current/codes', { codes: ['GERATEN99'] }, { authorization });
    expect(blocked.status).to.equal(429);
    expect(Number(blocked.headers.get('retry-after'))).to.be.greaterThan(0);
  });

  it('redeems a hold once, answers the same key again, and refuses the hold under another key', async () => {
    const { id } = await voucher(purchase('EINMAL', 10_000));
    const held = await api.post('/holds', { booking: bookingOf(7000, { reference: 'r-3' }), codes: ['EINMAL'] });
    const body = { holdId: held.body.id as string, bookingNumber: 'B-3', expectedPayable: 0 };
    const first = await api.post('/redemptions', body, { idempotencyKey: 'redeem-3' });
    expect(first.status).to.equal(201);
    expect(first.body.payments).to.deep.equal([
      { voucherId: id, code: 'EINMAL', type: 'purchase', amount: 7000, paid: 7000, bonus: 0, currency: 'EUR' },
    ]);
    const replay = await api.post('/redemptions', body, { idempotencyKey: 'redeem-3' });
    expect(replay.status).to.equal(201);
    expect(replay.headers.get('idempotency-replayed')).to.equal('true');
    expect(replay.body).to.deep.equal(first.body);
    expect(
      (await api.post('/redemptions', { ...body, bookingNumber: 'B-4' }, { idempotencyKey: 'redeem-3' })).body.code,
    ).to.equal('idempotency_key_reused');
    expect((await api.post('/redemptions', body)).body.code).to.equal('already_redeemed');
    expect((await api.get(`/vouchers/${id}`)).body).to.include({ balance: 3000, status: 'partly_redeemed', uses: 1 });
    expect((await api.get('/redemptions?bookingNumber=B-3')).body.items).to.have.lengthOf(1);
  });

  it('moves nothing when the price is not the expected one, or a code does not hold', async () => {
    await voucher(purchase('GENAU', 10_000));
    const changed = await api.post('/redemptions', {
      booking: bookingOf(5000),
      codes: ['GENAU'],
      bookingNumber: 'B-5',
      expectedPayable: 1,
    });
    expect(changed.status).to.equal(409);
    expect(changed.body).to.include({ code: 'quote_changed' });
    expect(changed.body.evaluation.payable).to.equal(0);
    const rejected = await api.post('/redemptions', {
      booking: bookingOf(5000),
      codes: ['GENAU', 'NOPE'],
      bookingNumber: 'B-5',
    });
    expect(rejected.status).to.equal(422);
    expect(rejected.body.code).to.equal('codes_rejected');
    expect((await api.get('/balances/genau')).body).to.include({ available: 10_000, status: 'active' });
  });

  it('gives value back by amount in the reverse order of application, by code, and never more than was redeemed', async () => {
    await voucher(percent('ZURUECK', { usage: { maxUses: 1 } }));
    const { id } = await voucher(purchase('WERT', 50_000));
    const redeemed = await api.post('/redemptions', {
      booking: bookingOf(100_000),
      codes: ['ZURUECK', 'WERT'],
      bookingNumber: 'B-6',
    });
    const path = `/redemptions/${redeemed.body.id as string}/reversals`;
    const part = await api.post(path, { amount: 20_000, reason: 'Umbuchung' });
    expect(part.status).to.equal(201);
    expect(part.body.lines).to.deep.equal([{ code: 'WERT', amount: 20_000 }]);
    expect((await api.post(path, { lines: [{ code: 'wert', amount: 30_001 }], reason: 'zu viel' })).body.code).to.equal(
      'exceeds_redeemed',
    );
    expect(
      (await api.post('/quotes', { booking: bookingOf(1000), codes: ['ZURUECK'] })).body.rejected[0].reason,
    ).to.equal('used_up');
    const rest = await api.post(path, { reason: 'Storno' });
    expect(rest.body.lines).to.deep.equal([
      { code: 'WERT', amount: 30_000 },
      { code: 'ZURUECK', amount: 10_000 },
    ]);
    expect((await api.post(path, { reason: 'noch einmal' })).status).to.equal(422);
    expect((await api.get(`/vouchers/${id}`)).body).to.include({ balance: 50_000, uses: 0 });
    expect((await api.post('/quotes', { booking: bookingOf(1000), codes: ['ZURUECK'] })).body.discount).to.equal(100);
  });

  it('shares a campaign budget between its codes, counts holds, and gives it back with a reversal', async () => {
    const campaign = await api.post('/campaigns', {
      type: 'discount',
      title: 'Budget',
      budget: 1500,
      value: { tiers: [{ minTripPrice: 0, amount: 1000 }] },
    });
    const job = await api.post(`/campaigns/${campaign.body.id as string}/codes`, {
      codes: ['BUD-1', 'BUD-2', 'BUD-3'],
    });
    expect(job.status).to.equal(202);
    expect((await api.jobEnd(job.body.id as string)).body).to.include({ state: 'done', done: 3, total: 3 });
    const redeemed = await api.post('/redemptions', {
      booking: bookingOf(10_000),
      codes: ['BUD-1'],
      bookingNumber: 'B-7',
    });
    expect(redeemed.status).to.equal(201);
    expect((await api.post('/quotes', { booking: bookingOf(10_000), codes: ['BUD-2'] })).body.discount).to.equal(500);
    await api.post('/holds', { booking: bookingOf(10_000, { reference: 'r-bud' }), codes: ['BUD-2'] });
    expect(
      (await api.post('/quotes', { booking: bookingOf(10_000), codes: ['BUD-3'] })).body.rejected[0].reason,
    ).to.equal('budget_exhausted');
    await api.post(`/redemptions/${redeemed.body.id as string}/reversals`, { reason: 'Storno' });
    expect((await api.get(`/campaigns/${campaign.body.id as string}`)).body.budgetUsed).to.equal(0);
  });

  it('keeps a limit per customer, by id or by e-mail in any case', async () => {
    await voucher(percent('JEKUNDE', { usage: { maxUses: null, maxUsesPerCustomer: 1 } }));
    const anna = { customer: { email: 'Anna@Example.org' } };
    expect(
      (await api.post('/quotes', { booking: bookingOf(1000), codes: ['JEKUNDE'] })).body.rejected[0].reason,
    ).to.equal('customer_limit_reached');
    expect(
      (await api.post('/redemptions', { booking: bookingOf(1000, anna), codes: ['JEKUNDE'], bookingNumber: 'B-8' }))
        .status,
    ).to.equal(201);
    const again = await api.post('/quotes', {
      booking: bookingOf(1000, { customer: { id: '7', email: 'anna@example.ORG' } }),
      codes: ['JEKUNDE'],
    });
    expect(again.body.rejected[0].reason).to.equal('customer_limit_reached');
  });

  it('posts deals through the clearing account and discounts not at all', async () => {
    const deal = await voucher({
      type: 'deal',
      code: 'DEAL-1',
      paidAt: '2026-01-02',
      deal: { paysInFull: true, entry: 'both' },
    });
    const rabatt = await voucher(percent('NETTO'));
    await api.post('/redemptions', { booking: bookingOf(30_000), codes: ['DEAL-1'], bookingNumber: 'B-9' });
    const { items } = (await api.get(`/vouchers/${deal.id}/entries`)).body;
    expect(items).to.have.lengthOf(1);
    expect(items[0]).to.include({
      event: 'redemption',
      debit: 'DEAL_CLEARING',
      credit: 'DEBITOR',
      amount: 30_000,
      bookingNumber: 'B-9',
    });
    await api.post('/redemptions', { booking: bookingOf(1000), codes: ['NETTO'], bookingNumber: 'B-10' });
    expect((await api.get(`/vouchers/${rabatt.id}/entries`)).body.items).to.deep.equal([]);
  });

  it('refuses what is malformed with every place, what is unauthenticated, and what is no JSON', async () => {
    const { status, body } = await api.post('/quotes', {
      booking: { currency: 'EUR', tripPrice: -1, travellers: [], more: 1 },
      codes: [],
    });
    expect(status).to.equal(400);
    expect(body.errors.map((one: { path: string }) => one.path)).to.include.members([
      'booking.tripPrice',
      'booking.travellers',
      'booking.more',
    ]);
    expect((await api.post('/quotes', { booking: bookingOf(1), codes: Array(11).fill('A') })).status).to.equal(400);
    expect((await api.post('/quotes', {}, { authorization: 'Bearer falsch' })).status).to.equal(401);
    expect((await api.post('/quotes', '{nope')).status).to.equal(400);
    expect((await api.post('/quotes', '<a/>', { headers: { 'content-type': 'text/xml' } })).status).to.equal(415);
    expect(
      (
        await api.post(
          '/redemptions',
          { booking: bookingOf(1), codes: ['A'], bookingNumber: 'x' },
          { idempotencyKey: '' },
        )
      ).body.code,
    ).to.equal('idempotency_key_required');
  });
});

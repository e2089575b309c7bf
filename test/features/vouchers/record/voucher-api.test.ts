import { expect } from 'chai';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';

describeOnBothDatabases('vouchers and campaigns over HTTP', (database) => {
  let server: TestServer;
  let api: ApiClient;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
  });
  after(() => server.close());

  const discount = { type: 'discount', title: 'Rabatt', value: { tiers: [{ minTripPrice: 0, percent: 12.5 }] } };

  it('fills in the defaults: a generated code, one use, paid today, the currency of the settings', async () => {
    const { status, body } = await api.post('/vouchers', discount);
    expect(status).to.equal(201);
    expect(body.code).to.match(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
    expect(body).to.include({ currency: 'EUR', status: 'active', residual: 'keep', version: 1 });
    expect(body.usage.maxUses).to.equal(1);
    expect(body.value.tiers).to.deep.equal([{ minTripPrice: 0, percent: 12.5 }]);
    const stored = await api.post('/vouchers', { type: 'purchase', title: 'Kauf', value: { originalValue: 5000 } });
    expect(stored.body).to.include({ status: 'unpaid', paidAt: null, balance: 0, available: 0 });
    expect(stored.body.usage.maxUses).to.equal(null);
  });

  for (const [name, body, path] of [
    ['a discount without a tier', { type: 'discount', title: 'x' }, 'value.tiers'],
    [
      'a percentage on stored value',
      { type: 'purchase', title: 'x', value: { originalValue: 1, tiers: [{ minTripPrice: 0, percent: 5 }] } },
      'value.tiers.0.percent',
    ],
    [
      'two tiers with one minimum',
      {
        type: 'discount',
        title: 'x',
        value: {
          tiers: [
            { minTripPrice: 0, percent: 5 },
            { minTripPrice: 0, amount: 5 },
          ],
        },
      },
      'value.tiers.1.minTripPrice',
    ],
    [
      'an amount of 0',
      { type: 'discount', title: 'x', value: { tiers: [{ minTripPrice: 0, amount: 0 }] } },
      'value.tiers.0.amount',
    ],
    [
      'three decimals',
      { type: 'discount', title: 'x', value: { tiers: [{ minTripPrice: 0, percent: 12.345 }] } },
      'value.tiers.0.percent',
    ],
    [
      'more than 100 %',
      { type: 'discount', title: 'x', value: { tiers: [{ minTripPrice: 0, percent: 100.01 }] } },
      'value.tiers.0.percent',
    ],
    [
      'fractions of a cent',
      { type: 'discount', title: 'x', value: { tiers: [{ minTripPrice: 0, amount: 1.5 }] } },
      'value.tiers.0.amount',
    ],
    ['paysInFull on a discount', { ...discount, deal: { paysInFull: true } }, 'deal.paysInFull'],
    ['a purchase without a value', { type: 'purchase', title: 'x' }, 'value.originalValue'],
    [
      'an end before the start',
      { ...discount, validity: { bookFrom: '2026-02-02', bookUntil: '2026-02-01' } },
      'validity.bookUntil',
    ],
  ] as const) {
    it(`refuses ${name} and names the place`, async () => {
      const { status, body: answer } = await api.post('/vouchers', body);
      expect(status).to.equal(422);
      expect(answer.errors.map((one: { path: string }) => one.path)).to.include(path);
    });
  }

  it('refuses ids that the catalogue does not know, and a code that exists in another spelling', async () => {
    const unknown = await api.post('/vouchers', { ...discount, restrictions: { themes: { include: ['gibtsnicht'] } } });
    expect([unknown.status, unknown.body.code]).to.deep.equal([422, 'unknown_reference']);
    await api.post('/vouchers', { ...discount, code: 'Früh-25' });
    const taken = await api.post('/vouchers', { ...discount, code: 'FRÜH 25' });
    expect([taken.status, taken.body.code]).to.deep.equal([409, 'code_taken']);
  });

  it('changes what is given, keeps the rest, and tells a stale version', async () => {
    const { body: created } = await api.post('/vouchers', { ...discount, validity: { bookUntil: '2027-01-01' } });
    const path = `/vouchers/${created.id as string}`;
    const changed = await api.patch(
      path,
      { validity: { bookFrom: '2026-05-01' } },
      { headers: { 'if-match': `"${created.version as number}"` } },
    );
    expect(changed.body.validity).to.include({ bookFrom: '2026-05-01', bookUntil: '2027-01-01' });
    const stale = await api.patch(
      path,
      { title: 'zu spät' },
      { headers: { 'if-match': `"${created.version as number}"` } },
    );
    expect(stale.status).to.equal(412);
    expect((await api.get(path)).body.title).to.equal('Rabatt');
  });

  it('fixes the worth of a voucher once it is paid', async () => {
    const { body } = await api.post('/vouchers', { type: 'purchase', title: 'Kauf', value: { originalValue: 5000 } });
    const path = `/vouchers/${body.id as string}`;
    expect((await api.patch(path, { value: { originalValue: 6000 } })).body.value.originalValue).to.equal(6000);
    const paid = await api.post(`${path}/pay`, { paidAt: '2026-01-02', method: 'bank_transfer' });
    expect(paid.body).to.include({ status: 'active', balance: 6000, paidAt: '2026-01-02' });
    expect((await api.patch(path, { value: { originalValue: 7000 } })).body.code).to.equal('fixed_once_paid');
    expect((await api.get(`${path}/entries`)).body.items[0]).to.include({
      event: 'sale',
      debit: 'BANK',
      credit: 'V_KAUF',
      amount: 6000,
      postedOn: '2026-01-02',
    });
    expect((await api.post(`${path}/pay`, { paidAt: '2026-01-03', method: 'cash' })).status).to.equal(409);
  });

  it('locks and unlocks, tops up, reissues under a new code, cancels with a refund', async () => {
    const { body } = await api.post('/vouchers', {
      type: 'purchase',
      title: 'Leben',
      code: 'LEBEN',
      paidAt: '2026-01-02',
      value: { originalValue: 5000 },
    });
    const path = `/vouchers/${body.id as string}`;
    expect((await api.post(`${path}/deactivate`, { reason: 'Verdacht' })).body.status).to.equal('deactivated');
    expect((await api.post(`${path}/activate`, {})).body.status).to.equal('active');
    expect((await api.post(`${path}/topups`, { amount: 1000, method: 'cash' })).body.balance).to.equal(6000);
    const reissued = await api.post(`${path}/reissue`, { reason: 'verloren' }, { idempotencyKey: 'reissue-leben' });
    expect(reissued.body).to.include({ balance: 6000, status: 'active' });
    expect(
      (await api.post(`${path}/reissue`, { reason: 'verloren' }, { idempotencyKey: 'reissue-leben' })).body.id,
    ).to.equal(reissued.body.id);
    expect((await api.get(path)).body).to.include({ status: 'replaced', balance: 0 });
    expect(
      (await api.post('/quotes', { booking: bookingOf(1000), codes: ['LEBEN'] })).body.rejected[0].reason,
    ).to.equal('cancelled');
    const cancelled = await api.post(`/vouchers/${reissued.body.id as string}/cancel`, {
      refund: true,
      reason: 'Wunsch',
    });
    expect(cancelled.body).to.include({ status: 'refunded', balance: 0 });
    expect((await api.get(`${path}/history`)).body.items.map((one: { action: string }) => one.action)).to.deep.equal([
      'voucher.reissue',
      'voucher.topup',
      'voucher.activate',
      'voucher.deactivate',
      'voucher.create',
    ]);
  });

  it('lets codes follow their campaign at once, and books stored value for each', async () => {
    const { body: campaign } = await api.post('/campaigns', {
      type: 'purchase',
      title: 'Karten',
      value: { originalValue: 2500 },
    });
    const path = `/campaigns/${campaign.id as string}`;
    const job = await api.post(`${path}/codes`, { count: 25, prefix: 'karte' }, { idempotencyKey: 'karten' });
    expect(
      (await api.post(`${path}/codes`, { count: 25, prefix: 'karte' }, { idempotencyKey: 'karten' })).body.id,
    ).to.equal(job.body.id);
    expect((await api.jobEnd(job.body.id as string)).body).to.include({ state: 'done', done: 25 });
    const codes = (await api.get(`${path}/codes?limit=200`)).body.items as { id: string; code: string }[];
    expect(codes).to.have.lengthOf(25);
    const code = codes[0]?.code ?? '';
    const quote = () =>
      api.post('/quotes', {
        booking: bookingOf(1000),
        codes: [code.toLowerCase().replaceAll('1', 'l').replaceAll('0', 'o')],
      });
    expect((await quote()).body.rejected[0].reason).to.equal('not_paid');
    await api.patch(path, { paidAt: '2026-01-02' });
    expect((await quote()).body.payment).to.equal(1000);
    await api.patch(path, { active: false });
    expect((await quote()).body.rejected[0].reason).to.equal('deactivated');
    expect((await api.patch(`/vouchers/${codes[0]?.id ?? ''}`, { title: 'eigen' })).body.code).to.equal(
      'follows_campaign',
    );
    const slip = `${code.slice(0, -1)}${code.endsWith('A') ? 'B' : 'A'}`;
    expect((await api.post('/quotes', { booking: bookingOf(1000), codes: [slip] })).body.rejected[0].reason).to.equal(
      'mistyped_code',
    );
  });

  it('generates more codes than one statement takes, all different, and answers them page by page', async () => {
    const { body: campaign } = await api.post('/campaigns', { ...discount, title: 'Viele' });
    const job = await api.post(`/campaigns/${campaign.id as string}/codes`, { count: 2300, format: 'XXXXX-XXXXX' });
    expect((await api.jobEnd(job.body.id as string)).body).to.include({ state: 'done', done: 2300, total: 2300 });
    const codes = new Set<string>();
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await api.get(
        `/campaigns/${campaign.id as string}/codes?limit=200${cursor === '' ? '' : `&cursor=${cursor}`}`,
      );
      for (const { code } of body.items as { code: string }[]) codes.add(code);
      cursor = body.nextCursor as string | null;
    }
    expect(codes.size).to.equal(2300);
    expect([...codes].every((code) => /^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/.test(code))).to.equal(true);
    expect((await api.get(`/campaigns/${campaign.id as string}`)).body.codeCount).to.equal(2300);
  });

  it('takes a whole list of codes or nothing of it, and names every bad row', async () => {
    const { body: campaign } = await api.post('/campaigns', { ...discount, title: 'Liste' });
    const bad = await api.post(`/campaigns/${campaign.id as string}/codes`, {
      codes: ['LISTE-1', 'liste1', '', 'LEBEN'],
    });
    expect(bad.status).to.equal(422);
    expect(bad.body.errors.map((one: { path: string; code: string }) => `${one.path} ${one.code}`)).to.deep.equal([
      'codes.1 duplicate_code',
      'codes.2 malformed_code',
      'codes.3 code_taken',
    ]);
    expect((await api.get(`/campaigns/${campaign.id as string}/codes`)).body.items).to.deep.equal([]);
  });

  it('pages through a filtered list by keyset, in every sort, without losing or repeating a row', async () => {
    for (let index = 0; index < 7; index++) {
      await api.post('/vouchers', {
        ...discount,
        title: `Seite ${'CABFEDG'[index] ?? ''}`,
        code: `SEITE-${index}`,
        validity: { bookUntil: index % 2 === 0 ? null : `2027-01-0${index}` },
      });
    }
    for (const sort of ['title', '-title', 'createdAt', '-createdAt', 'bookUntil', '-bookUntil', 'balance']) {
      const seen: string[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < 10; page++) {
        const { body } = await api.get(
          `/vouchers?q=Seite&status=active&limit=3&sort=${sort}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        );
        seen.push(...(body.items as { code: string }[]).map((one) => one.code));
        cursor = body.nextCursor as string | null;
        if (cursor === null) break;
      }
      expect([...seen].sort(), sort).to.deep.equal([
        'SEITE-0',
        'SEITE-1',
        'SEITE-2',
        'SEITE-3',
        'SEITE-4',
        'SEITE-5',
        'SEITE-6',
      ]);
    }
    expect((await api.get('/vouchers?cursor=quatsch')).status).to.equal(400);
  });

  it('keeps the catalogue: a region in itself and an entry in use are refused', async () => {
    await api.put('/catalogue/regions/DE', { name: 'Deutschland' });
    await api.put('/catalogue/regions/DE-BY', { name: 'Bayern', parent: 'DE' });
    expect((await api.put('/catalogue/regions/DE', { name: 'Deutschland', parent: 'DE-BY' })).body.code).to.equal(
      'rule_broken',
    );
    expect((await api.put('/catalogue/regions/X', { name: 'X', parent: 'NOPE' })).body.code).to.equal(
      'unknown_reference',
    );
    expect((await api.put('/catalogue/themes/Wandern%20%26%20Rad', { name: 'Wandern & Rad' })).body.id).to.equal(
      'Wandern & Rad',
    );
    await api.post('/vouchers', { ...discount, restrictions: { regions: { exclude: ['DE-BY'] } } });
    expect((await api.call('DELETE', '/catalogue/regions/DE-BY')).body.code).to.equal('in_use');
    expect((await api.call('DELETE', '/catalogue/themes/Wandern%20%26%20Rad')).status).to.equal(204);
    expect((await api.get('/catalogue/regions')).body.items).to.deep.include({
      id: 'DE-BY',
      name: 'Bayern',
      parent: 'DE',
    });
  });
});

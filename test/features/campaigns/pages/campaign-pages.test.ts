import { expect } from 'chai';
import ExcelJS from 'exceljs';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, TEST_ADMIN, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';

describeOnBothDatabases('the pages of campaigns', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let agent: Visitor;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    agent = await signedIn(server.url);
  });
  after(() => server.close());
  afterEach(async () => {
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
  });

  const FIELDS = {
    type: 'discount',
    shownType: 'discount',
    title: 'Frühling',
    'tiers[0][minTripPrice]': '0',
    'tiers[0][worth]': '10',
    'tiers[0][unit]': 'percent',
    multiplier: 'booking',
    residual: 'keep',
    entry: 'deal_page',
    paidAt: '01.01.2026',
    maxUses: '1',
    active: 'true',
    budget: '1.000,00',
  };
  const PURCHASE = {
    ...FIELDS,
    type: 'purchase',
    shownType: 'purchase',
    title: 'Karten',
    originalValue: '50,00',
    'tiers[0][worth]': '',
    'tiers[0][minTripPrice]': '',
    maxUses: '',
    budget: '',
  };

  async function create(fields: Readonly<Record<string, string>>): Promise<string> {
    await agent.get('/admin/campaigns/new');
    const answer = await agent.post('/admin/campaigns', { ...fields, do: 'save' });
    expect(answer.status, /invalid-feedback[^]*?<\/div>/.exec(answer.html)?.[0]).to.equal(303);
    return /campaigns\/(\d+)\/codes/.exec(answer.location ?? '')?.[1] ?? '';
  }
  async function jobDone(location: string | null): Promise<Record<string, unknown>> {
    const id = /jobs\/(\d+)/.exec(location ?? '')?.[1];
    const { body } = await api.jobEnd(id ?? '');
    return body as Record<string, unknown>;
  }
  const tokenOf = (html: string): string => /name="token" value="([^"]+)"/.exec(html)?.[1] ?? '';
  async function addList(id: string, list: string): Promise<void> {
    const plan = await agent.post(`/admin/campaigns/${id}/codes/list`, { list });
    await jobDone((await agent.post(`/admin/campaigns/${id}/codes/list`, { token: tokenOf(plan.html) })).location);
  }
  const codes = (id: string): Promise<string[]> =>
    database().knex('vouchers').where({ campaign_id: id }).orderBy('id').pluck('code');

  it('create one with its rules and budget, and keep what was typed when something is wrong', async () => {
    await agent.get('/admin/campaigns/new');
    const wrong = await agent.post('/admin/campaigns', { ...FIELDS, title: '', budget: 'viel', do: 'save' });
    expect([
      wrong.status,
      wrong.html.includes('value="viel"'),
      wrong.html.includes('Budget: Bitte einen Betrag'),
    ]).to.deep.equal([422, true, true]);
    const id = await create(FIELDS);
    const { body } = await api.get(`/campaigns/${id}`);
    expect(body).to.deep.include({ title: 'Frühling', type: 'discount', budget: 100_000, active: true });
    expect(body.value.tiers).to.deep.equal([{ minTripPrice: 0, percent: 10 }]);
  });

  it('pause it, so that its codes stop at once', async () => {
    const id = await create(FIELDS);
    await addList(id, 'PAUSE-1');
    await agent.post(`/admin/campaigns/${id}/state`, { active: 'false' });
    const { body } = await api.post('/quotes', { booking: bookingOf(10_000), codes: ['PAUSE-1'] });
    expect(body.rejected[0].reason).to.equal('deactivated');
  });

  it('tell the second of two agents what the first has changed, and lose nothing', async () => {
    const id = await create(FIELDS);
    const page = await agent.get(`/admin/campaigns/${id}`);
    const hidden = Object.fromEntries(
      [...page.html.matchAll(/<input type="hidden" name="(version|base)" value="([^"]*)"/g)].map(
        ([, name = '', value = '']) => [
          name,
          value.replaceAll('&quot;', '"').replaceAll('&#x3D;', '=').replaceAll('&amp;', '&'),
        ],
      ),
    );
    await api.patch(`/campaigns/${id}`, { validity: { bookUntil: '2030-01-01' } });
    const second = await agent.post(`/admin/campaigns/${id}`, {
      ...FIELDS,
      ...hidden,
      title: 'Mein Titel',
      do: 'save',
    });
    expect(second.status).to.equal(412);
    expect(second.html).to.contain('01.01.2030').and.contain('value="Mein Titel"');
  });

  it('check a fixed list first: every bad row with its number and reason, then all or nothing', async () => {
    const id = await create(FIELDS);
    await api.post('/vouchers', {
      type: 'discount',
      title: 'x',
      code: 'SCHON-DA',
      value: { tiers: [{ minTripPrice: 0, percent: 5 }] },
    });
    const bad = await agent.post(`/admin/campaigns/${id}/codes/list`, { list: 'Code\nNEU-1\nschon da\n---\nneu1\n' });
    expect(bad.status).to.equal(422);
    expect(bad.html)
      .to.contain('Diesen Code gibt es schon')
      .and.contain('steht schon in Zeile 2')
      .and.contain('Das ist kein Code')
      .and.not.contain('name="token"');
    expect(await codes(id)).to.deep.equal([]);
    await addList(id, 'Code\nNEU-1\nNEU-2\n');
    expect(await codes(id)).to.deep.equal(['NEU-1', 'NEU-2']);
  });

  it('check a workbook first too: real numbers, headings and empty rows', async () => {
    const id = await create(FIELDS);
    await addList(id, 'XL-DA');
    const upload = async (rows: (string | number)[][]): Promise<string> => {
      const book = new ExcelJS.Workbook();
      book.addWorksheet('Codes').addRows(rows);
      const page = await agent.get(`/admin/campaigns/${id}/codes`);
      const form = new FormData();
      form.set('_csrf', /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '');
      form.set('list', '');
      form.set('file', new Blob([new Uint8Array(await book.xlsx.writeBuffer())]), 'codes.xlsx');
      const cookie = [...agent.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      return (
        await fetch(`${server.url}/admin/campaigns/${id}/codes/list`, {
          method: 'POST',
          body: form,
          redirect: 'manual',
          headers: { cookie, 'accept-language': 'de' },
        })
      ).text();
    };
    const good = [['Gutscheincode'], ['XL-1'], [], [47110815]];
    const wrong = await upload([...good, ['xl 1'], ['XL-DA'], ['??']]);
    const rows = [...wrong.matchAll(/<td class="num">(\d+)<\/td>/g)].map(([, row]) => row);
    expect(rows).to.deep.equal(['5', '6', '7']);
    expect(await codes(id)).to.deep.equal(['XL-DA']);
    const token = tokenOf(await upload(good));
    await agent.get(`/admin/campaigns/${id}/codes`);
    const taken = await agent.post(`/admin/campaigns/${id}/codes/list`, { token });
    expect(taken.status).to.equal(303);
    await jobDone(taken.location);
    expect(await codes(id)).to.deep.equal(['XL-DA', 'XL-1', '47110815']);
  });

  it('list the runs by pages, and reach each of them', async () => {
    const id = await create(FIELDS);
    for (let run = 0; run < 22; run++)
      await api.post(`/campaigns/${id}/codes`, { count: 1 }, { idempotencyKey: `run-${id}-${run}` });
    const runsOf = (html: string): string[] =>
      [...html.matchAll(/<a href="\/admin\/jobs\/(\d+)">/g)].map(([, run = '']) => run);
    const first = await agent.get(`/admin/campaigns/${id}/codes`);
    const next = /href="([^"]*runs[^"]*#runs)"/.exec(first.html)?.[1]?.replace('&#x3D;', '=') ?? '';
    const second = await agent.get(next.split('#')[0] ?? '');
    const all = [...runsOf(first.html), ...runsOf(second.html)];
    expect([runsOf(first.html).length, runsOf(second.html).length, new Set(all).size]).to.deep.equal([20, 2, 22]);
    for (const run of all) await api.jobEnd(run);
    expect((await agent.get(`/admin/campaigns/${id}/codes/runs/${all.at(-1) ?? ''}`)).status).to.equal(200);
    expect(
      (await agent.get(`/admin/campaigns/${await create(FIELDS)}/codes/runs/${all.at(-1) ?? ''}`)).status,
    ).to.equal(404);
  });

  it('offer them where they filter other lists, by title or number', async () => {
    const id = await create({ ...FIELDS, title: 'Winterzauber (2027)' });
    await create({ ...FIELDS, title: 'Winterabend' });
    await addList(id, 'WINTER-1');
    await api.post('/redemptions', { booking: bookingOf(100_000), codes: ['WINTER-1'], bookingNumber: 'W-1' });
    expect(JSON.parse((await agent.get('/admin/campaign-suggestions?q=winter')).html))
      .to.have.property('entries')
      .with.lengthOf(2);
    for (const list of ['redemptions', 'holds']) {
      for (const text of [id, 'winterzauber', `Winterzauber (2027) (${id})`, 'Winterzauber (2027)']) {
        const found = await agent.get(`/admin/${list}?campaign=${encodeURIComponent(text)}`);
        expect([found.status, found.html.includes(`value="Winterzauber (2027) (${id})"`)], text).to.deep.equal([
          200,
          true,
        ]);
        if (list === 'redemptions') expect(found.html).to.contain('W-1');
      }
      const several = await agent.get(`/admin/${list}?campaign=winter`);
      expect([
        several.status,
        several.html.includes('Mehrere passen zu „winter“'),
        several.html.includes('<option value="Winterabend'),
      ]).to.deep.equal([422, true, true]);
      expect((await agent.get(`/admin/${list}?campaign=gibt-es-nicht`)).html).to.contain('Keine heißt „gibt-es-nicht“');
    }
  });

  it('let only one of two lists with a common code come in, and that one whole', async () => {
    const [a, b] = [await create(FIELDS), await create(FIELDS)];
    const plans = await Promise.all(
      [a, b].map(async (id) => ({
        id,
        token: tokenOf((await agent.post(`/admin/campaigns/${id}/codes/list`, { list: `BEIDE-1\nNUR-${id}` })).html),
      })),
    );
    const starts = await Promise.all(
      plans.map(({ id, token }) => agent.post(`/admin/campaigns/${id}/codes/list`, { token })),
    );
    const states = [];
    for (const start of starts)
      states.push(start.status === 303 ? (await jobDone(start.location))['state'] : 'refused');
    expect(states.filter((state) => state === 'done')).to.have.length(1);
    expect([(await codes(a)).length, (await codes(b)).length].sort()).to.deep.equal([0, 2]);
  });

  it('show samples and the chance of guessing before codes are made, and do with a run what is asked', async () => {
    const id = await create(PURCHASE);
    await database().knex('campaigns').where({ id }).update({ paid_on: null });
    const preview = await agent.post(`/admin/campaigns/${id}/codes/generation`, {
      count: '20',
      prefix: 'karte',
      format: 'XXXX-XXXX',
    });
    expect(preview.html)
      .to.match(/KARTE-[0-9A-Z]{4}-[0-9A-Z]{4}/)
      .and.contain('1 zu 1.717.986.918');
    expect(
      (await agent.post(`/admin/campaigns/${id}/codes/generation`, { count: '20', prefix: '', format: 'XXX' })).html,
    ).to.contain('8 bis 31 X');
    const start = await agent.post(`/admin/campaigns/${id}/codes/generation`, {
      count: '20',
      prefix: 'karte',
      format: 'XXXX-XXXX',
      do: 'start',
    });
    expect(await jobDone(start.location)).to.include({ state: 'done' });
    const run = /jobs\/(\d+)/.exec(start.location ?? '')?.[1] ?? '';
    const act = async (action: string): Promise<Record<string, unknown>> =>
      jobDone(
        (await agent.post(`/admin/campaigns/${id}/codes/runs/${run}`, { action, paidOn: '02.01.2026', reason: 'Test' }))
          .location,
      );
    expect(((await act('lock'))['result'] as { done: number }).done).to.equal(20);
    expect(((await act('unlock'))['result'] as { done: number }).done).to.equal(20);
    expect(((await act('pay'))['result'] as { done: number }).done).to.equal(20);
    const [first = ''] = await codes(id);
    expect((await api.get(`/vouchers/by-code/${first}`)).body).to.include({ balance: 5000, status: 'active' });
    expect((await act('withdraw'))['result'] as { done: number; skipped: number }).to.include({ done: 0, skipped: 20 });
    const exported = await act('export');
    const file = await agent.get(`/admin/jobs/${exported['id'] as string}/file`);
    expect(file.html.split('\r\n').filter((line) => line.startsWith('KARTE'))).to.have.length(20);
  });

  it('withdraw codes on which nothing hangs, and no others', async () => {
    const id = await create(FIELDS);
    const plan = await agent.post(`/admin/campaigns/${id}/codes/list`, { list: 'WEG-1\nWEG-2\nWEG-3' });
    const start = await agent.post(`/admin/campaigns/${id}/codes/list`, { token: tokenOf(plan.html) });
    await jobDone(start.location);
    await api.post('/redemptions', { booking: bookingOf(10_000), codes: ['WEG-2'], bookingNumber: 'W-WEG-1' });
    const run = /jobs\/(\d+)/.exec(start.location ?? '')?.[1] ?? '';
    await jobDone(
      (await agent.post(`/admin/campaigns/${id}/codes/runs/${run}`, { action: 'withdraw', reason: 'Rest' })).location,
    );
    expect(await codes(id)).to.deep.equal(['WEG-2']);
    expect((await api.get(`/campaigns/${id}`)).body.codeCount ?? 1).to.equal(1);
  });

  it('take a voucher in and out, its money staying its own', async () => {
    const id = await create(PURCHASE);
    await api.post('/vouchers', {
      type: 'purchase',
      title: 'Allein',
      code: 'ALLEIN',
      paidAt: '2026-01-01',
      value: { originalValue: 7777 },
    });
    expect((await agent.post(`/admin/campaigns/${id}/codes/membership`, { code: 'GIBTSNICHT' })).html).to.contain(
      'gibt es nicht',
    );
    const asked = await agent.post(`/admin/campaigns/${id}/codes/membership`, { code: 'allein' });
    expect(asked.html).to.contain('Das Guthaben von 77,77').and.contain('>Allein<').and.contain('Karten');
    expect((await api.get('/vouchers/by-code/ALLEIN')).body.campaign).to.equal(null);
    await agent.post(`/admin/campaigns/${id}/codes/membership`, { code: 'allein', do: 'confirm' });
    const inside = (await api.get('/vouchers/by-code/ALLEIN')).body;
    expect(inside).to.include({ campaign: id, title: 'Karten', balance: 7777 });
    await agent.post(`/admin/campaigns/${id}/codes/membership`, { leave: inside.id as string, do: 'confirm' });
    const outside = (await api.get('/vouchers/by-code/ALLEIN')).body;
    expect(outside).to.include({ campaign: null, title: 'Karten', balance: 7777 });
    const discount = await create(FIELDS);
    expect((await agent.post(`/admin/campaigns/${discount}/codes/membership`, { code: 'ALLEIN' })).html).to.contain(
      'Typ, Währung, Restwert-Regel',
    );
  });

  it('never make a voucher paid that has nothing on it, nor valid what a pause has stopped', async () => {
    const id = await create(PURCHASE);
    await api.post('/vouchers', {
      type: 'purchase',
      title: 'Offen',
      code: 'OFFEN',
      paidAt: null,
      value: { originalValue: 4000 },
    });
    expect((await agent.post(`/admin/campaigns/${id}/codes/membership`, { code: 'OFFEN' })).html).to.contain(
      'setzen Sie ihn zuerst bezahlt',
    );
    expect((await api.get('/vouchers/by-code/OFFEN')).body).to.include({ campaign: null, status: 'unpaid' });
    const paused = await create(FIELDS);
    await addList(paused, 'RUHT-1');
    await agent.post(`/admin/campaigns/${paused}/state`, { active: 'false' });
    const { body } = await api.get('/vouchers/by-code/RUHT-1');
    await agent.post(`/admin/campaigns/${paused}/codes/membership`, { leave: body.id as string, do: 'confirm' });
    expect((await api.get('/vouchers/by-code/RUHT-1')).body).to.include({ campaign: null, status: 'deactivated' });
  });

  it('leave a code alone that has left its run, and one that was reserved meanwhile', async () => {
    const id = await create(FIELDS);
    const plan = await agent.post(`/admin/campaigns/${id}/codes/list`, { list: 'RAUS-1\nHALT-1\nFREI-1' });
    const start = await agent.post(`/admin/campaigns/${id}/codes/list`, { token: tokenOf(plan.html) });
    await jobDone(start.location);
    const run = /jobs\/(\d+)/.exec(start.location ?? '')?.[1] ?? '';
    await agent.post(`/admin/campaigns/${id}/codes/membership`, {
      leave: (await api.get('/vouchers/by-code/RAUS-1')).body.id as string,
      do: 'confirm',
    });
    expect(
      (await api.post('/holds', { booking: bookingOf(10_000, { reference: 'halt-1' }), codes: ['HALT-1'] })).status,
    ).to.equal(201);
    const withdrawn = await jobDone(
      (await agent.post(`/admin/campaigns/${id}/codes/runs/${run}`, { action: 'withdraw', reason: 'Rest' })).location,
    );
    expect(withdrawn['result']).to.deep.include({ done: 1, skipped: 1 });
    expect(await codes(id)).to.deep.equal(['HALT-1']);
    expect((await api.get('/vouchers/by-code/RAUS-1')).status).to.equal(200);
  });

  it('keep what was booked: its value and its reason stay once there are codes', async () => {
    const { body } = await api.post('/campaigns', {
      type: 'settlement',
      title: 'Kulanz',
      funding: 'refund_conversion',
      paidAt: '2026-01-01',
      value: { originalValue: 2500 },
    });
    const job = await api.post(`/campaigns/${body.id as string}/codes`, { codes: ['KULANZ-1', 'KULANZ-2'] });
    await api.jobEnd(job.body.id as string);
    expect((await api.patch(`/campaigns/${body.id as string}`, { funding: 'goodwill' })).body.code).to.equal(
      'fixed_once_paid',
    );
    expect((await api.get('/vouchers/by-code/KULANZ-2')).body).to.include({ balance: 2500, status: 'active' });
  });

  it('book codes that are being made while their campaign is paid', async () => {
    const { body } = await api.post('/campaigns', {
      type: 'purchase',
      title: 'Eilig',
      paidAt: null,
      value: { originalValue: 1000 },
    });
    const job = await api.post(`/campaigns/${body.id as string}/codes`, { count: 3000 });
    await api.patch(`/campaigns/${body.id as string}`, { paidAt: '2026-01-01' });
    await api.jobEnd(job.body.id as string);
    const unbooked = await database()
      .knex('vouchers')
      .where({ campaign_id: body.id as string, ledger_count: 0 })
      .count<{ count: unknown }[]>({ count: '*' });
    expect(Number(unbooked[0]?.count)).to.equal(0);
  });

  it('find codes by their beginning only for those who may see codes', async () => {
    const id = await create(FIELDS);
    await addList(id, 'GEHEIM-77');
    await database()
      .knex('users')
      .insert({
        ...(await database().knex('users').first<Record<string, unknown>>()),
        id: 990,
        email: `aushilfe@example.org`,
        role: 'agent',
        can_see_codes: false,
      });
    const helper = await signedIn(server.url, { ...TEST_ADMIN, email: 'aushilfe@example.org' });
    const found = (html: string): boolean =>
      html.includes('…M-77') || html.includes('…M77') || html.includes('EIM-77') || html.includes('…-77');
    expect(found((await helper.get(`/admin/campaigns/${id}/codes?q=geheim`)).html)).to.equal(false);
    const whole = (await helper.get(`/admin/campaigns/${id}/codes?q=geheim77`)).html;
    expect([found(whole), whole.includes('>GEHEIM-77<')]).to.deep.equal([true, false]);
    expect((await agent.get(`/admin/campaigns/${id}/codes?q=geheim`)).html).to.contain('GEHEIM-77');
  });

  it('report what was redeemed and given back, month by month', async () => {
    const id = await create(FIELDS);
    await addList(id, 'MONAT-1\nMONAT-2');
    const { body } = await api.post('/redemptions', {
      booking: bookingOf(80_000),
      codes: ['MONAT-1'],
      bookingNumber: 'M-1',
    });
    await api.post('/redemptions', { booking: bookingOf(20_000), codes: ['MONAT-2'], bookingNumber: 'M-2' });
    await api.post(`/redemptions/${body.id as string}/reversals`, { amount: 3000, reason: 'Teil' });
    await addList(id, 'DOPPELT-1\nDOPPELT-2');
    await api.put('/settings/stacking', { maxVouchers: 2, maxPerCampaign: 2 });
    const both = await api.post('/redemptions', {
      booking: bookingOf(50_000),
      codes: ['DOPPELT-1', 'DOPPELT-2'],
      bookingNumber: 'M-3',
    });
    expect(both.status).to.equal(201);
    const past = Date.now() - 120_000;
    await database().knex('redemptions').update({ redeemed_at: past });
    await database().knex('reversals').update({ reversed_at: past });
    const report = await agent.get(`/admin/campaigns/${id}/report`);
    expect(report.html).to.contain('1.500,00').and.contain('170,00');
    expect((await agent.get(`/admin/campaigns/${id}/report`)).html).to.contain('170,00');
    const chart = await agent.get(`/admin/campaigns/${id}/report/chart.svg`);
    expect([chart.status, chart.html.startsWith('<svg'), chart.html.includes('<script')]).to.deep.equal([
      200,
      true,
      false,
    ]);
  });
});

import { expect } from 'chai';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { HANGS_ON_A_VOUCHER } from '../../../../src/features/campaigns/codes/code-removal-store.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { fixedClock } from '../../../../src/platform/process/clock.ts';
import { turningClock } from '../../../support/clock.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';
import { PRINTING } from '../../../support/pdf.ts';

describeOnBothDatabases('tidying of codes nobody used', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let admin: Visitor;
  let day = '2026-01-05';
  const clock = turningClock(() => `${day}T10:00:00Z`);
  const campaigns: Record<string, string> = {};
  const codes: Record<string, string[]> = {};

  const codesOf = (id: string): Promise<string[]> =>
    database().knex('vouchers').where({ campaign_id: id }).orderBy('id').pluck('code');
  const field = async (id: string, name: string): Promise<unknown> =>
    (await database().knex('campaigns').where({ id }).first<Record<string, unknown>>(name))[name];

  async function campaign(name: string, body: object, count: number): Promise<void> {
    const made = await api.post('/campaigns', {
      title: name,
      validity: { bookUntil: '2026-03-31' },
      paidAt: '2026-01-01',
      ...body,
    });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    campaigns[name] = String(made.body.id);
    const job = await api.post(`/campaigns/${campaigns[name] ?? ''}/codes`, { count });
    expect((await api.jobEnd(String(job.body.id))).body.state).to.equal('done');
    codes[name] = await codesOf(campaigns[name] ?? '');
  }
  const TENTH = { type: 'discount', value: { tiers: [{ minTripPrice: 0, percent: 10 }] } };

  before(async () => {
    server = await startTestServer({ database: database(), clock, env: PRINTING });
    api = apiClient(server.url);
    admin = await signedIn(server.url);
    const DEAL = { type: 'deal', deal: { paysInFull: true, entry: 'deal_page' } };
    await campaign('Fruehling', TENTH, 20);
    await campaign('Pool-Deal', DEAL, 4);
    await campaign('Partner-Deal', DEAL, 4);
    await campaign('Karten', { type: 'purchase', value: { originalValue: 5000 } }, 3);
    await campaign('Laufend', { ...TENTH, validity: { bookUntil: '2027-12-31' } }, 2);
    const [redeemed = '', held = '', locked = '', sent = '', named = '', paid = ''] = codes['Fruehling'] ?? [];
    expect(
      (await api.post('/redemptions', { booking: bookingOf(10_000), codes: [redeemed], bookingNumber: 'B-1' })).status,
    ).to.equal(201);
    expect(
      (await api.post('/holds', { booking: bookingOf(10_000, { reference: 'H-1' }), codes: [held] })).status,
    ).to.be.oneOf([200, 201]);
    for (const table of ['holds', 'hold_lines'])
      await database()
        .knex(table)
        .update({ expires_at: fixedClock('2028-01-01T00:00:00Z').now() });
    const idOf = async (code: string): Promise<string> =>
      String((await database().knex('vouchers').where({ code }).first<{ id: number }>('id')).id);
    await database().knex('vouchers').where({ code: locked }).update({ is_deactivated: true });
    await database()
      .knex('voucher_recipients')
      .insert({ voucher_id: await idOf(sent), name: 'Petra', email: 'petra@example.org' });
    await database()
      .knex('audit_log')
      .insert({
        recorded_at: clock.now(),
        actor: 'user:1',
        action: 'voucher.change',
        entity: 'voucher',
        entity_id: await idOf(named),
        changes: '{}',
      });
    await database().knex('vouchers').where({ code: paid }).update({ paid_on: '2026-02-01' });
    // What a program has read may be anywhere by now.
    expect((await api.get(`/campaigns/${campaigns['Partner-Deal'] ?? ''}/codes`)).body.items).to.have.lengthOf(4);
  });
  after(() => server.close());
  afterEach(async () => {
    expect((await verifyBooks(database().knex, clock.now())).problem).to.equal(null);
  });

  async function runOn(on: string): Promise<void> {
    day = on;
    admin = await signedIn(server.url);
    const { location } = await admin.post('/admin/tidying', {});
    const job = await api.jobEnd(location?.split('/').at(-1) ?? '');
    expect(job.body.state, JSON.stringify(job.body)).to.equal('done');
  }
  const rowOf = (html: string, name: string): string =>
    new RegExp(`${name}</th>.*?</tr>`).exec(html.replaceAll(/\s+/g, ' '))?.[0] ?? '';

  it('asks every table that points to a voucher before one is deleted', async () => {
    if (database().kind !== 'SQLite') return;
    const tables = await database().knex('sqlite_master').where({ type: 'table' }).pluck<string[]>('name');
    const pointing: string[] = [];
    for (const table of tables) {
      const keys = (await database().knex.raw(`pragma foreign_key_list('${table}')`)) as {
        table: string;
        from: string;
      }[];
      pointing.push(
        ...keys.filter((key) => key.table === 'vouchers' && table !== 'vouchers').map(({ from }) => `${table}.${from}`),
      );
    }
    expect(HANGS_ON_A_VOUCHER.map(([table, column]) => `${table}.${column}`)).to.include.members(pointing);
  });

  it('hides a campaign 90 days after its end, and shows it to whoever asks for the archive', async () => {
    await runOn('2026-06-29');
    expect(await field(campaigns['Fruehling'] ?? '', 'archived_at')).to.equal(null);
    day = '2026-06-30';
    admin = await signedIn(server.url);
    expect(rowOf((await admin.get('/admin/tidying')).html, 'Beendete Rabatt- und Deal-Aktionen'))
      .to.contain('Fruehling')
      .and.contain('>3</td>');
    await runOn('2026-06-30');
    const list = await admin.get('/admin/campaigns');
    expect(list.html).to.contain('Laufend').and.contain('Karten').and.not.contain('Fruehling');
    expect((await admin.get('/admin/campaigns?state=archived')).html)
      .to.contain('Fruehling')
      .and.contain('archiviert')
      .and.not.contain('Laufend');
    expect((await admin.get('/admin/campaigns?q=Frueh')).html).to.contain('Fruehling');
    const rows = async (query: string): Promise<number> =>
      [...(await admin.get(`/admin/vouchers${query}`)).html.matchAll(/<td class="check">/g)].length;
    expect([
      await rows(''),
      await rows('?archive=all'),
      await rows(`?campaign=${campaigns['Fruehling'] ?? ''}`),
    ]).to.deep.equal([5, 33, 20]);
    // What was never used and went by hand to somebody has lost that somebody; the code is still there.
    expect(await database().knex('voucher_recipients').select('*')).to.deep.equal([]);
    expect(await codesOf(campaigns['Fruehling'] ?? '')).to.have.lengthOf(20);
    expect((await admin.get('/admin/exports/vouchers')).html).to.contain('33');
  });

  it('takes a campaign out of the archive, and gives it its time anew', async () => {
    const id = campaigns['Pool-Deal'] ?? '';
    expect((await admin.get(`/admin/campaigns/${id}`)).html).to.contain('Aus dem Archiv holen');
    expect((await admin.post(`/admin/campaigns/${id}/restoration`, {})).location).to.equal(`/admin/campaigns/${id}`);
    expect((await admin.get('/admin/campaigns')).html).to.contain('Pool-Deal');
    await runOn('2026-07-01');
    expect(await field(id, 'archived_at')).to.equal(null);
    expect(await database().knex('audit_log').where({ action: 'campaign.restore', entity_id: id })).to.have.lengthOf(1);
    await runOn('2026-09-29');
    expect(await field(id, 'archived_at')).to.not.equal(null);
  });

  it('deletes 30 days later what nothing hangs on, and keeps count, campaign and statistics', async () => {
    const id = campaigns['Fruehling'] ?? '';
    expect([await codesOf(id), await field(id, 'code_count'), await field(id, 'removed_codes')]).to.deep.equal([
      (codes['Fruehling'] ?? []).slice(0, 6).filter((_, index) => index !== 3),
      5,
      15,
    ]);
    const [removal] = await database()
      .knex('code_removals')
      .where({ campaign_id: id })
      .select<Record<string, unknown>[]>();
    expect(removal).to.include({ rule: 'unissued_codes', codes: 15, removed_on: '2026-09-29' });
    const report = await admin.get(`/admin/campaigns/${id}/report`);
    expect(report.html)
      .to.contain('15 nie ausgegebene Codes gelöscht am 29.09.2026')
      .and.match(/<dd>20<\/dd>/);
    expect((await api.get(`/campaigns/${id}`)).body).to.include({ codeCount: 5, removedCodes: 15, archived: true });
    for (const kept of ['Partner-Deal', 'Karten', 'Laufend', 'Pool-Deal'])
      expect(await codesOf(campaigns[kept] ?? ''), kept).to.deep.equal(codes[kept]);
    expect(rowOf((await admin.get('/admin/tidying')).html, 'Ungenutzte Codes archivierter Aktionen')).to.contain(
      '>0</td>',
    );
    await runOn('2026-10-31');
    expect(await codesOf(campaigns['Pool-Deal'] ?? '')).to.deep.equal([]);
    expect(await codesOf(campaigns['Partner-Deal'] ?? '')).to.have.lengthOf(4);
  });

  it('tells a traveller with a deleted code that it has expired, and when', async () => {
    const { body } = await api.post('/quotes', {
      booking: bookingOf(10_000),
      codes: [codes['Fruehling']?.[10] ?? '', 'GIBT-ES-NICHT'],
    });
    expect(
      body.rejected.map(({ reason, params }: { reason: string; params: object }) => [reason, params]),
    ).to.deep.equal([
      ['expired', { bookUntil: '2026-03-31' }],
      ['unknown_code', {}],
    ]);
  });

  it('never gives a deleted code out again, by hand or from a list', async () => {
    const gone = codes['Fruehling']?.[10] ?? '';
    const single = await api.post('/vouchers', { ...TENTH, title: 'Nochmal', code: gone });
    expect([single.status, single.body.code]).to.deep.equal([409, 'code_taken']);
    const listed = await api.post(`/campaigns/${campaigns['Laufend'] ?? ''}/codes`, { codes: [gone, 'GANZ-NEU'] });
    expect(listed.status, JSON.stringify(listed.body)).to.equal(422);
    expect(
      listed.body.errors.map(({ path, code }: { path: string; code: string }) => `${path} ${code}`),
      JSON.stringify(listed.body),
    ).to.deep.equal(['codes.0 code_taken']);
    expect(await codesOf(campaigns['Laufend'] ?? '')).to.have.lengthOf(2);
  });

  it('is switched off, or given other days, by setting', async () => {
    const wrong = await admin.post('/admin/tidying/settings', {
      archiveDays: '0',
      deletionDays: 'bald',
      linkDays: '30',
      jobDays: '180',
    });
    expect(wrong.status).to.equal(422);
    expect(wrong.html).to.contain('value="bald"').and.contain('Ins Archiv nach: Bitte eine ganze Zahl');
    expect(
      (
        await admin.post('/admin/tidying/settings', {
          archiveDays: '10',
          deletionDays: '5',
          linkDays: '30',
          jobDays: '180',
        })
      ).status,
    ).to.equal(303);
    expect((await admin.get('/admin/tidying')).html).to.contain('ist unten ausgeschaltet');
    await api.patch(`/campaigns/${campaigns['Laufend'] ?? ''}`, { validity: { bookUntil: '2026-11-01' } });
    await runOn('2026-11-20');
    await runOn('2026-12-20');
    expect(await field(campaigns['Laufend'] ?? '', 'archived_at')).to.not.equal(null);
    expect(await codesOf(campaigns['Laufend'] ?? '')).to.have.lengthOf(2);
  });

  it('keeps the codes of a deal of which a single one was ever downloaded as a PDF', async () => {
    expect(
      (
        await admin.post('/admin/tidying/settings', {
          archiveDays: '90',
          deletionDays: '30',
          linkDays: '30',
          jobDays: '180',
          deletesCodes: 'true',
        })
      ).status,
    ).to.equal(303);
    const deal = { type: 'deal', deal: { paysInFull: true, entry: 'deal_page' } };
    await campaign('Einzel-PDF', deal, 2);
    await campaign('Ohne PDF', deal, 2);
    const [single = '', other = ''] = [campaigns['Einzel-PDF'], campaigns['Ohne PDF']];
    const [first] = await database()
      .knex('vouchers')
      .where({ campaign_id: single })
      .orderBy('id')
      .pluck<(number | string)[]>('id');
    await admin.get(`/admin/vouchers/${String(first)}/document`);
    expect(await field(single, 'handed_out_at'), 'looking at it hands nothing out').to.equal(null);
    const pdf = await admin.get(`/admin/vouchers/${String(first)}/document/pdf`);
    expect([pdf.status, pdf.headers.get('content-type')]).to.deep.equal([200, 'application/pdf']);
    expect(Number(await field(single, 'handed_out_at'))).to.equal(clock.now());
    await runOn('2027-04-01');
    await runOn('2027-05-10');
    expect([(await codesOf(single)).length, (await codesOf(other)).length]).to.deep.equal([2, 0]);
  }).timeout(30_000);
});

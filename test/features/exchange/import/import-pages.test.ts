import { expect } from 'chai';
import ExcelJS from 'exceljs';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { queueExpiryRefunds } from '../../../../src/features/vouchers/ending/expiry-refund-service.ts';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Answer, type Visitor } from '../../../support/pages.ts';

describeOnBothDatabases('the import of codes from another system', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let admin: Visitor;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    admin = await signedIn(server.url);
    await api.post('/vouchers', {
      type: 'discount',
      title: 'Da',
      code: 'DA-1',
      value: { tiers: [{ minTripPrice: 0, amount: 100 }] },
    });
  });
  after(() => server.close());

  const plain = (html: string): string => html.replaceAll(/[\u00a0\u202f]/g, ' ').replaceAll(/\s+/g, ' ');

  /** A form with a file is sent as browsers send it; answers where the columns are matched. */
  async function upload(content: string | Uint8Array<ArrayBuffer>, name = 'alt.csv'): Promise<string> {
    const page = await admin.get('/admin/imports');
    const form = new FormData();
    form.set('_csrf', /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '');
    form.set('file', new Blob([content]), name);
    const cookie = [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(`${server.url}/admin/imports`, {
      method: 'POST',
      body: form,
      redirect: 'manual',
      headers: { cookie },
    });
    expect(answer.status).to.equal(303);
    return answer.headers.get('location') ?? '';
  }

  /** Sends the columns as the page proposes them. */
  async function check(location: string, more: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const { html } = await admin.get(location);
    const fields: Record<string, string> = {
      fallbackTitle: 'Altbestand',
      fallbackType: 'purchase',
      policy: 'skip',
      name: 'alt.csv',
    };
    for (const [, name = '', options = ''] of html.matchAll(/<select[^>]*name="(\w+)"[^>]*>([\s\S]*?)<\/select>/g)) {
      const chosen = /<option value="(\d+)" selected/.exec(options)?.[1];
      if (chosen !== undefined) fields[name] = chosen;
    }
    const answer = await admin.post(location.split('?')[0] ?? '', { ...fields, ...more });
    return answer.status === 303 ? admin.get(answer.location ?? '') : answer;
  }

  async function takeOver(page: Answer): Promise<{ result: Record<string, unknown>; csv: string }> {
    const here = /action="(\/admin\/imports\/checks\/\d+)"/.exec(page.html)?.[1] ?? '';
    const id = (await admin.post(here, {})).location?.split('/').at(-1) ?? '';
    const job = (await api.jobEnd(id)).body;
    expect(job.state, JSON.stringify(job)).to.equal('done');
    return { result: job.result as Record<string, unknown>, csv: (await admin.get(`/admin/jobs/${id}/file`)).html };
  }

  const LIST = [
    '\uFEFFGutscheincode;Titel;Typ;Wert;Restwert;Bezahlt am;Gültig bis;Empfänger;E-Mail;Bemerkung',
    'ALT-0001;Gutschein;Kauf;"1.100,50";40,25;03.04.2025;31.12.2031;Eva Ernst;eva@example.org;aus der Kartei',
    'ALT-0002;;;50;;2025-05-06;;;',
    'ALT-0003;Frühling;Rabatt;10 %;;;31.12.2031;;',
    'ALT-0004;Offen;Kauf;75,00;;;;;',
    'ALT-0005;Leer;Kauf;20;0;01.02.2025;;;',
    'DA-1;Da;Rabatt;5;;;;;',
    'alt 0001;Noch einmal;Kauf;5;;;;;',
    'ALT-0006;Schlecht;Kauf;fünf;;;;;',
    'ALT-0007;Schlecht;Kauf;5;6;01.02.2025;;;',
    ';ohne Code;Kauf;5;;;;;',
  ].join('\r\n');

  it('names every row that is wrong, books what is left, and tells the outcome of every row', async () => {
    const page = await check(await upload(LIST));
    const text = plain(page.html);
    expect(text)
      .to.contain('Werden übernommen</dt><dd>5')
      .and.contain('Gibt es schon</dt><dd>2')
      .and.contain('Stimmen nicht</dt><dd>3');
    expect(text).to.contain('„fünf“ ist kein Wert');
    expect(text)
      .to.contain('Der Restwert „6“ liegt nicht zwischen')
      .and.contain('Der Code fehlt.')
      .and.contain('steht mehrmals in der Datei')
      .and.contain('90,25 € werden heute als Verbindlichkeit');
    const { result, csv } = await takeOver(page);
    expect(result).to.include({ created: 5, skipped: 2, failed: 3 });
    expect(csv.split('\r\n').filter((line) => /^\d/.test(line))).to.have.lengthOf(10);
    expect(csv).to.contain('2;ALT-0001;übernommen;').and.contain('7;DA-1;übersprungen;');
    const list = (await api.get('/vouchers?q=ALT-000')).body.items as {
      code: string;
      balance: number | null;
      status: string;
      title: string;
      note: string | null;
    }[];
    const of = (code: string) => list.find((one) => one.code === code);
    expect(of('ALT-0001')).to.include({
      balance: 4025,
      status: 'partly_redeemed',
      title: 'Gutschein',
      note: 'aus der Kartei',
    });
    expect(of('ALT-0002')).to.include({ balance: 5000, status: 'active', title: 'Altbestand' });
    expect(of('ALT-0003')).to.include({ balance: null, status: 'active' });
    expect(of('ALT-0004')).to.include({ balance: 0, status: 'unpaid' });
    expect(of('ALT-0005')).to.include({ balance: 0, status: 'redeemed' });
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
    const booked = await database()
      .knex('ledger_entries')
      .where({ event: 'migrated' })
      .select<{ debit_role: string; credit_role: string; event_on: string }[]>('debit_role', 'credit_role', 'event_on');
    expect(booked).to.have.lengthOf(2);
    expect(booked[0]).to.include({ debit_role: 'OPENING', credit_role: 'V_KAUF', event_on: '2025-04-03' });
  });

  it('tells which rows were taken over when it is cancelled, and goes on where the file comes again', async () => {
    const rows = 6000;
    const list = `Code;Wert;Bezahlt\n${Array.from({ length: rows }, (_unused, index) => `LANG-${index}-QQQQ;10;ja`).join('\n')}\n`;
    const page = await check(await upload(list));
    const here = /action="(\/admin\/imports\/checks\/\d+)"/.exec(page.html)?.[1] ?? '';
    const id = (await admin.post(here, {})).location?.split('/').at(-1) ?? '';
    for (
      let tries = 0;
      tries < 400 && Number((await database().knex('jobs').where({ id }).first<{ done: number }>('done')).done) === 0;
      tries++
    )
      await new Promise((resolve) => setTimeout(resolve, 5));
    await admin.get(`/admin/jobs/${id}`);
    await admin.post(`/admin/jobs/${id}/cancellation`, {});
    const job = (await api.jobEnd(id)).body as { state: string; result: { created: number } };
    expect(job.state).to.equal('cancelled');
    const { created } = job.result;
    expect(created).to.be.within(1, rows - 1);
    const csv = (await admin.get(`/admin/jobs/${id}/file`)).html;
    expect(csv.split('\r\n').filter((line) => line.includes('übernommen'))).to.have.lengthOf(created);
    expect((await admin.get(`/admin/jobs/${id}`)).html).to.contain('herunterladen');
    expect(await database().knex('import_outcomes').where({ job_id: id })).to.deep.equal([]);
    expect((await takeOver(await check(await upload(list)))).result).to.include({
      created: rows - created,
      skipped: created,
    });
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
  }).timeout(60_000);

  it('makes codes that can be redeemed like any other', async () => {
    const used = await api.post('/redemptions', {
      booking: bookingOf(3000),
      codes: ['alt0001'],
      bookingNumber: 'NEU-1',
    });
    expect(used.status, JSON.stringify(used.body)).to.equal(201);
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
  });

  it('takes nothing over where it is to stop and a row is wrong', async () => {
    const page = await check(await upload('Code;Wert;Bezahlt\nNEU-1;10;ja\nDA-1;10;ja\n'), { policy: 'stop' });
    expect(plain(page.html)).to.contain('Sie haben „anhalten“ gewählt').and.not.contain('Gutschein übernehmen');
    const good = await check(await upload('Code,Wert,Bezahlt\nNEU-1,"10,5",ja\n'), { policy: 'stop' });
    expect((await takeOver(good)).result).to.include({ created: 1 });
  });

  it('asks for the columns it needs, and remembers them', async () => {
    const location = await upload('A;B;C\nX-1;Test;12\n');
    const asked = await check(location);
    expect(asked.status).to.equal(422);
    expect(asked.html).to.contain('Bitte wählen Sie die Spalte.');
    expect((await check(location, { code: '0', title: '1', value: '2' })).html).to.contain('Werden übernommen');
    expect(
      (await admin.get(await upload('A;B;C\nX-2;Test;12\n'))).html.match(/<option value="\d+" selected/g),
    ).to.have.lengthOf(3);
  });

  it('takes over a workbook with real days, and codes whose zeros in front count', async () => {
    const book = new ExcelJS.Workbook();
    const sheet = book.addWorksheet('Altbestand');
    sheet.addRow(['Gutscheincode', 'Titel', 'Wert', 'Restwert', 'Bezahlt am', 'Gültig bis']);
    sheet.addRow([
      '00471',
      'Aus Excel',
      120.5,
      20.25,
      new Date(Date.UTC(2025, 2, 30)),
      new Date(Date.UTC(2031, 11, 31)),
    ]);
    sheet.addRow(['0471', 'Aus Excel', 50, null, new Date(Date.UTC(2025, 9, 26)), null]);
    const bytes = new Uint8Array(await book.xlsx.writeBuffer());
    const { result } = await takeOver(await check(await upload(bytes, 'alt.xlsx')));
    expect(result).to.include({ created: 2, skipped: 0, failed: 0 });
    const items = (await api.get('/vouchers?q=00471')).body.items as {
      code: string;
      balance: number | null;
      title: string;
      validity: { bookUntil: string | null };
    }[];
    expect(items.map(({ code }) => code)).to.deep.equal(['00471']);
    expect(items[0]).to.include({ balance: 2025, title: 'Aus Excel' });
    const rows = await database()
      .knex('ledger_entries')
      .where({ event: 'migrated' })
      .whereIn('cents', [2025, 5000])
      .orderBy('id', 'desc')
      .limit(2)
      .select<{ event_on: string; cents: number }[]>('event_on', 'cents');
    expect(rows.map(({ event_on: day, cents }) => ({ day, cents }))).to.have.deep.members([
      { day: '2025-03-30', cents: 2025 },
      { day: '2025-10-26', cents: 5000 },
    ]);
  });

  it('lets a later row have the code of one that was wrong', async () => {
    const { result, csv } = await takeOver(
      await check(await upload('Code;Wert;Bezahlt\nZWEI-1;viel;ja\nZWEI-1;30;ja\nZWEI-1;31;ja\n')),
    );
    expect(result).to.include({ created: 1, skipped: 1, failed: 1 });
    expect(csv).to.contain('3;ZWEI-1;übernommen;');
  });

  describe('with a column for the campaign', () => {
    const campaign = async (body: object): Promise<string> => (await api.post('/campaigns', body)).body.id as string;

    it('lets the codes follow the campaign by the rules of joining, and names what does not fit', async () => {
      const cards = await campaign({ type: 'purchase', title: 'Karten 2026', value: { originalValue: 5000 } });
      const paid = await campaign({
        type: 'purchase',
        title: 'Bezahlte Karten',
        value: { originalValue: 5000 },
        paidAt: '2026-01-01',
      });
      const spring = await campaign({
        type: 'discount',
        title: 'Frühjahr',
        value: { tiers: [{ minTripPrice: 0, percent: 15 }] },
      });
      await campaign({ type: 'discount', title: 'Doppelt', value: { tiers: [{ minTripPrice: 0, percent: 15 }] } });
      await campaign({ type: 'discount', title: 'Doppelt', value: { tiers: [{ minTripPrice: 0, percent: 15 }] } });
      const list = [
        'Code;Aktion;Wert;Rest;Bezahlt;Typ',
        `AK-1;${cards};40,00;15,00;01.02.2026;`,
        'AK-2;karten 2026;;;01.02.2026;Kauf',
        'AK-3;Karten 2026;30;;;',
        'AK-4;Karten 2026;30;0;01.02.2026;',
        'AK-5;FRÜHJAHR;;;;',
        'AK-6;Bezahlte Karten;;;;',
        'AK-7;Karten 2026;10;;;Rabatt',
        'AK-8;Gibt es nicht;10;;;',
        'AK-9;Doppelt;;;;',
        'AK-10;;10;;01.02.2026;',
      ].join('\n');
      const page = await check(await upload(list));
      const text = plain(page.html);
      expect(text).to.contain('Werden übernommen</dt><dd>6').and.contain('Stimmen nicht</dt><dd>4');
      expect(text)
        .to.contain('Die Codes der Aktion „Bezahlte Karten“ sind bezahlt')
        .and.contain('passt nicht zur Aktion „Karten 2026“');
      expect(text)
        .to.contain('Die Aktion „Gibt es nicht“ gibt es nicht')
        .and.contain('Mehrere Aktionen heißen „Doppelt“');
      expect((await takeOver(page)).result).to.include({ created: 6, skipped: 0, failed: 4 });
      expect((await api.get(`/campaigns/${cards}`)).body).to.include({ codeCount: 4 });
      expect((await api.get(`/campaigns/${paid}`)).body).to.include({ codeCount: 0 });
      const rows = await database()
        .knex('vouchers as v')
        .join('voucher_rules as r', 'r.id', 'v.rules_id')
        .where('v.code', 'like', 'AK-%')
        .orderBy('v.id')
        .select<{ code: string; campaign_id: unknown; original_value: unknown; balance: unknown; title: string }[]>(
          'v.code',
          'v.campaign_id',
          'v.original_value',
          'v.balance',
          'r.title',
        );
      expect(
        rows.map((row) => [
          row.code,
          row.campaign_id === null ? null : String(row.campaign_id),
          row.original_value,
          row.balance,
          row.title,
        ]),
      ).to.deep.equal([
        ['AK-1', cards, 4000, 1500, 'Karten 2026'],
        ['AK-2', cards, 5000, 5000, 'Karten 2026'],
        ['AK-3', cards, 3000, 0, 'Karten 2026'],
        ['AK-4', cards, 3000, 0, 'Karten 2026'],
        ['AK-5', spring, null, null, 'Frühjahr'],
        ['AK-10', null, 1000, 1000, 'Altbestand'],
      ]);
      const quote = await api.post('/quotes', { booking: bookingOf(100_000), codes: ['AK-5'] });
      expect(quote.body.accepted[0], JSON.stringify(quote.body)).to.include({ applied: 15_000 });
      // Its codes are paid now: AK-3 gets its value, what was paid or used up in the old system does not get it again.
      expect((await api.patch(`/campaigns/${cards}`, { paidAt: '2026-03-01' })).status).to.equal(200);
      const balances = await database()
        .knex('vouchers')
        .where({ campaign_id: cards })
        .orderBy('id')
        .pluck<unknown[]>('balance');
      expect(balances.map(Number)).to.deep.equal([1500, 5000, 3000, 0]);
      expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
      const told = await database()
        .knex('audit_log')
        .where({ action: 'campaign.import', entity_id: cards })
        .pluck<string[]>('changes');
      expect(told.map((changes) => (JSON.parse(changes) as { codes: number }).codes)).to.deep.equal([4]);
    });
  });

  describe('of settlement vouchers', () => {
    const OLD = [
      'Code;Titel;Typ;Wert;Restwert;Bezahlt am;Gültig bis;Finanzierung;Auszahlung bei Ablauf',
      'VER-1;Kulanz 2021;Verrechnung;100,00;100,00;15.03.2021;31.12.2022;Kulanz;',
      'VER-2;Umbuchung;Verrechnung;50,00;;01.02.2026;30.06.2026;Erstattungsanspruch;',
      'VER-3;Umbuchung;Verrechnung;60,00;;01.02.2026;30.06.2026;Erstattungsanspruch;ja',
      'VER-4;Minderung;Verrechnung;70,00;;15.03.2021;31.12.2022;Minderung;ja',
      'VER-5;Umbuchung;Verrechnung;80,00;;01.02.2026;;;',
      'VER-6;Umbuchung;Verrechnung;80,00;;01.02.2026;;geschenkt;',
      'VER-7;Karte;Kauf;80,00;;01.02.2026;;Kulanz;',
      'VER-8;Kulanz;Verrechnung;80,00;;01.02.2026;;Kulanz;ja',
    ].join('\n');
    const rulesOf = async (code: string): Promise<{ funding: string; refundOnExpiry: boolean; balance: number }> =>
      (await api.get(`/vouchers/by-code/${code}`)).body as never;

    it('asks why they were given, presumes nothing, and says what the first night would do', async () => {
      const page = await check(await upload(OLD));
      const text = plain(page.html);
      expect(text)
        .to.contain('Werden übernommen</dt><dd>4')
        .and.contain('Stimmen nicht</dt><dd>4')
        .and.contain('180,00 € werden heute als Verbindlichkeit')
        .and.contain('1 Verrechnungsgutschein ohne Finanzierung')
        .and.contain('„geschenkt“ ist keine Finanzierung')
        .and.contain('Eine Finanzierung haben nur Verrechnungsgutscheine')
        .and.contain('nicht bei Kulanz');
      expect(text)
        .to.contain('3 Gutscheine sind schon über ihr Ende hinaus (Rest 180,00 €)')
        .and.contain('1 Gutschein würde zur Auszahlung vorgesehen (60,00 €)')
        .and.contain('Von selbst verfällt kein Rest')
        .and.contain('ob diese Auszahlungen wirklich vereinbart sind');
      const here = /action="(\/admin\/imports\/checks\/\d+\/funding)"/.exec(page.html)?.[1] ?? '';
      const again = await admin.post(here, { funding: 'transfer' });
      const chosen = await admin.get(again.location ?? '');
      expect(plain(chosen.html)).to.contain('Werden übernommen</dt><dd>5').and.not.contain('ohne Finanzierung');
      expect((await takeOver(chosen)).result).to.include({ created: 5, failed: 3 });
      expect(await rulesOf('VER-1')).to.include({ funding: 'goodwill', refundOnExpiry: false, balance: 10_000 });
      expect(await rulesOf('VER-2')).to.include({ funding: 'refund_conversion', refundOnExpiry: false });
      expect(await rulesOf('VER-3')).to.include({ funding: 'refund_conversion', refundOnExpiry: true });
      expect(await rulesOf('VER-4')).to.include({ funding: 'legal_claim', refundOnExpiry: true });
      expect(await rulesOf('VER-5')).to.include({ funding: 'transfer', refundOnExpiry: false });
      expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
    });

    it('pays nothing out in the night but what the file agrees on and is not time-barred', async () => {
      await api.jobEnd((await queueExpiryRefunds(database(), Date.now(), 'first-night')) ?? '');
      const tasks = await database()
        .knex('refunds as t')
        .join('vouchers as v', 'v.id', 't.voucher_id')
        .where('v.code', 'like', 'VER-%')
        .pluck<string[]>('v.code');
      expect(tasks).to.deep.equal(['VER-3']);
      for (const code of ['VER-1', 'VER-2', 'VER-4']) expect((await rulesOf(code)).balance).to.be.above(0);
    });

    it('takes the funding of the columns page for rows that say nothing', async () => {
      const location = await upload('Code;Typ;Wert;Bezahlt\nVER-20;Verrechnung;10;ja\n');
      expect(plain((await check(location)).html)).to.contain('Stimmen nicht</dt><dd>1');
      const page = await check(location, { fallbackFunding: 'goodwill' });
      expect(plain(page.html)).to.contain('Werden übernommen</dt><dd>1').and.not.contain('als Verbindlichkeit');
      await takeOver(page);
      const { id } = (await api.get('/vouchers/by-code/VER-20')).body as { id: string };
      const { items } = (await api.get(`/vouchers/${id}/entries`)).body as {
        items: { debit: string; credit: string }[];
      };
      expect(items[0]).to.include({ debit: 'MEMO_GOODWILL_CONTRA', credit: 'MEMO_GOODWILL' });
    });
  });

  it('gives whoever may not see codes the outcomes with the codes cut', async () => {
    const password = 'ein-langes-passwort-1';
    await database()
      .knex('users')
      .insert({
        email: 'ohne@example.org',
        name: 'Ohne Codes',
        role: 'agent',
        password_hash: await hashPassword(password),
        can_see_codes: false,
        created_at: 1,
      });
    const before = admin;
    admin = await signedIn(server.url, { email: 'ohne@example.org', password });
    const { csv } = await takeOver(
      await check(await upload('Code;Wert;Bezahlt\nGEHEIM-4711;10;ja\nGEHEIM-4712;viel;ja\n')),
    ).finally(() => (admin = before));
    expect(csv).to.contain('2;…4711;übernommen').and.contain('3;…4712;nicht übernommen').and.not.contain('GEHEIM');
  });
});

import { expect } from 'chai';
import ExcelJS from 'exceljs';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Answer, type Visitor } from '../../../support/pages.ts';

describeOnBothDatabases('exports of the list of vouchers', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let admin: Visitor;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    admin = await signedIn(server.url);
    for (const [index, value] of [10_000, 25_000, 5050].entries()) {
      const answer = await api.post('/vouchers', {
        type: 'purchase',
        title: index === 0 ? '=HYPERLINK("http://x")' : `Kauf ${index}`,
        code: `KAUF-${index}-ABCD`,
        paidAt: index === 2 ? null : '2026-03-04',
        value: { originalValue: value },
      });
      expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    }
    await api.post('/vouchers', {
      type: 'discount',
      title: 'Rabatt',
      code: 'RABATT',
      value: { tiers: [{ minTripPrice: 100_00, percent: 12.5 }] },
    });
    const used = await api.post('/redemptions', {
      booking: bookingOf(4000),
      codes: ['KAUF-0-ABCD'],
      bookingNumber: 'B-1',
    });
    expect(used.status).to.equal(201);
  });
  after(() => server.close());

  async function sheetsOf(
    answer: Answer,
    who = admin,
  ): Promise<{
    list: ExcelJS.Worksheet;
    parameters: Map<string, string>;
    rows: Record<string, ExcelJS.CellValue>[];
    book: ExcelJS.Workbook;
  }> {
    expect(answer.status, answer.html).to.equal(303);
    const id = answer.location?.split('/').at(-1) ?? '';
    const job = (await api.jobEnd(id)).body;
    expect(job.state, JSON.stringify(job)).to.equal('done');
    const cookie = [...who.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const file = await fetch(`${server.url}/admin/jobs/${id}/file`, { headers: { cookie } });
    expect(file.headers.get('content-disposition')).to.match(/liste-.*\.xlsx/);
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(await file.arrayBuffer());
    const [list] = book.worksheets;
    const last = book.worksheets.at(-1);
    if (list === undefined || last === undefined) throw new Error('no sheet');
    const headings = Array.from(
      { length: list.columnCount },
      (_unused, index) => list.getRow(1).getCell(index + 1).text,
    );
    const rows: Record<string, ExcelJS.CellValue>[] = [];
    list.eachRow((row, number) => {
      if (number > 1)
        rows.push(Object.fromEntries(headings.map((heading, index) => [heading, row.getCell(index + 1).value])));
    });
    const parameters = new Map<string, string>();
    last.eachRow((row) => void parameters.set(String(row.getCell(1).value), String(row.getCell(2).value)));
    return { list, parameters, rows, book };
  }

  it('hold exactly what is filtered, with the amounts of the ledger and their sums', async () => {
    const page = await admin.get('/admin/exports/vouchers?type=purchase&paid=yes');
    expect(page.html).to.contain('2 Gutscheine').and.contain('Art: Kauf; Bezahlt: bezahlt');
    const { rows, parameters, list } = await sheetsOf(
      await admin.post('/admin/exports/vouchers', { query: 'type=purchase&paid=yes', format: 'xlsx' }),
    );
    expect(list.columnCount).to.equal(43);
    expect(rows).to.have.lengthOf(3);
    const used = rows.find((row) => row['Titel'] === '=HYPERLINK("http://x")');
    expect(used).to.include({
      Typ: 'Kauf',
      werthaltig: 'J',
      'USt-Klasse': 'MZG',
      Zahlart: 'online oder anders',
      Nennwert: 100,
      Ausgabepreis: 100,
      eingelöst: 40,
      Restwert: 60,
      'Anzahl Einlösungen': 1,
      'Buchungs-Nrn': 'B-1',
      'Liability-Konto': '1796',
    });
    expect(used?.['bezahlt am']).to.deep.equal(new Date('2026-03-04T00:00:00Z'));
    expect(used?.['Verjährung am']).to.deep.equal(new Date('2029-12-31T00:00:00Z'));
    const total = rows.at(-1)?.['Restwert'] as ExcelJS.CellFormulaValue;
    expect(total.result).to.equal(310);
    expect(parameters.get('Anzahl Datensätze')).to.equal('2');
    expect(parameters.get('Filter')).to.equal('Art: Kauf; Bezahlt: bezahlt');
    expect(parameters.get('Prüfsumme (SHA-256 von xl/worksheets/sheet1.xml)')).to.match(/^[0-9a-f]{64}$/);
  });

  it('tell every choice of the list in words, the archive among them', async () => {
    for (const [query, words] of [
      ['archive=only', 'Archiv: nur Archiv'],
      ['type=deal&archive=all', 'Art: Deal; Archiv: mit Archiv'],
      ['expiring=30', 'Läuft ab: in 30 Tagen'],
      [
        'status=active&state=active&redeemed=no',
        'Status: aktiv; Zustand: aktiv (einlösbar); Eingelöst: nicht eingelöst',
      ],
    ]) {
      const { status, html } = await admin.get(`/admin/exports/vouchers?${query}`);
      expect(status, query).to.equal(200);
      expect(html, query).to.contain(words);
    }
  });

  it('are an entry of the bulk menu: of what is ticked, or of all hits', async () => {
    const [first = '', , third = ''] = (
      await database().knex('vouchers').orderBy('id').pluck<(number | string)[]>('id')
    ).map(String);
    for (const [action, what] of [
      ['export_list', 'vouchers'],
      ['export_codes', 'codes'],
    ] as const) {
      const sent = await admin.post('/admin/vouchers/bulk', {
        action,
        scope: 'selected',
        ids: [first, third],
        query: 'type=purchase',
      });
      expect([sent.status, sent.location]).to.deep.equal([307, `/admin/exports/${what}/preview`]);
      const page = await admin.post(sent.location ?? '', {
        action,
        scope: 'selected',
        ids: [first, third],
        query: 'type=purchase',
      });
      expect(page.html)
        .to.contain('2 Gutscheine')
        .and.contain(`name="ids" value="${first},${third}"`)
        .and.contain('Nur die in der Liste angekreuzten');
      const { rows, parameters } = await sheetsOf(
        await admin.post(`/admin/exports/${what}`, {
          ids: `${first},${third}`,
          query: 'type=purchase',
          format: 'xlsx',
          codes: 'masked',
        }),
      );
      expect(
        rows.map((row) => row['Titel'] ?? row['Code']).filter((text) => typeof text === 'string' && text !== 'Summe'),
      ).to.have.lengthOf(2);
      expect(parameters.get('Filter')).to.equal('2 ausgewählte Gutscheine');
      const all = await admin.post(sent.location ?? '', { action, scope: 'all', query: 'type=purchase' });
      expect(all.html).to.contain('3 Gutscheine').and.contain('Art: Kauf').and.not.contain('name="ids"');
    }
    const nothing = await admin.post('/admin/vouchers/bulk', { action: 'export_list', scope: 'selected', query: '' });
    expect([nothing.status, nothing.location]).to.deep.equal([303, '/admin/vouchers']);
  });

  it('hold codes shortened, and in full only with a reason that is kept', async () => {
    const masked = await sheetsOf(
      await admin.post('/admin/exports/codes', { query: '', format: 'xlsx', codes: 'masked' }),
    );
    expect(masked.rows.map((row) => row['Code']))
      .to.include('…ABCD')
      .and.not.include('KAUF-0-ABCD');
    const refused = await admin.post('/admin/exports/codes', { query: '', format: 'xlsx', codes: 'full', reason: '' });
    expect(refused.status).to.equal(422);
    expect(refused.html).to.contain('Bitte nennen Sie den Grund');
    const full = await sheetsOf(
      await admin.post('/admin/exports/codes', {
        query: 'type=discount',
        format: 'xlsx',
        codes: 'full',
        reason: 'Druckerei',
      }),
    );
    expect(full.rows[0]).to.include({
      Code: 'RABATT',
      'Wert oder %': '12,5\u00a0%',
      'max. Einlösungen': '1',
      verbraucht: 0,
    });
    expect(full.parameters.get('Grund')).to.equal('Druckerei');
    const kept = await database()
      .knex('audit_log')
      .where({ action: 'export.codes' })
      .orderBy('id', 'desc')
      .first<{ changes: string }>('changes');
    expect(kept.changes).to.contain('"reason":"Druckerei"').and.contain('"isFull":true');
  });

  it('give nobody a code in full without the right to it', async () => {
    const password = 'a password for this test';
    await database()
      .knex('users')
      .insert({
        email: 'agent@example.org',
        name: 'Agentin',
        role: 'agent',
        password_hash: await hashPassword(password),
        can_see_codes: false,
        created_at: 1,
      });
    const agent = await signedIn(server.url, { email: 'agent@example.org', password });
    expect((await agent.get('/admin/exports/codes')).html).to.contain('Die Codes stehen gekürzt in der Datei.');
    expect(
      (await agent.post('/admin/exports/codes', { query: '', format: 'xlsx', codes: 'full', reason: 'so' })).status,
    ).to.equal(403);
    expect((await agent.get('/admin/exports/other')).status).to.equal(404);
  });

  it('add up in each row and each currency, and say what is locked, held or time-barred', async () => {
    const sold = async (title: string, cents: number, more: object = {}): Promise<string> =>
      (
        await api.post('/vouchers', {
          type: 'purchase',
          title,
          code: `SUMME-${title.toUpperCase()}-AB`,
          paidAt: '2026-03-04',
          value: { originalValue: cents },
          ...more,
        })
      ).body.id as string;
    const locked = await sold('Gesperrt', 1000);
    await api.post(`/vouchers/${locked}/deactivate`, { reason: 'verloren' });
    await api.post(`/vouchers/${locked}/cancel`, { refund: true, reason: 'Widerruf' });
    await sold('Alt', 2000, { paidAt: '2021-03-04', validity: { bookUntil: '2024-12-31' } });
    const charged = await sold('Aufgeladen', 3000, { paidAt: '2021-03-04' });
    await api.post(`/vouchers/${charged}/topups`, { amount: 500, method: 'cash' });
    await api.post('/vouchers', {
      type: 'settlement',
      funding: 'goodwill',
      title: 'Kulanz',
      paidAt: '2026-03-04',
      value: { originalValue: 700 },
    });
    const corrected = await sold('Korrigiert', 9000);
    expect((await admin.get(`/admin/vouchers/${corrected}/correction`)).status).to.equal(200);
    expect(
      (
        await admin.post(`/admin/vouchers/${corrected}/correction`, {
          direction: 'more',
          amount: '10,00',
          counter: 'TRANSIT',
          reason: 'Zahlendreher',
          once: 'k',
        })
      ).status,
    ).to.equal(303);
    await api.post('/vouchers', {
      type: 'purchase',
      title: 'Franken',
      code: 'SUMME-FRANKEN-AB',
      currency: 'CHF',
      paidAt: '2026-03-04',
      value: { originalValue: 4000 },
    });
    await api.post('/holds', { booking: { ...bookingOf(1000), reference: 'offen-1' }, codes: ['SUMME-KORRIGIERT-AB'] });
    const { rows, book } = await sheetsOf(await admin.post('/admin/exports/vouchers', { query: '', format: 'xlsx' }));
    const of = (title: string): Record<string, ExcelJS.CellValue> => rows.find((row) => row['Titel'] === title) ?? {};
    const said = (title: string): ExcelJS.CellValue[] =>
      ['Status', 'gesperrt', 'reserviert', 'Verjährung am']
        .map((name) => of(title)[name] ?? null)
        .map((one) => (one instanceof Date ? one.toISOString().slice(0, 10) : one));
    expect(said('Gesperrt')).to.deep.equal(['erstattet', 'J', 'N', '2029-12-31']);
    expect(said('Alt')).to.deep.equal(['verjährt', 'N', 'N', '2024-12-31']);
    expect(said('Aufgeladen')).to.deep.equal(['aktiv', 'N', 'N', '2029-12-31']);
    expect(said('Korrigiert')).to.deep.equal(['aktiv', 'N', 'J', '2029-12-31']);
    expect(of('Korrigiert')).to.include({
      Nennwert: 90,
      Ausgabepreis: 90,
      Bonusanteil: 0,
      Korrektur: 10,
      Restwert: 100,
    });
    expect(of('Kulanz')).to.include({
      werthaltig: 'N',
      'USt-Klasse': '-',
      Ausgabepreis: 0,
      Bonusanteil: 7,
      Restwert: 7,
      'Verjährung am': null,
    });
    const stored = rows.filter((row) => row['Titel'] !== null && typeof row['Restwert'] === 'number');
    expect(stored.length).to.be.greaterThan(8);
    const sums = [
      'Ausgabepreis',
      'Bonusanteil',
      'Übernahme Altsystem',
      'Aufladungen',
      '-eingelöst',
      'Storno Einlösung',
      '-erstattet',
      'umgebucht',
      '-verfallen',
      '-ausgebucht',
      'Korrektur',
    ];
    for (const row of stored) {
      const left = sums.reduce(
        (sum, name) => sum + Math.round(Number(row[name.replace('-', '')]) * 100) * (name.startsWith('-') ? -1 : 1),
        0,
      );
      expect(left, String(row['Titel'])).to.equal(Math.round(Number(row['Restwert']) * 100));
    }
    const totals = rows
      .slice(-2)
      .map((row) => [row['Gutschein-Nr'], (row['Restwert'] as ExcelJS.CellFormulaValue).result]);
    expect(totals).to.deep.equal([
      ['Summe CHF', 40],
      ['Summe EUR', 472],
    ]);
    const byAccount = (book.getWorksheet('Summen')?.getSheetValues() ?? [])
      .slice(2)
      .map((row) => (row as ExcelJS.CellValue[]).slice(1));
    expect(byAccount.map((row) => [row[0] ?? '', row[1], row[2], row.at(-1)])).to.deep.equal([
      ['', 'Rabatt', 'EUR', 0],
      ['', 'Verrechnung', 'EUR', 0],
      ['1796', 'Kauf', 'CHF', 0],
      ['1796', 'Kauf', 'EUR', 0],
    ]);
  });

  it('name the newest hundred bookings of a code used very often, and leave out none of another', async () => {
    for (const code of ['OFT-GENUTZT', 'EINMAL-GENUTZT']) {
      expect(
        (
          await api.post('/vouchers', {
            type: 'discount',
            title: code,
            code,
            value: { tiers: [{ minTripPrice: 0, percent: 10 }] },
            usage: { maxUses: null },
          })
        ).status,
      ).to.equal(201);
    }
    await api.post('/redemptions', { booking: bookingOf(1000), codes: ['EINMAL-GENUTZT'], bookingNumber: 'EINE' });
    for (let use = 1; use <= 103; use++)
      expect(
        (
          await api.post('/redemptions', {
            booking: bookingOf(1000),
            codes: ['OFT-GENUTZT'],
            bookingNumber: `OFT-${use}`,
          })
        ).status,
      ).to.equal(201);
    const { rows } = await sheetsOf(
      await admin.post('/admin/exports/vouchers', { query: 'type=discount', format: 'xlsx' }),
    );
    const bookings = (title: string): string => String(rows.find((row) => row['Titel'] === title)?.['Buchungs-Nrn']);
    expect(bookings('OFT-GENUTZT')).to.match(/^OFT-103, OFT-102, .*OFT-4 … \+3$/);
    expect(bookings('EINMAL-GENUTZT')).to.equal('EINE');
    expect(rows.find((row) => row['Titel'] === 'OFT-GENUTZT')).to.include({
      'Anzahl Einlösungen': 103,
      eingelöst: 103,
    });
  });

  it('come as CSV that a German Excel opens, with formulas made harmless', async () => {
    const started = await admin.post('/admin/exports/vouchers', { query: 'type=purchase', format: 'csv' });
    const id = started.location?.split('/').at(-1) ?? '';
    expect((await api.jobEnd(id)).body.state).to.equal('done');
    const { html } = await admin.get(`/admin/jobs/${id}/file`);
    expect(html)
      .to.contain('Gutschein-Nr;Typ;werthaltig')
      .and.contain("'=HYPERLINK")
      .and.contain(';100,00;')
      .and.contain(';04.03.2026;');
  });
});

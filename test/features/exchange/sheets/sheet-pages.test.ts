import { expect } from 'chai';
import ExcelJS from 'exceljs';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Answer, type Visitor } from '../../../support/pages.ts';

describeOnBothDatabases('vouchers changed in Excel', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let admin: Visitor;
  let other: Visitor;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    admin = await signedIn(server.url);
    const password = 'a password for this test';
    await database()
      .knex('users')
      .insert({
        email: 'agent@example.org',
        name: 'Agnes Agent',
        role: 'agent',
        password_hash: await hashPassword(password),
        can_see_codes: false,
        created_at: 1,
      });
    other = await signedIn(server.url, { email: 'agent@example.org', password });
  });
  after(() => server.close());

  let made = 0;

  /** A paid purchase of 100,00 without an end, unless more is said. */
  async function voucher(more: object = {}): Promise<string> {
    const body = {
      type: 'purchase',
      title: `Kauf ${++made}`,
      code: `BLATT-${made}-ABCD`,
      paidAt: '2026-03-04',
      value: { originalValue: 10_000 },
      ...more,
    };
    const answer = await api.post('/vouchers', body);
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return answer.body.id as string;
  }

  /** A code of a campaign of its own. */
  async function codeOfCampaign(title: string): Promise<string> {
    const campaign = await api.post('/campaigns', {
      type: 'discount',
      title,
      value: { tiers: [{ minTripPrice: 0, amount: 500 }] },
    });
    expect(campaign.status, JSON.stringify(campaign.body)).to.equal(201);
    const code = `FOLGT-${++made}`;
    const codes = await api.post(`/campaigns/${campaign.body.id as string}/codes`, { codes: [code] });
    expect((await api.jobEnd(codes.body.id as string)).body.state, JSON.stringify(codes.body)).to.equal('done');
    return String((await database().knex('vouchers').where({ code }).first<{ id: number }>('id')).id);
  }

  function cookieOf(who: Visitor): string {
    return [...who.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async function exported(ids: readonly string[], who = admin): Promise<ExcelJS.Workbook> {
    const preview = await who.post('/admin/vouchers/bulk', {
      action: 'export_sheet',
      scope: 'selected',
      ids,
      query: '',
    });
    expect([preview.status, preview.location]).to.deep.equal([307, '/admin/sheets/new/preview']);
    const started = await who.post('/admin/sheets/new', { ids: ids.join(','), query: '' });
    expect(started.status, started.html).to.equal(303);
    const id = started.location?.split('/').at(-1) ?? '';
    const job = (await api.jobEnd(id)).body;
    expect(job.state, JSON.stringify(job)).to.equal('done');
    const file = await fetch(`${server.url}/admin/jobs/${id}/file`, { headers: { cookie: cookieOf(who) } });
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(await file.arrayBuffer());
    return book;
  }

  function sheetOf(book: ExcelJS.Workbook): ExcelJS.Worksheet {
    const [sheet] = book.worksheets;
    if (sheet === undefined) throw new Error('a workbook without sheets');
    return sheet;
  }

  function placeOf(sheet: ExcelJS.Worksheet, heading: string): number {
    for (let column = 1; column <= sheet.columnCount; column++)
      if (sheet.getRow(1).getCell(column).text === heading) return column;
    throw new Error(`no column ${heading}`);
  }

  function cell(book: ExcelJS.Workbook, id: string, heading: string): ExcelJS.Cell {
    const sheet = sheetOf(book);
    for (let row = 2; row <= sheet.rowCount; row++) {
      if (sheet.getRow(row).getCell(1).text.includes(`-G${id}-`))
        return sheet.getRow(row).getCell(placeOf(sheet, heading));
    }
    throw new Error(`no row of ${id}`);
  }

  async function upload(content: ExcelJS.Workbook | string, who = admin): Promise<Answer> {
    const page = await who.get('/admin/sheets');
    const form = new FormData();
    form.set('_csrf', /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '');
    const bytes = typeof content === 'string' ? content : new Uint8Array(await content.xlsx.writeBuffer());
    form.set('file', new Blob([bytes as BlobPart]), typeof content === 'string' ? 'liste.csv' : 'gutscheine.xlsx');
    const answer = await fetch(`${server.url}/admin/sheets`, {
      method: 'POST',
      body: form,
      redirect: 'manual',
      headers: { cookie: cookieOf(who) },
    });
    const location = answer.headers.get('location');
    if (location === null)
      return { status: answer.status, headers: answer.headers, html: await answer.text(), location };
    return { ...(await checked(who, location)), location };
  }

  async function checked(who: Visitor, location: string): Promise<Answer> {
    const answer = await who.get(location);
    return /Die Datei wird geprüft|werden übernommen/.test(answer.html) ? checked(who, location) : answer;
  }

  const plain = (html: string): string =>
    html
      .replaceAll(/<[^>]+>/g, ' ')
      .replaceAll(/[\u00a0\u202f]/g, ' ')
      .replaceAll(/\s+/g, ' ');
  const MAY_APPLY = /btn-primary">(?:<svg[\s\S]*?<\/svg>)?\d+ Gutscheine? ändern/;

  async function apply(who: Visitor, page: Answer): Promise<Answer> {
    const answer = await who.post(page.location ?? '', {});
    expect(answer.status).to.equal(303);
    return checked(who, answer.location ?? '');
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the tests look deep into the answer
  async function view(id: string): Promise<Record<string, any>> {
    return (await api.get(`/vouchers/${id}`)).body as Record<string, unknown>;
  }

  it('come as a workbook whose changeable cells alone are open, with instructions and how it came about', async () => {
    const id = await voucher({ message: '=2+2' });
    const follower = await codeOfCampaign('Frühling');
    const book = await exported([id, follower]);
    expect(book.worksheets.map(({ name }) => name)).to.deep.equal(['Gutscheine', 'Anleitung', 'Parameter']);
    const sheet = sheetOf(book);
    expect(sheet.rowCount).to.equal(3);
    expect((sheet as unknown as { sheetProtection: object }).sheetProtection).to.include({ sheet: true });
    const isLocked = (who: string, heading: string): boolean =>
      (cell(book, who, heading).protection as Partial<ExcelJS.Protection> | undefined)?.locked !== false;
    expect([
      isLocked(id, 'Buchung bis'),
      isLocked(id, 'Text'),
      isLocked(id, 'Restwert'),
      isLocked(id, 'Code'),
    ]).to.deep.equal([false, false, true, true]);
    expect([isLocked(follower, 'Buchung bis'), isLocked(follower, 'Buch-ID')]).to.deep.equal([true, false]);
    expect(cell(book, id, 'Text').value).to.equal('=2+2');
    expect(cell(book, id, 'Code').value).to.equal('…ABCD');
    expect(cell(book, id, 'bezahlt am').value).to.deep.equal(new Date('2026-03-04T00:00:00Z'));
    expect(book.worksheets[1]?.getRow(2).getCell(1).text).to.contain('gelben Zellen');
    const untouched = await upload(book);
    expect(plain(untouched.html)).to.contain('nichts anders').and.contain('Zeilen gelesen 2');
    expect(untouched.html).not.to.match(MAY_APPLY);
  });

  it('change all together: real dates, typed dates, numbers, emptied cells, with every old and new value in the log', async () => {
    const [first, second, third] = [
      await voucher({ validity: { travelUntil: '2031-12-31' } }),
      await voucher(),
      await voucher(),
    ];
    const book = await exported([first, second, third]);
    cell(book, first, 'Buchung bis').value = new Date('2031-06-30T00:00:00Z');
    cell(book, first, 'Reise bis').value = null;
    cell(book, first, 'Höchstwert').value = 80.5;
    cell(book, second, 'Buchung bis').value = '30.06.2031';
    cell(book, second, 'Einlösungen gesamt').value = '1.000';
    cell(book, second, 'Text').value = 'Herzlichen\nGlückwunsch';
    cell(book, second, 'Buch-ID').value = 4711;
    const page = await upload(book);
    const text = plain(page.html);
    expect(text)
      .to.contain('Zeilen gelesen 3')
      .and.contain('Gutscheine mit Änderungen 2')
      .and.contain('Geänderte Zellen 7')
      .and.contain('Abgelehnt 0');
    expect(page.html)
      .to.contain('<ins class="sheet-after">30.06.2031</ins>')
      .and.contain('<del class="sheet-before">31.12.2031</del>')
      .and.match(MAY_APPLY);
    expect((await view(first))['validity'].bookUntil).to.equal(null);
    expect(plain((await apply(admin, page)).html)).to.contain('2 Gutscheine sind geändert.');
    expect(await view(first)).to.deep.include({
      version: 3,
      validity: { bookFrom: null, bookUntil: '2031-06-30', travelFrom: null, travelUntil: null },
    });
    expect((await view(first))['value'].maxAmount).to.equal(8050);
    const changed = await view(second);
    expect([
      changed['validity'].bookUntil,
      changed['usage'].maxUses,
      changed['message'],
      changed['bookingId'],
    ]).to.deep.equal(['2031-06-30', 1000, 'Herzlichen\nGlückwunsch', '4711']);
    expect((await view(third))['version']).to.equal(2);
    const [entry] = (await api.get(`/vouchers/${first}/history`)).body.items;
    expect(entry).to.deep.include({
      action: 'voucher.change',
      actor: 'user:1',
      changes: {
        'validity.bookUntil': { before: null, after: '2031-06-30' },
        'validity.travelUntil': { before: '2031-12-31', after: null },
        'value.maxAmount': { before: null, after: 8050 },
      },
    });
    // The same file once more says what stands there already.
    expect(plain((await upload(book)).html)).to.contain('nichts anders');
  });

  it('carry the internal note there and back, of codes of a campaign too', async () => {
    const [own, follower] = [await voucher({ note: 'Reklamation läuft' }), await codeOfCampaign('Notizen')];
    const book = await exported([own, follower]);
    expect(cell(book, own, 'Interne Notiz').value).to.equal('Reklamation läuft');
    cell(book, own, 'Interne Notiz').value = 'Erledigt,\nKunde zufrieden';
    cell(book, follower, 'Interne Notiz').value = '=Messe';
    await apply(admin, await upload(book));
    expect([(await view(own))['note'], (await view(follower))['note']]).to.deep.equal([
      'Erledigt,\nKunde zufrieden',
      '=Messe',
    ]);
    expect((await api.get(`/vouchers/${own}/history`)).body.items[0].changes).to.deep.equal({
      note: { before: 'Reklamation läuft', after: 'Erledigt,\nKunde zufrieden' },
    });
    const long = await exported([own]);
    cell(long, own, 'Interne Notiz').value = 'x'.repeat(1001);
    expect(plain((await upload(long)).html)).to.contain('höchstens 1.000 Zeichen');
  });

  it('refuse each wrong cell with its row, its column and why, and then change nothing at all', async () => {
    const [good, bad] = [await voucher(), await voucher({ validity: { bookFrom: '2026-05-01' } })];
    const ended = await voucher();
    expect((await api.post(`/vouchers/${ended}/cancel`, { refund: false, reason: 'so' })).status).to.equal(200);
    const follower = await codeOfCampaign('Herbst');
    const book = await exported([good, bad, ended, follower]);
    const sheet = sheetOf(book);
    cell(book, good, 'Titel').value = 'Neu';
    cell(book, good, 'Restwert').value = 500;
    cell(book, bad, 'Buchung bis').value = new Date('2026-04-01T00:00:00Z');
    cell(book, ended, 'Titel').value = 'Tot';
    cell(book, follower, 'Buchung bis').value = new Date('2030-01-01T00:00:00Z');
    const keyOf = (id: string): string => sheet.getRow(Number(cell(book, id, 'Titel').row)).getCell(1).text;
    sheet.addRow([keyOf(good)]);
    sheet.addRow(['E999999-G1-V1']);
    sheet.addRow([keyOf(good).replace(/G\d+/, 'G999999')]);
    sheet.addRow(['', 'neu']);
    const page = await upload(book);
    const text = plain(page.html);
    for (const said of [
      `${cell(book, good, 'Titel').row} G-2026-`,
      'Restwert 500 Diese Spalte lässt sich hier nicht ändern. Im Export stand: 100,00.',
      'Das Ende liegt vor dem Anfang.',
      'Der Gutschein ist storniert und lässt sich nicht mehr ändern.',
      'Dieser Code gehört zur Aktion „Herbst“',
      'ganze Zeile Dieser Gutschein steht schon in Zeile',
      'liegt mehr als 90 Tage zurück oder ist unbekannt',
      'Dieser Schlüssel stammt nicht aus dem Export',
      'fehlt der Schlüssel',
    ])
      expect(text).to.contain(said);
    expect(text).to.contain('Abgelehnt 8').and.contain('Solange eine Zelle abgelehnt ist, wird nichts übernommen.');
    expect(page.html).not.to.match(MAY_APPLY);
    expect((await admin.post(page.location ?? '', {})).status).to.equal(303);
    expect((await view(good))['title']).not.to.equal('Neu');
    const english = await fetch(server.url + (page.location ?? ''), {
      headers: { cookie: `${cookieOf(admin)}; lang=en` },
    });
    expect(plain(await english.text()))
      .to.contain('This column cannot be changed here. The export had: 100.00.')
      .and.contain('The end lies before the start.');
  });

  it('refuse what is no date, amount, number or title, and tell every cell of a row', async () => {
    const id = await voucher();
    const book = await exported([id]);
    cell(book, id, 'Buchung von').value = 'morgen';
    cell(book, id, 'Buchung bis').value = '31.02.2030';
    cell(book, id, 'Höchstwert').value = 'viel';
    cell(book, id, 'Einlösungen gesamt').value = 1.5;
    cell(book, id, 'Mindestteilnehmer').value = 100;
    cell(book, id, 'Titel').value = '';
    cell(book, id, 'Buch-ID').value = 'x'.repeat(65);
    const text = plain((await upload(book)).html);
    expect(text)
      .to.contain('Abgelehnt 7')
      .and.contain('morgen Das ist kein Datum')
      .and.contain('31.02.2030 Das ist kein Datum')
      .and.contain('viel Das ist kein Betrag');
    expect(text)
      .to.contain('1.5 Das ist keine ganze Zahl')
      .and.contain('100 Erlaubt sind Zahlen von 1 bis 99')
      .and.contain('Der Titel darf nicht leer sein')
      .and.contain('höchstens 64 Zeichen');
  });

  it('catch what somebody else changed, before the check and between check and click', async () => {
    const [first, second] = [await voucher(), await voucher()];
    const mine = await exported([first, second]);
    const theirs = await exported([first], other);
    cell(theirs, first, 'Titel').value = 'Von Agnes';
    await apply(other, await upload(theirs, other));
    expect((await view(first))['title']).to.equal('Von Agnes');
    cell(mine, first, 'Buchung bis').value = new Date('2032-12-31T00:00:00Z');
    cell(mine, second, 'Titel').value = 'Meiner';
    const page = await upload(mine);
    expect(plain(page.html)).to.contain('ganze Zeile Seit dem Export von Agnes Agent geändert.');
    cell(mine, first, 'Buchung bis').value = null;
    const good = await upload(mine);
    expect(good.html).to.match(MAY_APPLY);
    await api.patch(
      `/vouchers/${second}`,
      { message: 'dazwischen' },
      { headers: { 'if-match': `"${String((await view(second))['version'])}"` } },
    );
    const stale = await apply(admin, good);
    expect(plain(stale.html)).to.contain('Es wurde nichts übernommen');
    expect((await view(second))['title']).not.to.equal('Meiner');
    const again = await admin.post(`${good.location ?? ''}/again`, {});
    expect(plain((await checked(admin, again.location ?? '')).html))
      .to.contain('Seit dem Export von')
      .and.contain('geändert');
  });

  it("may be redeemed meanwhile: that is nobody's change of what the file holds", async () => {
    const id = await voucher();
    const book = await exported([id]);
    const code = (await view(id))['code'] as string;
    expect(
      (await api.post('/redemptions', { booking: bookingOf(4000), codes: [code], bookingNumber: `B-${id}` })).status,
    ).to.equal(201);
    cell(book, id, 'Titel').value = 'Danach';
    expect(plain((await apply(admin, await upload(book))).html)).to.contain('1 Gutschein ist geändert.');
    expect(await view(id)).to.include({ title: 'Danach', balance: 6000, uses: 1 });
  });

  it('are changed once, however often the button is pressed', async () => {
    const ids = [await voucher(), await voucher(), await voucher()];
    const book = await exported(ids);
    for (const id of ids) cell(book, id, 'Titel').value = 'Einmal';
    const page = await upload(book);
    const token = /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
    const press = (): Promise<globalThis.Response> =>
      fetch(server.url + (page.location ?? ''), {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie: cookieOf(admin) },
        body: new URLSearchParams({ _csrf: token }),
      });
    const answers = await Promise.all([press(), press(), press()]);
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 303, 303]);
    expect(plain((await checked(admin, page.location ?? '')).html)).to.contain('3 Gutscheine sind geändert.');
    await apply(admin, page);
    expect(
      await database().knex('audit_log').where({ action: 'voucher.change' }).whereIn('entity_id', ids),
    ).to.have.lengthOf(3);
    expect(
      await database()
        .knex('jobs')
        .where({ kind: 'voucher-sheet-apply', state: 'done' })
        .where('payload', 'like', `%"checkId":"${page.location?.split('/').at(-1) ?? ''}"%`),
    ).to.have.lengthOf(1);
  });

  it('hold the rules of the form: a warning where the end is too short, a second person where an expired one opens again', async () => {
    const short = await voucher();
    const expired = await voucher({ value: { originalValue: 300_000 }, validity: { bookUntil: '2026-06-30' } });
    const book = await exported([short, expired]);
    cell(book, short, 'Buchung bis').value = new Date('2027-06-30T00:00:00Z');
    const warned = await upload(book);
    expect(plain(warned.html))
      .to.contain('kürzer, als das Gesetz es wohl zulässt')
      .and.match(/31\.12\.2029/);
    expect(warned.html).to.match(MAY_APPLY);
    cell(book, expired, 'Buchung bis').value = new Date('2031-12-31T00:00:00Z');
    expect(plain((await upload(book)).html)).to.contain(
      'braucht die Verlängerung eines abgelaufenen Gutscheins eine zweite Person',
    );
  });

  it('are read from CSV as Excel writes it, sorted, with fewer rows and columns', async () => {
    const ids = [await voucher(), await voucher(), await voucher()];
    const sheet = sheetOf(await exported(ids));
    const columns = ['Schlüssel', 'Titel', 'Buchung bis'];
    const rows = [2, 4].map((row) => [sheet.getRow(row).getCell(1).text, `"Aus CSV; ${row}"`, '31.12.2030']);
    const csv = [[...columns, 'Notiz'], ...rows.reverse()].map((row) => row.join(';')).join('\r\n');
    const page = await upload(`\uFEFF${csv}\r\n`);
    expect(plain(page.html)).to.contain('Gutscheine mit Änderungen 2').and.contain('liest sie nicht: Notiz.');
    await apply(admin, page);
    expect(
      (await Promise.all(ids.map(view)))
        .filter(({ title }) => String(title).startsWith('Aus CSV'))
        .map(({ validity }) => (validity as { bookUntil: string }).bookUntil),
    ).to.deep.equal(['2030-12-31', '2030-12-31']);
  });

  it('are for a file that is one of ours, and for people who may change vouchers', async () => {
    expect((await upload('Code;Wert\r\nA;1\r\n')).html).to.contain('In der ersten Zeile fehlt die Spalte „Schlüssel“');
    expect((await upload('PK\u0003\u0004 keine Mappe')).html).to.contain('Diese Datei ist keine lesbare Tabelle.');
    expect((await upload('Schlüssel;Titel;Titel\r\nE1-G1-V1;a;b\r\n')).html).to.contain('steht zweimal');
    const many = ['Schlüssel;Titel', ...Array.from({ length: 2001 }, (_unused, index) => `E1-G${index}-V1;x`)].join(
      '\r\n',
    );
    expect((await upload(many)).html).to.contain('höchstens 2.000 Gutscheine');
    const password = 'a password for this test';
    await database()
      .knex('users')
      .insert({
        email: 'books@example.org',
        name: 'Buch',
        role: 'accountant',
        password_hash: await hashPassword(password),
        can_see_codes: false,
        created_at: 1,
      });
    const reader = await signedIn(server.url, { email: 'books@example.org', password });
    expect((await reader.get('/admin/sheets')).status).to.equal(403);
    expect((await reader.get('/admin/exports/vouchers')).html).not.to.contain('/admin/sheets');
    const mine = await upload(await exported([await voucher()]));
    expect((await other.get(mine.location ?? '')).status).to.equal(404);
  });
});

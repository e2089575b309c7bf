import { expect } from 'chai';
import ExcelJS from 'exceljs';
import { liabilityReport } from '../../../../src/features/accounting/reports/liability-service.ts';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Answer, type Visitor } from '../../../support/pages.ts';

const JOURNAL = '/admin/accounting/journal';
const ITEMS = '/admin/accounting/liabilities/items';

describeOnBothDatabases('workbooks of the accounting', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let accountant: Visitor;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    const password = 'correct horse battery staple';
    for (const role of ['accountant', 'auditor', 'agent']) {
      await database()
        .knex('users')
        .insert({
          email: `${role}@example.org`,
          name: `Person ${role}`,
          role,
          password_hash: await hashPassword(password),
          created_at: 0,
        });
    }
    accountant = await signedIn(server.url, { email: 'accountant@example.org', password });
    for (const [index, value] of [10_000, 25_050, 300].entries()) {
      const { status } = await api.post('/vouchers', {
        type: 'purchase',
        title: index === 0 ? '=1+1' : 'Kauf',
        code: `MAPPE-${index}-AB`,
        value: { originalValue: value },
        paidAt: '2026-03-04',
      });
      expect(status).to.equal(201);
    }
    expect(
      (await api.post('/redemptions', { booking: bookingOf(4015), codes: ['MAPPE-0-AB'], bookingNumber: '=B-1' }))
        .status,
    ).to.equal(201);
    expect(
      (await api.post('/redemptions', { booking: bookingOf(300), codes: ['MAPPE-2-AB'], bookingNumber: 'B-2' })).status,
    ).to.equal(201);
  });
  after(() => server.close());

  const formOf = (answer: Answer): Record<string, string> =>
    Object.fromEntries(
      [
        ...(/action="[^"]*workbook">(.*?)<\/form>/s.exec(answer.html)?.[1] ?? 'no form').matchAll(
          /name="([a-z]+)" value="([^"]*)"/g,
        ),
      ].map(([, name = '', value = '']) => [name, value]),
    );

  async function workbookOf(
    answer: Answer,
    who: Visitor,
  ): Promise<{
    rows: Record<string, ExcelJS.CellValue>[];
    total: Record<string, ExcelJS.CellValue>;
    facts: Map<string, string>;
    book: ExcelJS.Workbook;
  }> {
    expect(answer.status, answer.html).to.equal(303);
    const id = answer.location?.split('/').at(-1) ?? '';
    const job = (await api.jobEnd(id)).body;
    expect(job.state, JSON.stringify(job)).to.equal('done');
    expect((await who.get(`/admin/jobs/${id}`)).html).to.contain(`/admin/jobs/${id}/file`);
    const file = await fetch(`${server.url}/admin/jobs/${id}/file`, {
      headers: { cookie: [...who.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    expect(file.status).to.equal(200);
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(await file.arrayBuffer());
    const [sheet] = book.worksheets;
    const second = book.worksheets.at(-1);
    if (sheet === undefined || second === undefined) throw new Error('two sheets');
    const headings = Array.from(
      { length: sheet.columnCount },
      (_unused, index) => sheet.getRow(1).getCell(index + 1).text,
    );
    const rows: Record<string, ExcelJS.CellValue>[] = [];
    sheet.eachRow((row, number) => {
      if (number > 1)
        rows.push(Object.fromEntries(headings.map((heading, index) => [heading, row.getCell(index + 1).value])));
    });
    const facts = new Map<string, string>();
    second.eachRow((row) => void facts.set(String(row.getCell(1).value), String(row.getCell(2).value)));
    return { total: rows.pop() ?? {}, rows, facts, book };
  }

  const sumOf = (rows: readonly Record<string, ExcelJS.CellValue>[], heading: string): number =>
    rows.reduce((sum, row) => sum + Math.round(Number(row[heading]) * 100), 0);
  const resultOf = (value: ExcelJS.CellValue | undefined): number =>
    Math.round(Number((value as ExcelJS.CellFormulaValue).result) * 100);

  it('hold the journal of what is asked for; what its rows add to the liability is the report’s closing balance', async () => {
    const page = await accountant.get(`${JOURNAL}?from=01.01.2026&to=31.12.2026`);
    const { rows, total, facts } = await workbookOf(
      await accountant.post(`${JOURNAL}/workbook`, formOf(page)),
      accountant,
    );
    expect(rows).to.have.lengthOf(5);
    const { columns } = await liabilityReport(database().knex, {
      from: '2026-01-01',
      on: '2026-12-31',
      knownUntil: null,
    });
    const closing = columns.reduce((sum, column) => sum + column.closing, 0);
    expect(closing).to.equal(31_035);
    expect(sumOf(rows, 'Verbindlichkeit +/-')).to.equal(closing);
    expect(resultOf(total['Verbindlichkeit +/-'])).to.equal(closing);
    expect(resultOf(total['Betrag'])).to.equal(10_000 + 25_050 + 300 + 4015 + 300);
    const redeemed = rows.find((row) => row['Buchungs-Nr.'] === '=B-1');
    expect(redeemed).to.include({
      Vorgang: 'Einlösung',
      Typ: 'Kauf',
      Betrag: 40.15,
      'Verbindlichkeit +/-': -40.15,
      'Saldo danach': 59.85,
      'Soll-Konto': '1796',
    });
    expect(rows.find((row) => row['Betrag'] === 250.5)?.['Buchungsdatum']).to.be.instanceOf(Date);
    const stored = await database().knex('ledger_entries').pluck<string[]>('hash');
    expect(rows.map((row) => row['Prüfsumme (SHA-256)'])).to.have.members(stored);
    expect(facts.get('Filter')).to.equal('Von: 01.01.2026; Bis: 31.12.2026');
    expect(facts.get('Anzahl Datensätze')).to.equal('5');
    expect(facts.get('erstellt von')).to.equal('Person accountant');
  });

  it('hold only what the filter leaves', async () => {
    const page = await accountant.get(`${JOURNAL}?booking=B-2`);
    const { rows, facts } = await workbookOf(await accountant.post(`${JOURNAL}/workbook`, formOf(page)), accountant);
    expect(rows.map((row) => row['Buchungs-Nr.'])).to.deep.equal(['B-2']);
    expect(facts.get('Filter')).to.equal('Buchung: B-2');
  });

  it('tell on the page of the filter what cannot be asked', async () => {
    const answer = await accountant.post(`${JOURNAL}/workbook`, { voucher: 'G-1999-000001' });
    expect(answer.location).to.equal(`${JOURNAL}?voucher=G-1999-000001`);
    expect((await accountant.get(answer.location ?? '')).html).to.contain(
      'Einen Gutschein mit dieser Nummer gibt es nicht.',
    );
  });

  it('hold the open items of a day, whose sum is the report’s closing balance', async () => {
    const page = await accountant.get(`${ITEMS}?on=31.12.2026`);
    expect(formOf(page)).to.include({ on: '31.12.2026', known: '' });
    expect(page.html)
      .to.match(/G-\d{4}-000001/)
      .and.contain('1+1');
    const { rows, total, facts } = await workbookOf(
      await accountant.post(`${ITEMS}/workbook`, formOf(page)),
      accountant,
    );
    expect(rows[0]?.['Gutschein-Nr.']).to.match(/^G-\d{4}-000001$/);
    expect(rows.map((row) => [row['Titel'], row['Guthaben']])).to.have.deep.members([
      ['=1+1', 59.85],
      ['Kauf', 250.5],
    ]);
    expect(resultOf(total['Guthaben'])).to.equal(31_035);
    expect(rows[0]?.['Ausgabe']).to.deep.equal(new Date('2026-03-04T00:00:00Z'));
    expect(rows[0]?.['verjährt nach']).to.deep.equal(new Date('2029-12-31T00:00:00Z'));
    expect(facts.get('Filter')).to.equal('Stichtag: 31.12.2026; Stand der Kenntnis: heute');
  });

  it('hold the report of a day: an account a row, and below it checks and ageing', async () => {
    const page = await accountant.get('/admin/accounting/liabilities?from=01.01.2026&on=31.12.2026');
    const form = Object.fromEntries(
      [
        ...(/action="\/admin\/accounting\/liabilities\/workbook">(.*?)<\/form>/s.exec(page.html)?.[1] ?? '').matchAll(
          /name="([a-z]+)" value="([^"]*)"/g,
        ),
      ].map(([, name = '', value = '']) => [name, value]),
    );
    const { rows, total, facts, book } = await workbookOf(
      await accountant.post('/admin/accounting/liabilities/workbook', form),
      accountant,
    );
    expect(rows).to.have.lengthOf(1);
    expect(rows[0]).to.include({
      Konto: '1796',
      Typ: 'Kauf',
      Anfangsbestand: 0,
      verkauft: 353.5,
      eingelöst: -43.15,
      Endbestand: 310.35,
    });
    expect(resultOf(total['Endbestand'])).to.equal(31_035);
    expect(book.worksheets.map(({ name }) => name)).to.deep.equal([
      'Verbindlichkeiten zum Stichtag',
      'Prüfzeilen',
      'Debitoren',
      'Altersstruktur',
      'Parameter',
    ]);
    const cellsOf = (index: number): ExcelJS.CellValue[][] =>
      (book.worksheets[index]?.getSheetValues() ?? []).slice(2).map((row) => (row as ExcelJS.CellValue[]).slice(1));
    expect(cellsOf(1).map(([, ...figures]) => figures)).to.deep.equal([
      ...Array.from({ length: 2 }, () => ['EUR', 310.35, 310.35, 0, 'stimmt']),
      ['EUR', 0, 0, 0, 'stimmt'],
    ]);
    expect(cellsOf(2)).to.deep.equal([]);
    expect(cellsOf(3)).to.deep.include(['Nach Ausgabejahr', '2026', 'EUR', 2, 310.35]);
    expect(facts.get('Filter')).to.equal('Bewegungen ab: 01.01.2026; Stichtag: 31.12.2026; Stand der Kenntnis: heute');
  });

  it('compare the accounts with what the general ledger says, on the page and in the workbook', async () => {
    const path = '/admin/accounting/liabilities?from=01.01.2026&on=31.12.2026';
    expect((await accountant.get(path)).html)
      .to.contain('name="gl-1796-EUR" type="text" value=""')
      .and.contain('Saldo laut FIBU, Konto 1796 (EUR)');
    const right = (await accountant.get(`${path}&gl-1796-EUR=310,35`)).html;
    expect(right)
      .to.match(/Endbestand von Konto 1796 &#x3D; Saldo laut FIBU[\s\S]*?stimmt</)
      .and.not.contain('stimmt nicht');
    const page = await accountant.get(`${path}&gl-1796-EUR=300,00`);
    expect(page.html)
      .to.match(/Endbestand von Konto 1796 &#x3D; Saldo laut FIBU[\s\S]*?10,35[\s\S]*?stimmt nicht/)
      .and.contain('value="300,00"');
    const form = Object.fromEntries(
      [
        ...(/action="\/admin\/accounting\/liabilities\/workbook">(.*?)<\/form>/s.exec(page.html)?.[1] ?? '').matchAll(
          /name="([a-zA-Z0-9-]+)" value="([^"]*)"/g,
        ),
      ].map(([, name = '', value = '']) => [name, value]),
    );
    const { book } = await workbookOf(
      await accountant.post('/admin/accounting/liabilities/workbook', form),
      accountant,
    );
    const checks = (book.worksheets[1]?.getSheetValues() ?? [])
      .slice(2)
      .map((row) => (row as ExcelJS.CellValue[]).slice(1));
    expect(checks.at(-1)).to.deep.equal([
      'Endbestand von Konto 1796 = Saldo laut FIBU',
      'EUR',
      300,
      310.35,
      10.35,
      'stimmt nicht',
    ]);
    const wrong = await accountant.get(`${path}&gl-1796-EUR=viel&gl-x=1&gl-1796-EUR-x=2`);
    expect([
      wrong.status,
      wrong.html.includes('is-invalid'),
      wrong.html.includes('value="viel"'),
      wrong.html.includes('Endbestand'),
    ]).to.deep.equal([422, true, true, true]);
  });

  it('name what an entry takes back, and the debtor it moves', async () => {
    const redeemed = await api.post('/redemptions', {
      booking: bookingOf(1000),
      codes: ['MAPPE-1-AB'],
      bookingNumber: 'B-3',
    });
    expect(
      (await api.post(`/redemptions/${String(redeemed.body.id)}/reversals`, { reason: 'Storno' })).status,
    ).to.equal(201);
    const [first, second] = await database()
      .knex('ledger_entries')
      .where({ booking_number: 'B-3' })
      .orderBy('id')
      .select<{ id: number; event: string }[]>('id', 'event');
    expect(second?.event).to.equal('redemption_reversal');
    const html = (await accountant.get(`${JOURNAL}/${String(second?.id)}`)).html;
    expect(html)
      .to.contain(`href="${JOURNAL}/${String(first?.id)}"`)
      .and.contain('<dt>Debitor</dt><dd>10000</dd>');
    const { rows } = await workbookOf(await accountant.post(`${JOURNAL}/workbook`, { booking: 'B-3' }), accountant);
    expect(rows.map((row) => row['Debitor'])).to.deep.equal(['10000', '10000']);
  });

  it('are for those who may read the books', async () => {
    const password = 'correct horse battery staple';
    const auditor = await signedIn(server.url, { email: 'auditor@example.org', password });
    const page = await auditor.get(`${ITEMS}?on=31.12.2026`);
    expect((await workbookOf(await auditor.post(`${ITEMS}/workbook`, formOf(page)), auditor)).rows).to.have.lengthOf(2);
    const agent = await signedIn(server.url, { email: 'agent@example.org', password });
    expect((await agent.post(`${JOURNAL}/workbook`, {})).status).to.equal(403);
  });
});

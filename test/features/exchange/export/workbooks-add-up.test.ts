import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import ExcelJS from 'exceljs';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import unzipper from 'unzipper';
import { MOVEMENT_LINES } from '../../../../src/core/books/liability-report.ts';
import { writeAuditData } from '../../../../src/features/accounting/audit-data/audit-data-service.ts';
import { liabilityReport } from '../../../../src/features/accounting/reports/liability-service.ts';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { fixedClock } from '../../../../src/platform/process/clock.ts';
import { hashPassword } from '../../../../src/platform/secrets/passwords.ts';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { playEveryEvent, WEBHOOK_SECRET } from '../../../support/every-event.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Answer, type Visitor } from '../../../support/pages.ts';

/** Everything that is ever posted; a new kind of event belongs into the histories as well. */
const EVENTS = [
  'sale',
  'issue',
  'redemption',
  'redemption_reversal',
  'top_up',
  'refund',
  'refund_paid',
  'chargeback',
  'chargeback_reversal',
  'transfer_out',
  'transfer_in',
  'forfeit',
  'forfeit_reversal',
  'derecognition',
  'reactivation',
  'correction',
  'payment_in',
  'migrated',
  'partner_invoice',
  'partner_invoice_reversal',
  'partner_difference',
  'partner_difference_reversal',
  'partner_discount',
  'partner_discount_reversal',
  'partner_payment',
  'partner_statement',
  'partner_statement_reversal',
  'partner_rejected',
  'partner_rejected_reversal',
  'deal_sale',
  'deal_refund',
  'deal_use',
  'deal_use_reversal',
  'deal_commission',
  'deal_commission_reversal',
  'deal_payout',
];
const DAY = '05.01.2030';

type Row = Readonly<Record<string, ExcelJS.CellValue>>;

describeOnBothDatabases('the workbooks of vouchers to which everything has happened', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let first: Visitor;
  const clock = fixedClock('2030-01-05T10:00:00Z');

  before(async function play() {
    this.timeout(60_000);
    server = await startTestServer({ database: database(), clock, env: { PAYMENT_WEBHOOK_SECRET: WEBHOOK_SECRET } });
    api = apiClient(server.url);
    const login = { email: 'zweite@example.org', password: 'correct horse battery' };
    await database()
      .knex('users')
      .insert({
        email: login.email,
        name: 'Zweite Person',
        role: 'accountant',
        password_hash: await hashPassword(login.password),
        created_at: 1,
      });
    first = await signedIn(server.url);
    await playEveryEvent({
      url: server.url,
      database: database(),
      api,
      clock,
      first,
      second: await signedIn(server.url, login),
    });
  });
  after(() => server.close());

  const cents = (value: ExcelJS.CellValue | undefined): number =>
    Math.round(Number((value as ExcelJS.CellFormulaValue | null)?.result ?? value ?? 0) * 100);
  const text = (value: ExcelJS.CellValue | undefined): string => (typeof value === 'string' ? value : '');

  async function workbookOf(
    answer: Answer,
  ): Promise<{ readonly rows: readonly Row[]; readonly totals: readonly Row[]; readonly book: ExcelJS.Workbook }> {
    expect(answer.status, answer.html).to.equal(303);
    const id = answer.location?.split('/').at(-1) ?? '';
    const job = (await api.jobEnd(id)).body;
    expect(job.state, JSON.stringify(job)).to.equal('done');
    const file = await fetch(`${server.url}/admin/jobs/${id}/file`, {
      headers: { cookie: [...first.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(await file.arrayBuffer());
    const [sheet] = book.worksheets;
    if (sheet === undefined) throw new Error('no sheet');
    const headings = Array.from(
      { length: sheet.columnCount },
      (_unused, index) => sheet.getRow(1).getCell(index + 1).text,
    );
    const rows: Row[] = [];
    sheet.eachRow((row, number) => {
      if (number > 1)
        rows.push(Object.fromEntries(headings.map((heading, index) => [heading, row.getCell(index + 1).value])));
    });
    const isTotal = (row: Row): boolean => text(Object.values(row)[0]).startsWith('Summe');
    return { rows: rows.filter((row) => !isTotal(row)), totals: rows.filter(isTotal), book };
  }

  const sumBy = (rows: readonly Row[], keys: readonly string[], heading: string): Record<string, number> => {
    const sums: Record<string, number> = {};
    for (const row of rows) {
      const key = keys.map((name) => text(row[name])).join(' ');
      sums[key] = (sums[key] ?? 0) + cents(row[heading]);
    }
    return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0));
  };
  const vouchers = async (): ReturnType<typeof workbookOf> =>
    workbookOf(await first.post('/admin/exports/vouchers', { query: '', format: 'xlsx' }));
  const report = () => liabilityReport(database().knex, { from: '2020-01-01', on: clock.today(), knownUntil: null });

  it('have every kind of event behind them, and books that agree', async () => {
    const events = await database().knex('ledger_entries').distinct('event').pluck<string[]>('event');
    expect(events).to.have.members(EVENTS);
    expect((await verifyBooks(database().knex, clock.now())).problem).to.equal(null);
    for (const { check, expected, actual } of (await report()).checks) expect(actual, check).to.equal(expected);
  });

  it('list the vouchers: each row adds up, and the columns to the report of liabilities', async () => {
    await first.get('/admin/exports/vouchers');
    const { rows, totals, book } = await vouchers();
    const [{ count }] = (await database().knex('vouchers').count({ count: '*' })) as [{ count: number | string }];
    expect(rows).to.have.lengthOf(Number(count));
    const signs: Readonly<Record<string, number>> = {
      Ausgabepreis: 1,
      Bonusanteil: 1,
      'Übernahme Altsystem': 1,
      Aufladungen: 1,
      eingelöst: -1,
      'Storno Einlösung': 1,
      erstattet: -1,
      umgebucht: 1,
      verfallen: -1,
      ausgebucht: -1,
      Korrektur: 1,
    };
    const stored = rows.filter(
      (row) =>
        ['Kauf', 'Verrechnung'].includes(text(row['Typ'])) ||
        row['Zahlart'] === 'über Partner' ||
        text(row['Titel']) === 'VK-NEUER-CODE',
    );
    expect(stored.length).to.be.greaterThan(30);
    for (const row of stored) {
      const left = Object.entries(signs).reduce((sum, [name, sign]) => sum + sign * cents(row[name]), 0);
      expect(left, JSON.stringify(row)).to.equal(cents(row['Restwert']));
      expect(cents(row['Restwert']), text(row['Titel'])).to.be.at.least(0);
    }
    // The report knows no goodwill: its value is on no account.
    const owed = stored.filter((row) => text(row['Finanzierung (Verrechnung)']) !== 'Kulanz');
    const { columns } = await report();
    const own = columns.filter(({ role }) => role !== 'V_FORFEIT');
    const lineOf = (lines: readonly (typeof MOVEMENT_LINES)[number][]): Record<string, number> => {
      const sums: Record<string, number> = {};
      for (const { account, currency, movements } of own)
        sums[`${account ?? ''} ${currency}`] =
          (sums[`${account ?? ''} ${currency}`] ?? 0) + lines.reduce((sum, line) => sum + (movements[line] ?? 0), 0);
      return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0));
    };
    const minus = (sums: Record<string, number>): Record<string, number> =>
      Object.fromEntries(Object.entries(sums).map(([key, sum]) => [key, -sum]));
    const by = (heading: string): Record<string, number> => sumBy(owed, ['Liability-Konto', 'Währung'], heading);
    expect(by('Ausgabepreis')).to.deep.equal(lineOf(['sold', 'issued']));
    expect(by('Übernahme Altsystem')).to.deep.equal(lineOf(['taken_over']));
    expect(by('Aufladungen')).to.deep.equal(lineOf(['topped_up']));
    // A bonus was given away: its share of what is redeemed is a price cut, and its rest is owed to nobody.
    const given = async (event: string): Promise<Record<string, number>> => {
      const [row] = (await database()
        .knex('ledger_entries as e')
        .join('vouchers as v', 'v.id', 'e.voucher_id')
        .where({ 'v.type': 'purchase', 'e.event': event })
        .where((memo) => void memo.where('e.debit_role', 'MEMO_GOODWILL').orWhere('e.credit_role', 'MEMO_GOODWILL'))
        .sum({ cents: 'e.cents' })) as [{ cents: unknown }];
      expect(Number(row.cents), event).to.be.greaterThan(0);
      return { '1796 EUR': Number(row.cents) };
    };
    const less = (sums: Record<string, number>, gifts: Record<string, number>): Record<string, number> =>
      Object.fromEntries(
        Object.entries(sums)
          .map(([key, sum]) => [key, sum - (gifts[key] ?? 0)])
          .filter(([, sum]) => sum !== 0),
      );
    expect(less(by('eingelöst'), await given('redemption'))).to.deep.equal(minus(lineOf(['redeemed'])));
    expect(less(by('Storno Einlösung'), await given('redemption_reversal'))).to.deep.equal(lineOf(['given_back']));
    expect(by('erstattet')).to.deep.equal(minus(lineOf(['refunded', 'charged_back'])));
    expect(by('umgebucht')).to.deep.equal(lineOf(['transferred_in', 'transferred_out']));
    expect(less(by('verfallen'), await given('forfeit'))).to.deep.equal(minus(lineOf(['forfeited'])));
    expect(by('ausgebucht')).to.deep.equal(minus(lineOf(['derecognised', 'reactivated'])));
    expect(by('Korrektur')).to.deep.equal(lineOf(['correction']));
    expect(Object.values(sumBy(owed, [], 'umgebucht'))).to.deep.equal([]);
    const accounts: Record<string, number> = {};
    for (const { account, currency, closing } of columns)
      accounts[`${account ?? ''} ${currency}`] = (accounts[`${account ?? ''} ${currency}`] ?? 0) + closing;
    const together = less(by('Restwert'), by('davon Bonus'));
    for (const [key, sum] of Object.entries(less(by('verfallen'), await given('forfeit'))))
      together[key] = (together[key] ?? 0) + sum;
    expect(together).to.deep.equal(accounts);
    expect(totals.map((row) => [row['Gutschein-Nr'], cents(row['Restwert'])])).to.deep.equal(
      Object.entries(sumBy(rows, ['Währung'], 'Restwert'))
        .sort()
        .map(([currency, sum]) => [`Summe ${currency}`, sum]),
    );
    const sums = (book.getWorksheet('Summen')?.getSheetValues() ?? []).slice(2) as ExcelJS.CellValue[][];
    expect(new Set(sums.map((row) => row.at(-1)))).to.deep.equal(new Set([0]));
  });

  it('say of each voucher how it stands', async () => {
    await first.get('/admin/exports/vouchers');
    const { rows } = await vouchers();
    const of = (title: string, ...names: string[]): ExcelJS.CellValue[] =>
      names.map((name) => rows.find((row) => row['Titel'] === title)?.[name] ?? null);
    expect(of('Gesperrt und storniert', 'Status', 'gesperrt', 'Restwert')).to.deep.equal(['storniert', 'J', 52]);
    expect(of('Reserviert', 'Status', 'reserviert', 'gesperrt')).to.deep.equal(['aktiv', 'J', 'N']);
    expect(of('Verjährt', 'Status', 'Restwert')).to.deep.equal(['verjährt', 63]);
    expect(of('Abgelaufen', 'Status')).to.deep.equal(['abgelaufen']);
    expect(of('Ausgebucht', 'Status', 'ausgebucht', 'Restwert')).to.deep.equal(['ausgebucht', 61, 0]);
    expect(of('Reaktiviert', 'Status', 'ausgebucht', 'Restwert')).to.deep.equal(['abgelaufen', 0, 62]);
    expect(
      of('Altbestand', 'Nennwert', 'Ausgabepreis', 'Übernahme Altsystem', 'eingelöst', 'Restwert', 'Zahlart'),
    ).to.deep.equal([100, 0, 40, 15, 25, 'übernommen']);
    expect(
      of(
        'Kulanz',
        'werthaltig',
        'Ausgabepreis',
        'Bonusanteil',
        'Aufladungen',
        'Korrektur',
        'Restwert',
        'Verjährung am',
      ),
    ).to.deep.equal(['N', 0, 7, 0, 0.3, 5.3, null]);
    expect(of('Verfällt', 'eingelöst', 'verfallen', 'Restwert')).to.deep.equal([85, 15, 0]);
    const lost = rows
      .filter((row) => row['Titel'] === 'Verloren')
      .map((row) => [row['Status'], row['Ausgabepreis'], row['umgebucht'], row['Restwert']]);
    expect(lost).to.have.deep.members([
      ['ersetzt', 80, -60, 0],
      ['teilweise eingelöst', 0, 60, 60],
    ]);
  });

  it('list the codes with mails, uses and what replaced them', async () => {
    await first.get('/admin/exports/codes');
    const { rows } = await workbookOf(
      await first.post('/admin/exports/codes', { query: '', format: 'xlsx', codes: 'masked' }),
    );
    const numbers = await database().knex('vouchers').pluck<string[]>('number');
    expect(rows.map((row) => row['Gutschein-Nr'])).to.have.members(numbers);
    const uses = await database().knex('vouchers').sum<{ uses: number | string }[]>({ uses: 'uses' });
    expect(rows.reduce((sum, row) => sum + Number(row['verbraucht']), 0)).to.equal(Number(uses[0]?.uses));
    const byNumber = new Map(rows.map((row) => [row['Gutschein-Nr'], row]));
    const links = await database()
      .knex('voucher_links as l')
      .join('vouchers as f', 'f.id', 'l.from_id')
      .join('vouchers as t', 't.id', 'l.to_id')
      .select<{ from: string; to: string }[]>('f.number as from', 't.number as to');
    for (const { from, to } of links) {
      expect(text(byNumber.get(from)?.['ersetzt durch']).split(', ')).to.include(to);
      expect(text(byNumber.get(to)?.['Ersatz für']).split(', ')).to.include(from);
    }
    expect(rows.map((row) => row['Wert oder %'])).to.include.members([
      '10\u00a0%',
      'ganze Reise',
      '100,00\u00a0€',
      '40,00\u00a0CHF',
    ]);
    // What was given back as a whole is used, but not redeemed any more.
    expect(rows.filter((row) => row['Buchungs-Nrn'] !== null && row['eingelöst am'] === null).length).to.be.greaterThan(
      0,
    );
  });

  it('hold the journal: debit and credit, the balance of each voucher and of each account', async () => {
    await first.get('/admin/accounting/journal');
    const rows: Row[] = [];
    // A journal of no voucher, booking or run is of a year at most.
    for (const year of [2025, 2026, 2027, 2028, 2029, 2030])
      rows.push(
        ...(
          await workbookOf(
            await first.post('/admin/accounting/journal/workbook', { from: `01.01.${year}`, to: `31.12.${year}` }),
          )
        ).rows,
      );
    const [{ count, sum }] = (await database()
      .knex('ledger_entries')
      .count({ count: '*' })
      .sum({ sum: 'cents' })) as unknown as [{ count: number | string; sum: number | string }];
    expect(rows).to.have.lengthOf(Number(count));
    expect(rows.reduce((total, row) => total + cents(row['Betrag']), 0)).to.equal(Number(sum));
    expect(sumBy(rows, ['Währung'], 'Verbindlichkeit +/-')).to.deep.equal(
      (await report()).columns.reduce<Record<string, number>>(
        (sums, { currency, closing }) => ({ ...sums, [currency]: (sums[currency] ?? 0) + closing }),
        {},
      ),
    );
    // What is on a voucher after its last entry is what is on it now.
    const balances = new Map((await vouchers()).rows.map((row) => [row['Gutschein-Nr'], row['Restwert']]));
    const told = new Set<ExcelJS.CellValue>();
    const newest = await database()
      .knex('ledger_entries as e')
      .join('vouchers as v', 'v.id', 'e.voucher_id')
      .whereRaw('e.position = v.ledger_count')
      .select<{ hash: string }[]>('e.hash');
    for (const row of rows.filter((one) => newest.some(({ hash }) => hash === one['Prüfsumme (SHA-256)']))) {
      told.add(row['Gutschein-Nr.'] ?? null);
      expect(row['Saldo danach'], text(row['Gutschein-Nr.'])).to.equal(balances.get(row['Gutschein-Nr.'] ?? null));
    }
    expect(told.size).to.equal(newest.length);
    for (const row of rows)
      expect(
        [row['Soll-Konto'], row['Haben-Konto'], row['Vorgang']].every(
          (one) => typeof one === 'string' && !EVENTS.includes(one),
        ),
        JSON.stringify(row),
      ).to.equal(true);
  });

  it('hold the day: the equation of each account, and the open items behind it', async () => {
    await first.get('/admin/accounting/liabilities');
    const { rows } = await workbookOf(
      await first.post('/admin/accounting/liabilities/workbook', { from: '01.01.2020', on: DAY, known: '' }),
    );
    const { columns } = await report();
    expect(rows).to.have.lengthOf(columns.length);
    const headings = Object.keys(rows[0] ?? {});
    const equation = headings.slice(headings.indexOf('Anfangsbestand'), headings.indexOf('Endbestand'));
    expect(equation).to.have.lengthOf(MOVEMENT_LINES.length + 1);
    for (const row of rows)
      expect(
        equation.reduce((sum, name) => sum + cents(row[name]), 0),
        text(row['Konto']),
      ).to.equal(cents(row['Endbestand']));
    await first.get(`/admin/accounting/liabilities/items?on=${DAY}`);
    const items = await workbookOf(
      await first.post('/admin/accounting/liabilities/items/workbook', { on: DAY, known: '' }),
    );
    const open = (await vouchers()).rows.filter(
      (row) => cents(row['Restwert']) > 0 && text(row['Finanzierung (Verrechnung)']) !== 'Kulanz',
    );
    const owed = open.map((row) => ({ ...row, Restwert: (cents(row['Restwert']) - cents(row['davon Bonus'])) / 100 }));
    // With the rests that lapsed, the items of an account are what stands on it.
    expect(sumBy(items.rows, ['Konto', 'Währung'], 'Guthaben')).to.deep.equal(
      sumBy(
        rows.filter((row) => cents(row['Endbestand']) !== 0),
        ['Konto', 'Währung'],
        'Endbestand',
      ),
    );
    const balances = items.rows.filter((row) => row['verfallener Rest'] === 'nein');
    expect(sumBy(balances, ['Konto', 'Währung'], 'Guthaben')).to.deep.equal(
      sumBy(owed, ['Liability-Konto', 'Währung'], 'Restwert'),
    );
    expect(balances).to.have.lengthOf(open.length);
    for (const item of balances) {
      const voucher = open.find((row) => row['Gutschein-Nr'] === item['Gutschein-Nr.']);
      expect(
        [item['verjährt nach'], item['gültig bis'], /^ja$/i.test(text(item['gesperrt'])) ? 'J' : 'N'],
        text(item['Titel']),
      ).to.deep.equal([voucher?.['Verjährung am'], voucher?.['Buchung bis'], voucher?.['gesperrt']]);
    }
  });

  it('settle with partners: what was redeemed is owed, cut, claimed or still on the clearing account', async () => {
    let clearing = 0;
    for (const partner of ['rechnung', 'gutschrift']) {
      await first.get(`/admin/partner-settlements/lines?partner=${partner}&from=${DAY}&to=${DAY}`);
      const { rows } = await workbookOf(
        await first.post('/admin/partner-settlements/lines/workbook', { partner, from: DAY, to: DAY }),
      );
      expect(rows.length).to.be.at.least(3);
      for (const row of rows) {
        const of = (name: string): number => cents(row[name]);
        expect(
          of('Buchungswert') - of('Abrechnung') - of('Provision') - of('Nachlass') - of('Forderung an Reisende'),
          text(row['Code']),
        ).to.equal(of('Verrechnungssaldo'));
        expect(of('Abrechnung') - of('Bezahlt') - of('Aus Verkauf gedeckt'), text(row['Code'])).to.equal(
          of('Differenz'),
        );
        clearing += of('Verrechnungssaldo');
      }
    }
    const legs = await database()
      .knex('ledger_entries')
      .select<{ debit_role: string; credit_role: string; cents: number | string }[]>(
        'debit_role',
        'credit_role',
        'cents',
      );
    const booked = legs.reduce(
      (sum, { debit_role: debit, credit_role: credit, cents: amount }) =>
        sum + (debit === 'DEAL_CLEARING' ? Number(amount) : 0) - (credit === 'DEAL_CLEARING' ? Number(amount) : 0),
      0,
    );
    expect([clearing, booked]).to.deep.equal([9000, 9000]);
  });

  it('come to the tax auditor with every document the journal refers to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'z3-'));
    try {
      const path = join(folder, 'z3.zip');
      await writeAuditData(database().knex, createWriteStream(path), {
        from: '2020-01-01',
        to: '2030-12-31',
        supplier: { name: 'Sonne', location: 'Berlin', comment: '' },
        dtdPath: null,
        madeAt: Date.UTC(2026, 6, 2),
        texts: { t: (key) => key, has: () => false },
      });
      const { files } = await unzipper.Open.buffer(readFileSync(path));
      const table = async (name: string): Promise<Record<string, string>[]> => {
        const file = files.find((one) => one.path === `${name}.csv`);
        if (file === undefined) throw new Error(`no ${name}`);
        return parse(await file.buffer(), { delimiter: ';', columns: true });
      };
      const documents = await table('dokument');
      expect(new Set(documents.map(({ art }) => art))).to.deep.equal(
        new Set([
          'Bestellung',
          'Rechnung an Partner',
          'Ausgleich ohne Rechnung',
          'Verkauf durch Partner',
          'Ausbuchung',
        ]),
      );
      expect(new Set(documents.map((row) => row['dokument_id'])).size).to.equal(documents.length);
      const numbers = new Set(documents.map(({ nummer }) => nummer));
      const journal = await table('gutschein_journal');
      const own = journal.filter(
        ({ vorgang, beleg }) =>
          beleg !== '' &&
          [
            'sale',
            'partner_invoice',
            'partner_invoice_reversal',
            'partner_statement',
            'partner_rejected',
            'deal_sale',
            'deal_use',
            'derecognition',
          ].includes(vorgang ?? ''),
      );
      expect(own.length).to.be.greaterThan(20);
      for (const { vorgang, beleg } of own)
        expect(numbers.has(beleg), `${vorgang ?? ''} ${beleg ?? ''}`).to.equal(true);
      const sum = (rows: readonly Record<string, string>[]): number =>
        rows.reduce(
          (total, { betrag }) => total + Math.round(Number((betrag ?? '0').replace('.', '').replace(',', '.')) * 100),
          0,
        );
      const invoices = await database().knex('partner_invoices').sum<{ owed: number | string }[]>({ owed: 'owed' });
      expect(sum(documents.filter(({ art }) => art === 'Rechnung an Partner'))).to.equal(Number(invoices[0]?.owed));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

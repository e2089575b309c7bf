import { expect } from 'chai';
import ExcelJS from 'exceljs';
import { verifyBooks } from '../../../../src/features/accounting/proof/verify-service.ts';
import { saveEntry } from '../../../../src/features/catalogue/catalogue-service.ts';
import {
  changePartnerDetails,
  DEFAULT_PARTNER_DETAILS,
  type PartnerDetails,
} from '../../../../src/features/catalogue/partner-service.ts';
import { systemClock } from '../../../../src/platform/process/clock.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { apiClient, bookingOf, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { jobsDone } from '../../../support/jobs-done.ts';
import { signedIn, type Answer, type Visitor } from '../../../support/pages.ts';
import { PRINTING, textOfPdf } from '../../../support/pdf.ts';

const LINES = '/admin/partner-settlements/lines';
const STATEMENTS = '/admin/partner-settlements/statements';

describeOnBothDatabases('the settlement with a partner', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let admin: Visitor;
  let bookings = 0;
  const today = systemClock('Europe/Berlin').today();
  const shortToday = today.split('-').toReversed().join('.');

  before(async () => {
    server = await startTestServer({ database: database(), env: PRINTING });
    api = apiClient(server.url);
    admin = await signedIn(server.url);
    await partner('sammler', {
      commissionBasisPoints: 1500,
      invoiceTiming: 'in_runs',
      invoiceEmail: 'abrechnung@sammler.example',
      invoiceAddress: 'Marktplatz 7\n20095 Hamburg',
      debtorAccount: '10077',
    });
    await partner('gutschrift', { commissionBasisPoints: 1000, invoiceTiming: 'at_once' });
    await partner('fremd', {});
    await partner('gratis', { commissionBasisPoints: 10_000 });
  });
  after(() => server.close());
  afterEach('the books agree', async () => {
    expect((await verifyBooks(database().knex, Date.now())).problem).to.equal(null);
  });

  async function partner(id: string, more: Partial<PartnerDetails>): Promise<void> {
    await saveEntry(database(), 'partner', { id, name: `${id.toUpperCase()} GmbH`, parent: null }, 'test', Date.now());
    await inTransaction(database(), (trx) =>
      changePartnerDetails(trx, id, { ...DEFAULT_PARTNER_DETAILS, ...more }, 'test', Date.now()),
    );
  }

  async function redeemed(
    code: string,
    price: number,
    partnerId: string | null,
  ): Promise<{ readonly id: string; readonly bookingNumber: string }> {
    const made = await api.post('/vouchers', {
      type: 'deal',
      title: `Deal ${code}`,
      code,
      paidAt: '2026-01-02',
      deal: {
        paysInFull: true,
        entry: 'both',
        invoicePartner: partnerId === 'sammler' || partnerId === 'gratis',
        partnerPrice: null,
      },
      ...(partnerId === null ? {} : { restrictions: { partner: partnerId } }),
    });
    expect(made.status, JSON.stringify(made.body)).to.equal(201);
    bookings += 1;
    const bookingNumber = `PS-${bookings}`;
    const answer = await api.post('/redemptions', {
      booking: bookingOf(price, partnerId === null ? {} : { partner: partnerId }),
      codes: [code],
      bookingNumber,
    });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    await jobsDone(database());
    return { id: String(answer.body.id), bookingNumber };
  }

  async function endOf(answer: Answer): Promise<Record<string, unknown>> {
    expect(answer.status, answer.html).to.equal(303);
    const job = (await api.jobEnd(answer.location?.split('/').at(-1) ?? '')).body;
    expect(job.state, JSON.stringify(job)).to.equal('done');
    return job.result as Record<string, unknown>;
  }

  async function balances(redemptionId: string): Promise<Record<string, number>> {
    const rows = await database()
      .knex('ledger_entries')
      .where({ redemption_id: redemptionId })
      .select<{ debit_role: string; credit_role: string; cents: number | string }[]>();
    const sums: Record<string, number> = {};
    for (const { debit_role: debit, credit_role: credit, cents } of rows) {
      sums[debit] = (sums[debit] ?? 0) + Number(cents);
      sums[credit] = (sums[credit] ?? 0) - Number(cents);
    }
    return Object.fromEntries(Object.entries(sums).filter(([, cents]) => cents !== 0));
  }

  const invoices = (redemptionId: string): Promise<{ state: string; owed: number | string }[]> =>
    database().knex('partner_invoices').where({ redemption_id: redemptionId }).orderBy('id');
  const ofPartner = (id: string): Record<string, string> => ({ partner: id, from: shortToday, to: shortToday });
  const pageOf = (id: string): string => `${LINES}?${new URLSearchParams(ofPartner(id)).toString()}`;

  it('makes all invoices of a period in one run and sends them in one mail, once', async () => {
    const one = await redeemed('LAUF-EINS', 84_000, 'sammler');
    const two = await redeemed('LAUF-ZWEI', 10_000, 'sammler');
    expect(await invoices(one.id)).to.deep.equal([]);
    const page = await admin.get(pageOf('sammler'));
    expect(page.html).to.contain('noch abzurechnen').and.contain('940,00').and.not.contain('LAUF-EINS');
    expect(await endOf(await admin.post(`${LINES}/run`, ofPartner('sammler')))).to.include({ issued: 2, cancelled: 0 });
    expect(await balances(one.id)).to.deep.equal({ DEBITOR: -84_000, DEBITOR_PARTNER: 71_400, COMMISSION: 12_600 });
    expect(await balances(two.id)).to.deep.equal({ DEBITOR: -10_000, DEBITOR_PARTNER: 8500, COMMISSION: 1500 });
    const mails = await database()
      .knex('mails')
      .where({ event: 'partner_run' })
      .select<{ recipient: string; body: string; attachments: string }[]>();
    expect(mails).to.have.length(1);
    expect(mails[0]).to.deep.include({ recipient: 'abrechnung@sammler.example' });
    expect(mails[0]?.body).to.contain('2 Belege und 0 Stornos').and.contain('799,00');
    expect(await database().knex('mails').where({ event: 'partner_invoice' })).to.deep.equal([]);
    const run = JSON.parse(mails[0]?.attachments ?? '[]') as { kind: string; ids: string[] }[];
    expect(run[0]?.kind).to.equal('partner_run_parts');
    const pdf = new Uint8Array(
      await (
        await fetch(`${server.url}/admin/partner-invoices/runs/${run[0]?.ids[0]}/pdf`, {
          headers: { cookie: [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        })
      ).arrayBuffer(),
    );
    expect(await textOfPdf(pdf, 1))
      .to.contain('Abrechnungslauf')
      .and.contain('799,00');
    expect(await textOfPdf(pdf, 3)).to.contain('85,00');
    expect(await endOf(await admin.post(`${LINES}/run`, ofPartner('sammler')))).to.include({ issued: 0, cancelled: 0 });
    expect(await database().knex('mails').where({ event: 'partner_run' })).to.have.length(1);
  });

  it('makes the credit notes of what was given back since in the next run, and books all open ones as paid', async () => {
    const { id } = await redeemed('LAUF-DREI', 20_000, 'sammler');
    await endOf(await admin.post(`${LINES}/run`, ofPartner('sammler')));
    expect(
      (
        await api.post(`/redemptions/${id}/reversals`, {
          lines: [{ code: 'LAUF-DREI', amount: 5000 }],
          reason: 'Ein Ausflug weniger',
        })
      ).status,
    ).to.equal(201);
    await jobsDone(database());
    expect((await invoices(id)).map(({ state }) => state)).to.deep.equal(['open']);
    expect((await admin.get(pageOf('sammler'))).html).to.contain('seither geändert');
    expect(await endOf(await admin.post(`${LINES}/run`, ofPartner('sammler')))).to.include({ issued: 1, cancelled: 1 });
    expect(await balances(id)).to.deep.equal({ DEBITOR: -15_000, DEBITOR_PARTNER: 12_750, COMMISSION: 2250 });
    await admin.get(pageOf('sammler'));
    const wrong = await admin.post(`${LINES}/payment`, {
      ...ofPartner('sammler'),
      paidOn: '31.12.2099',
      reference: 'SEPA 9',
    });
    expect(wrong.status).to.equal(422);
    expect(wrong.html).to.contain('nicht in der Zukunft').and.contain('value="SEPA 9"');
    expect(
      await endOf(
        await admin.post(`${LINES}/payment`, { ...ofPartner('sammler'), paidOn: shortToday, reference: 'SEPA 9' }),
      ),
    ).to.include({ settled: 3 });
    expect(await balances(id)).to.deep.equal({ DEBITOR: -15_000, BANK: 12_750, COMMISSION: 2250 });
    const page = await admin.get(
      `/admin/partner-settlements?${new URLSearchParams({ from: shortToday, to: shortToday }).toString()}`,
    );
    expect(page.html).to.contain('SAMMLER GmbH').and.contain('ausgeglichen').and.not.contain('weicht ab');
  });

  it('books on the partner’s own debtor account', async () => {
    const { id, bookingNumber } = await redeemed('LAUF-KONTO', 30_000, 'sammler');
    await endOf(await admin.post(`${LINES}/run`, ofPartner('sammler')));
    expect(await invoices(id)).to.have.length(1);
    const journal = await admin.get(`/admin/accounting/journal?booking=${bookingNumber}`);
    expect(journal.html).to.contain('>10077<');
  });

  it('leaves nothing on the clearing account where nothing is owed, or nobody pays', async () => {
    const free = await redeemed('OHNE-PREIS', 12_000, 'gratis');
    expect(await balances(free.id)).to.deep.equal({ DEBITOR: -12_000, COMMISSION: 12_000 });
    expect((await admin.get(pageOf('gratis'))).html).to.contain('nichts geschuldet');
    const lone = await redeemed('OHNE-PARTNER', 9000, null);
    const page = await admin.get(pageOf('-'));
    expect(page.html).to.contain('ohne Partner').and.contain('90,00');
    const line = await database()
      .knex('redemption_lines')
      .where({ redemption_id: lone.id })
      .first<{ id: number | string }>('id');
    const fields = { ...ofPartner('-'), line: String(line.id), redemption: lone.id };
    const refused = await admin.post(`${LINES}/write-off`, { ...fields, reason: ' ' });
    expect(refused.status).to.equal(422);
    expect(refused.html).to.contain('Bitte geben Sie einen Grund an.');
    expect((await admin.post(`${LINES}/write-off`, { ...fields, reason: 'Werbeaktion' })).status).to.equal(303);
    expect((await admin.get(pageOf('-'))).html).to.contain('als Nachlass gebucht');
    expect(await balances(lone.id)).to.deep.equal({ DEBITOR: -9000, RABATT: 9000 });
    await admin.post(`${LINES}/write-off`, { ...fields, reason: 'noch einmal' });
    expect((await admin.get(pageOf('-'))).html).to.contain('passt nicht zum jetzigen Stand');
    expect(
      (
        await api.post(`/redemptions/${lone.id}/reversals`, {
          lines: [{ code: 'OHNE-PARTNER', amount: 9000 }],
          reason: 'Storno',
        })
      ).status,
    ).to.equal(201);
    await jobsDone(database());
    expect(await balances(lone.id)).to.deep.equal({});
  });

  it('is a workbook with the columns and sums of the page', async () => {
    const answer = await admin.post(`${LINES}/workbook`, ofPartner('sammler'));
    await endOf(answer);
    const file = await fetch(`${server.url}${answer.location}/file`, {
      headers: { cookie: [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(await file.arrayBuffer());
    const [sheet] = book.worksheets;
    if (sheet === undefined) throw new Error('no sheet');
    expect((sheet.getRow(1).values as unknown[]).slice(1)).to.deep.equal([
      'Partner',
      'Zeitraum',
      'Gutschein',
      'Code',
      'Buchung',
      'Reisebeginn',
      'Eingelöst am',
      'Währung',
      'Buchungswert',
      'Abrechnung',
      'Provision',
      'Nachlass',
      'Forderung an Reisende',
      'USt-Hinweis',
      'Beleg-Nr.',
      'Fällig am',
      'Bezahlt',
      'Bezahlt am',
      'Differenz',
      'Verrechnungssaldo',
      'Zustand',
      'Aus Verkauf gedeckt',
    ]);
    const rows = Array.from({ length: sheet.rowCount - 2 }, (_unused, index) => sheet.getRow(index + 2));
    const sum = (column: number): number =>
      rows.reduce((total, row) => total + Math.round(Number(row.getCell(column).value) * 100), 0);
    expect(rows).to.have.length(4);
    expect([9, 10, 11, 12, 20].map(sum)).to.deep.equal([
      84_000 + 10_000 + 15_000 + 30_000,
      71_400 + 8500 + 12_750 + 25_500,
      12_600 + 1500 + 2250 + 4500,
      0,
      0,
    ]);
    expect(rows[0]?.getCell(4).value).to.equal('…EINS');
    expect(rows[0]?.getCell(7).value).to.be.instanceOf(Date);
  });

  async function upload(
    fields: Readonly<Record<string, string>>,
    content: string | Buffer,
    name = 'aufstellung.csv',
  ): Promise<{ readonly status: number; readonly html: string; readonly location: string }> {
    const page = await admin.get(STATEMENTS);
    const form = new FormData();
    form.set('_csrf', /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '');
    for (const [key, value] of Object.entries({
      partner: 'gutschrift',
      from: shortToday,
      to: shortToday,
      currency: 'EUR',
      ...fields,
    }))
      form.set(key, value);
    form.set('file', new Blob([content as BlobPart]), name);
    const answer = await fetch(server.url + STATEMENTS, {
      method: 'POST',
      body: form,
      redirect: 'manual',
      headers: {
        Cookie: [...admin.cookies].map(([key, value]) => `${key}=${value}`).join('; '),
        'Accept-Language': 'de',
      },
    });
    return { status: answer.status, html: await answer.text(), location: answer.headers.get('location') ?? '' };
  }

  const findings = async (location: string): Promise<Record<string, string>> => {
    const rows = await database()
      .knex('partner_statement_lines')
      .where({ statement_id: location.split('/').at(-1) })
      .orderBy('file_row')
      .select<{ code_text: string; finding: string }[]>();
    return Object.fromEntries(rows.map(({ code_text: code, finding }, index) => [`${index + 1} ${code}`, finding]));
  };
  const lineOf = async (location: string, row: number): Promise<string> =>
    String(
      (
        await database()
          .knex('partner_statement_lines')
          .where({ statement_id: location.split('/').at(-1), file_row: row })
          .first<{ id: number | string }>('id')
      ).id,
    );

  it('compares the partner’s own statement, and books what agrees', async () => {
    const right = await redeemed('AUF-STIMMT', 50_000, 'gutschrift');
    const less = await redeemed('AUF-WENIGER', 40_000, 'gutschrift');
    const refused = await redeemed('AUF-ABGELEHNT', 30_000, 'gutschrift');
    const back = await redeemed('AUF-STORNO', 20_000, 'gutschrift');
    const silent = await redeemed('AUF-FEHLT', 60_000, 'gutschrift');
    await redeemed('AUF-FREMD', 10_000, 'fremd');
    await api.post(`/redemptions/${back.id}/reversals`, {
      lines: [{ code: 'AUF-STORNO', amount: 20_000 }],
      reason: 'Storno',
    });
    await api.post('/vouchers', {
      type: 'deal',
      title: 'Nie eingelöst',
      code: 'AUF-NIE',
      paidAt: '2026-01-02',
      deal: { paysInFull: true, entry: 'both', invoicePartner: false, partnerPrice: null },
      restrictions: { partner: 'gutschrift' },
    });
    const csv = [
      'Aufstellung November',
      'Gutscheincode;Reise;Auszahlung (EUR)',
      'auf-stimmt;Ostsee;450,00',
      'AUF-WENIGER;Harz;300,00',
      'AUF-ABGELEHNT;Rhön;0,00',
      'AUF-STORNO;Eifel;180,00',
      'AUF-NIE;;90,00',
      'AUF-STIMMT;Ostsee;450,00',
      'AUF-FREMD;;100,00',
      'XYZ-UNBEKANNT;;1.000,00',
      ';Summe;2.570,00',
    ].join('\r\n');
    const { location } = await upload({ documentNumber: 'GS-2026-11' }, csv);
    expect(await findings(location)).to.deep.equal({
      '1 auf-stimmt': 'agrees',
      '2 AUF-WENIGER': 'amount_differs',
      '3 AUF-ABGELEHNT': 'rejected',
      '4 AUF-STORNO': 'given_back',
      '5 AUF-NIE': 'not_redeemed',
      '6 AUF-STIMMT': 'twice',
      '7 AUF-FREMD': 'other_partner',
      '8 XYZ-UNBEKANNT': 'unknown_code',
    });
    const page = await admin.get(location);
    for (const text of [
      'stimmt überein',
      'Betrag weicht ab',
      'vom Partner abgelehnt',
      'bezahlt, nie gereist',
      'Code doppelt',
      'gereist, nicht bezahlt',
      'Code unbekannt',
    ])
      expect(page.html).to.contain(text);
    const unpaid = await admin.get(`${location}?finding=not_paid`);
    expect(unpaid.html).to.contain(silent.bookingNumber).and.not.contain(right.bookingNumber);
    expect(await endOf(await admin.post(`${location}/bookings`, { paidOn: shortToday }))).to.include({
      settled: 1,
      untouched: 0,
    });
    expect(await balances(right.id)).to.deep.equal({ DEBITOR: -50_000, BANK: 45_000, COMMISSION: 5000 });
    expect(await endOf(await admin.post(`${location}/bookings`, { paidOn: shortToday }))).to.include({ settled: 0 });
    const [accepted, rejected, noted] = [
      await lineOf(location, 4),
      await lineOf(location, 5),
      await lineOf(location, 7),
    ];
    for (let time = 1; time <= 2; time++)
      await admin.post(`${location}/lines/${accepted}`, { do: 'accepted', paidOn: shortToday, note: '' });
    expect(await balances(less.id)).to.deep.equal({ DEBITOR: -40_000, BANK: 30_000, COMMISSION: 10_000 });
    const missing = await admin.post(`${location}/lines/${rejected}`, { do: 'rejected', note: '' });
    expect(missing.status).to.equal(422);
    expect(missing.html).to.contain('Bitte geben Sie einen Grund oder eine Notiz an.');
    await admin.post(`${location}/lines/${rejected}`, {
      do: 'rejected',
      note: 'Code schon bei einem anderen Veranstalter eingelöst',
    });
    expect(await balances(refused.id)).to.deep.equal({});
    await admin.post(`${location}/lines/${noted}`, {
      do: 'noted',
      note: 'Partner zieht es mit der nächsten Zahlung ab',
    });
    expect((await admin.get(`${location}?finding=not_redeemed`)).html).to.contain(
      'Partner zieht es mit der nächsten Zahlung ab',
    );
    expect((await admin.post(`${location}/discard`, {})).status).to.equal(303);
    expect((await admin.get(location)).html).to.contain('Es wurde nichts gebucht');
    const settled = await admin.get(pageOf('gutschrift'));
    expect(settled.html).to.contain('abgelehnt, Reisender schuldet').and.contain('GS-2026-11');
    expect((await upload({ documentNumber: 'gs-2026-11' }, csv)).html).to.contain('schon eingelesen');
    expect(
      await findings((await upload({ documentNumber: 'GS-2026-12' }, 'Code;Betrag\nAUF-STIMMT;450,00\n')).location),
    ).to.deep.equal({ '1 AUF-STIMMT': 'already_paid' });
  });

  it('keeps what was settled by a statement in proportion when a part is given back', async () => {
    const { id } = await redeemed('AUF-TEIL', 40_000, 'gutschrift');
    const { location } = await upload({ documentNumber: 'GS-TEIL' }, 'Code;Betrag\nAUF-TEIL;360,00\n');
    await endOf(await admin.post(`${location}/bookings`, { paidOn: shortToday }));
    await api.post(`/redemptions/${id}/reversals`, {
      lines: [{ code: 'AUF-TEIL', amount: 10_000 }],
      reason: 'Weniger Tage',
    });
    await jobsDone(database());
    expect(await balances(id)).to.deep.equal({
      DEBITOR: -30_000,
      BANK: 36_000,
      DEBITOR_PARTNER: -9000,
      COMMISSION: 3000,
    });
    expect((await admin.get(pageOf('gutschrift'))).html).to.contain('Guthaben des Partners');
  });

  it('books nothing that changed since the comparison', async () => {
    const { id } = await redeemed('AUF-GEAENDERT', 40_000, 'gutschrift');
    const { location } = await upload({ documentNumber: 'GS-SPAET' }, 'Code;Betrag\nAUF-GEAENDERT;360,00\n');
    await api.post(`/redemptions/${id}/reversals`, {
      lines: [{ code: 'AUF-GEAENDERT', amount: 40_000 }],
      reason: 'Storno',
    });
    expect(await endOf(await admin.post(`${location}/bookings`, { paidOn: shortToday }))).to.include({
      settled: 0,
      untouched: 1,
    });
    expect(await balances(id)).to.deep.equal({});
    await admin.post(`${location}/again`, {});
    expect(await findings(location)).to.deep.equal({ '1 AUF-GEAENDERT': 'given_back' });
    await admin.post(`${location}/discard`, {});
    expect((await admin.get(location)).html).to.contain('verworfen');
  });

  it('asks for the columns of a file it cannot read by itself, and says what is wrong in it', async () => {
    await redeemed('AUF-SPALTE', 10_000, 'gutschrift');
    const { location } = await upload(
      { documentNumber: 'GS-SPALTEN' },
      'Ref;Kunde;Wert\nAUF-SPALTE;Meier;90,00\nAUF-FALSCH;Huber;neunzig\n',
    );
    expect((await admin.get(location)).html)
      .to.contain('Welche Spalte ist was?')
      .and.contain('Meier');
    const missing = await admin.post(`${location}/columns`, { headingRow: '1', code: '0', amount: '' });
    expect(missing.status).to.equal(422);
    expect(missing.html).to.contain('Bitte wählen Sie eine eigene Spalte.');
    const wrong = await admin.post(`${location}/columns`, { headingRow: '1', code: '0', amount: '2', status: '' });
    expect(wrong.status).to.equal(422);
    expect(wrong.html).to.contain('Zeile 3: „neunzig“ ist kein Betrag');
    expect(await findings(location)).to.deep.equal({});
    const { status, html } = await upload(
      { documentNumber: '', from: '31.02.2026', partner: 'gibtesnicht' },
      'x',
      'leer.csv',
    );
    expect(status).to.equal(422);
    for (const text of [
      'Bitte wählen Sie einen Partner.',
      'Bitte geben Sie die Nummer der Aufstellung ein.',
      'Bitte geben Sie einen Tag wie 01.11.2026 ein.',
      'value="31.02.2026"',
    ])
      expect(html).to.contain(text);
  });
});

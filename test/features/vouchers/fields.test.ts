import { expect } from 'chai';
import ExcelJS from 'exceljs';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VOUCHER_FIELDS } from '../../../src/features/vouchers/fields.ts';
import type { VoucherField } from '../../../src/features/vouchers/rules/voucher-field.ts';
import { withFields } from '../../../src/features/vouchers/rules/known-fields.ts';
import { apiClient, bookingOf, type ApiClient } from '../../support/api-client.ts';
import { describeOnBothDatabases } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { signedIn, type Answer, type Visitor } from '../../support/pages.ts';

const LOCALES = join(import.meta.dirname, '..', '..', '..', 'locales');

/** A row nobody has heard of, as somebody would write it who wants a least number of nights. */
const MIN_NIGHTS: VoucherField = {
  name: 'minNights',
  kind: 'count',
  of: 'rules',
  path: 'restrictions.minNights',
  column: 'min_nights',
  most: 99,
  sheet: { place: 14, width: 12 },
  imported: { place: 15, headings: ['mindestnächte'] },
  exported: { kind: 'vouchers', width: 12 },
};
const TEXTS = {
  de: { label: 'Mindestzahl Nächte', help: 'Leer: für jede Reisedauer.' },
  en: { label: 'Minimum number of nights', help: 'Empty: for any length of stay.' },
};

describe('the table of fields', () => {
  it('names every field and every place in the API once', () => {
    const names = VOUCHER_FIELDS.map(({ name }) => name);
    const places = VOUCHER_FIELDS.map(({ path }) => path);
    expect([new Set(names).size, new Set(places).size]).to.deep.equal([names.length, places.length]);
  });

  it('gives no two columns of the sheet, and no two of an import, the same place', () => {
    for (const part of ['sheet', 'imported'] as const) {
      const places = VOUCHER_FIELDS.flatMap((field) => field[part]?.place ?? []);
      expect(new Set(places).size, part).to.equal(places.length);
    }
  });
});

describeOnBothDatabases('a field nobody has heard of', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let admin: Visitor;
  let locales: string;
  let forget = (): void => undefined;

  before(async () => {
    await database().knex.schema.alterTable('voucher_rules', (table) => table.integer('min_nights'));
    locales = localesWithTexts();
    forget = withFields([MIN_NIGHTS]);
    server = await startTestServer({ database: database(), locales });
    api = apiClient(server.url);
    admin = await signedIn(server.url);
  });
  after(async () => {
    forget();
    await server.close();
    rmSync(locales, { recursive: true, force: true });
  });

  function localesWithTexts(): string {
    const folder = mkdtempSync(join(tmpdir(), 'reisebon-locales-'));
    cpSync(LOCALES, folder, { recursive: true });
    for (const locale of ['de', 'en'] as const) {
      const file = join(folder, locale, 'vouchers.json');
      const texts = JSON.parse(readFileSync(file, 'utf8')) as { field: object; hint: object };
      const { label, help } = TEXTS[locale];
      const more = { field: { ...texts.field, minNights: label }, hint: { ...texts.hint, minNights: help } };
      writeFileSync(file, JSON.stringify({ ...texts, ...more }));
    }
    return folder;
  }

  let made = 0;

  async function voucher(minNights: number | null): Promise<{ readonly id: string; readonly code: string }> {
    const answer = await api.post('/vouchers', {
      type: 'discount',
      title: `Lang bleiben ${++made}`,
      code: `NACHT-${made}-ABCD`,
      value: { tiers: [{ minTripPrice: 0, amount: 500 }] },
      restrictions: { minNights },
    });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return answer.body as { id: string; code: string };
  }

  async function nightsOf(id: string): Promise<unknown> {
    return (await api.get(`/vouchers/${id}`)).body.restrictions.minNights;
  }

  /** The fields of a voucher's form as a browser would send them. */
  async function formOf(path: string): Promise<Record<string, string>> {
    const { html } = await admin.get(path);
    const start = html.search(/<form[^>]*data-voucher-form/);
    const form = html.slice(start, html.indexOf('</form>', start));
    const fields: Record<string, string> = {};
    for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
      const [name, value] = [/ name="([^"]*)"/.exec(tag)?.[1], / value="([^"]*)"/.exec(tag)?.[1] ?? ''];
      if (name === undefined || name === '_csrf' || / disabled/.test(tag)) continue;
      if (!/type="(?:checkbox|radio)"/.test(tag) || / checked/.test(tag)) fields[name] = unescaped(value);
    }
    for (const [, name = '', chosen = ''] of form.matchAll(
      /<select[^>]* name="([^"]*)"[^>]*>(?:(?!<\/select>)[\s\S])*?<option value="([^"]*)" selected/g,
    ))
      fields[name] = chosen;
    return fields;
  }

  const unescaped = (text: string): string =>
    text.replaceAll('&quot;', '"').replaceAll('&#x3D;', '=').replaceAll('&amp;', '&');
  const plain = (html: string): string => html.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
  const inputOf = (html: string): string => /<input[^>]* name="minNights"[^>]*>/.exec(html)?.[0] ?? '';
  const cookie = (): string => [...admin.cookies].map(([name, value]) => `${name}=${value}`).join('; ');

  async function upload(path: string, content: string | Uint8Array, name: string): Promise<string> {
    const page = await admin.get(path);
    const form = new FormData();
    form.set('_csrf', /name="_csrf" value="([^"]+)"/.exec(page.html)?.[1] ?? '');
    form.set('file', new Blob([content as BlobPart]), name);
    const headers = { cookie: cookie() };
    const answer = await fetch(server.url + path, { method: 'POST', body: form, redirect: 'manual', headers });
    return answer.headers.get('location') ?? '';
  }

  async function workbook(path: string, fields: Readonly<Record<string, string>>): Promise<ExcelJS.Worksheet> {
    const started = await admin.post(path, fields);
    const id = started.location?.split('/').at(-1) ?? '';
    expect((await api.jobEnd(id)).body.state).to.equal('done');
    const file = await fetch(`${server.url}/admin/jobs/${id}/file`, { headers: { cookie: cookie() } });
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(await file.arrayBuffer());
    const [sheet] = book.worksheets;
    if (sheet === undefined) throw new Error('a workbook without sheets');
    return sheet;
  }

  /** The cell below the heading, in the first row that follows. */
  function cellBelow(sheet: ExcelJS.Worksheet, heading: string): ExcelJS.Cell {
    for (let row = 1; row <= sheet.rowCount; row++)
      for (let column = 1; column <= sheet.columnCount; column++)
        if (sheet.getRow(row).getCell(column).text === heading) return sheet.getRow(row + 1).getCell(column);
    throw new Error(`no column ${heading}`);
  }

  async function ended(location: string): Promise<Answer> {
    await api.jobEnd(location.split('/').at(-1) ?? '');
    return admin.get(location);
  }

  it('is taken, kept, answered and described by the API', async () => {
    const { id } = await voucher(3);
    expect(await nightsOf(id)).to.equal(3);
    expect(
      (await api.patch(`/vouchers/${id}`, { restrictions: { minNights: 5 } })).body.restrictions.minNights,
    ).to.equal(5);
    const row = await database()
      .knex('voucher_rules')
      .where({ title: `Lang bleiben ${made}` })
      .first<object>('min_nights');
    expect(row).to.deep.equal({ min_nights: 5 });
    expect((await api.patch(`/vouchers/${id}`, { restrictions: { minNights: 100 } })).status).to.equal(400);
    const document = JSON.stringify((await api.get('/openapi.json')).body);
    expect(document.match(/"minNights"/g)?.length).to.be.greaterThan(3);
  });

  it('does not stand in the way of a quote', async () => {
    const { code } = await voucher(3);
    const quote = await api.post('/quotes', { booking: bookingOf(100_000), codes: [code] });
    expect(quote.body.accepted[0].applied).to.equal(500);
  });

  it('stands in its tab of the form with label and help, and is read from there', async () => {
    const { id } = await voucher(3);
    const { html } = await admin.get(`/admin/vouchers/${id}`);
    const tab = html.slice(html.indexOf('id="validity"'), html.indexOf('id="design"'));
    expect(inputOf(tab)).to.contain('value="3"');
    expect(plain(tab)).to.contain(TEXTS.de.label).and.to.contain(TEXTS.de.help);
    const form = await formOf(`/admin/vouchers/${id}`);
    const wrong = await admin.post(`/admin/vouchers/${id}`, { ...form, minNights: '100' });
    expect([wrong.status, plain(wrong.html).includes(`${TEXTS.de.label}: Bitte eine Zahl von 1 bis 99`)]).to.deep.equal(
      [422, true],
    );
    const saved = await admin.post(`/admin/vouchers/${id}`, { ...form, minNights: '7' });
    expect([saved.status, await nightsOf(id)]).to.deep.equal([303, 7]);
  });

  it('is fixed in the form of a code whose campaign says it', async () => {
    const campaign = await api.post('/campaigns', {
      type: 'discount',
      title: 'Lange Reisen',
      value: { tiers: [{ minTripPrice: 0, amount: 500 }] },
      restrictions: { minNights: 4 },
    });
    const codes = await api.post(`/campaigns/${campaign.body.id as string}/codes`, { codes: ['LANGE-REISE'] });
    await api.jobEnd(codes.body.id as string);
    const { id } = await database().knex('vouchers').where({ code: 'LANGE-REISE' }).first<{ id: number }>('id');
    expect(inputOf((await admin.get(`/admin/vouchers/${id}`)).html))
      .to.contain('value="4"')
      .and.to.contain(' disabled');
    expect(inputOf((await admin.get(`/admin/campaigns/${campaign.body.id as string}`)).html)).to.contain('value="4"');
  });

  it('stands in the history with what it was and became', async () => {
    const { id } = await voucher(3);
    await api.patch(`/vouchers/${id}`, { restrictions: { minNights: 5 } });
    const { html } = await admin.get(`/admin/vouchers/${id}`);
    expect(html).to.match(new RegExp(`<dt>${TEXTS.de.label}</dt><dd><del>3</del>[\\s\\S]*?<ins>5</ins>`));
  });

  it('is told and taken over where two people change a voucher', async () => {
    const { id } = await voucher(3);
    const form = await formOf(`/admin/vouchers/${id}`);
    await api.patch(`/vouchers/${id}`, { restrictions: { minNights: 6 } });
    const answer = await admin.post(`/admin/vouchers/${id}`, { ...form, title: 'Meiner' });
    expect(answer.status).to.equal(412);
    expect(plain(answer.html)).to.contain(`${TEXTS.de.label} 3 6 6 (übernommen)`);
    expect(inputOf(answer.html)).to.contain('value="6"');
  });

  it('comes along with a duplicate', async () => {
    const { id } = await voucher(9);
    expect(inputOf((await admin.get(`/admin/vouchers/new?copy=${id}`)).html)).to.contain('value="9"');
  });

  it('goes out to Excel, is changed there and comes back', async () => {
    const { id } = await voucher(3);
    const sheet = await workbook('/admin/sheets/new', { ids: id, query: '' });
    const cell = cellBelow(sheet, TEXTS.de.label);
    expect(cell.value).to.equal(3);
    cell.value = 8;
    const location = await upload('/admin/sheets', new Uint8Array(await sheet.workbook.xlsx.writeBuffer()), 'a.xlsx');
    expect(plain((await ended(location)).html)).to.contain(TEXTS.de.label);
    const applied = await admin.post(location, {});
    await ended(applied.location ?? '');
    expect(await nightsOf(id)).to.equal(8);
  });

  it('is taken over from another system', async () => {
    const csv =
      'Code;Titel;Typ;Wert;Mindestnächte\r\nALT-NACHT-1;Alt;Rabatt;10 %;4\r\nALT-NACHT-2;Alt;Rabatt;10 %;viele\r\n';
    const location = await upload('/admin/imports', csv, 'alt.csv');
    const columns = await admin.get(location);
    expect(plain(columns.html)).to.contain(TEXTS.de.label);
    const fields: Record<string, string> = {
      fallbackTitle: '',
      fallbackType: 'discount',
      policy: 'skip',
      name: 'alt.csv',
    };
    for (const [, name = '', at = ''] of columns.html.matchAll(
      /<select[^>]*name="(\w+)"[^>]*>(?:(?!<\/select>)[\s\S])*?<option value="(\d+)" selected/g,
    ))
      fields[name] = at;
    expect(fields['minNights']).to.equal('4');
    const checked = await ended((await admin.post(location.split('?')[0] ?? '', fields)).location ?? '');
    expect(plain(checked.html)).to.contain('„viele“');
    const here = /action="(\/admin\/imports\/checks\/\d+)"/.exec(checked.html)?.[1] ?? '';
    await ended((await admin.post(here, {})).location ?? '');
    const { id } = await database().knex('vouchers').where({ code: 'ALT-NACHT-1' }).first<{ id: number }>('id');
    expect(await nightsOf(String(id))).to.equal(4);
  });

  it('is a column of the exported list', async () => {
    const { id } = await voucher(2);
    const sheet = await workbook('/admin/exports/vouchers', { ids: id, query: '', format: 'xlsx' });
    expect(cellBelow(sheet, TEXTS.de.label).value).to.equal(2);
  });
});

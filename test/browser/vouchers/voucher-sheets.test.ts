import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import ExcelJS from 'exceljs';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { apiClient, type ApiClient } from '../../support/api-client.ts';
import { signInBrowser, visit, type VisitOptions } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { convertInLibreOffice } from '../../support/spreadsheets.ts';

describeOn('SQLite', 'in a browser, vouchers changed in Excel', (database) => {
  let server: TestServer;
  let api: ApiClient;
  const folder = mkdtempSync(join(tmpdir(), 'sheet-'));

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    for (const title of ['Wochenende', 'Wanderwoche', 'Städtereise']) {
      await api.post('/vouchers', {
        type: 'purchase',
        title,
        code: `EXCEL-${title.slice(0, 4)}`,
        paidAt: '2026-03-04',
        value: { originalValue: 10_000 },
      });
    }
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await server.close();
  });

  /** Ticks all vouchers, asks for the workbook and gives it as a person's program would save it. */
  async function workbook(
    page: Page,
    change: (sheet: ExcelJS.Worksheet) => void,
    program: 'Excel' | 'LibreOffice',
  ): Promise<string> {
    await page.goto(`${server.url}/admin/vouchers`);
    await page.select('#bulk-action', 'export_sheet');
    await page.select('#bulk-scope', 'all');
    await go(page, '.voucher-bulk button');
    await accessible(page);
    await go(page, 'main form .btn-primary');
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    expect((await api.jobEnd(id)).body.state).to.equal('done');
    const cookies = (await page.browserContext().cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    const file = await fetch(`${server.url}/admin/jobs/${id}/file`, { headers: { cookie: cookies } });
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(await file.arrayBuffer());
    const [sheet] = book.worksheets;
    if (sheet === undefined) throw new Error('a workbook without sheets');
    change(sheet);
    const path = join(folder, `${program}-${id}.xlsx`);
    writeFileSync(path, new Uint8Array(await book.xlsx.writeBuffer()));
    if (program === 'Excel') return path;
    const out = join(folder, `saved-${id}`);
    convertInLibreOffice(path, { to: 'xlsx:Calc MS Excel 2007 XML', into: out });
    return join(out, `${program}-${id}.xlsx`);
  }

  function place(sheet: ExcelJS.Worksheet, row: number, heading: string): ExcelJS.Cell {
    for (let column = 1; column <= sheet.columnCount; column++)
      if (sheet.getRow(1).getCell(column).text === heading) return sheet.getRow(row).getCell(column);
    throw new Error(`no column ${heading}`);
  }

  async function upload(page: Page, path: string): Promise<void> {
    await page.goto(`${server.url}/admin/sheets`);
    await accessible(page);
    await (await page.$('input[type=file]'))?.uploadFile(path);
    await go(page, 'main form .btn-primary');
    await page.waitForFunction(() => document.querySelector('.figures') !== null, { timeout: 20_000 });
  }

  const LOOKS: readonly (readonly [VisitOptions, 'Excel' | 'LibreOffice'])[] = [
    [{}, 'Excel'],
    [{ width: 360, height: 780, colorScheme: 'dark' }, 'LibreOffice'],
  ];
  for (const [look, program] of LOOKS) {
    it(`come back from ${program} with a diff, and change when one agrees (${look.width ?? 1440} px, ${look.colorScheme ?? 'light'})`, async function () {
      this.timeout(120_000);
      const { page, close } = await visit(look);
      await signInBrowser(page, server.url);
      const day = program === 'Excel' ? '2031-12-31' : '2032-12-31';
      await upload(
        page,
        await workbook(
          page,
          (sheet) => {
            place(sheet, 2, 'Buchung bis').value = new Date(`${day}T00:00:00Z`);
            place(sheet, 3, 'Titel').value = `Neu aus ${program}`;
            place(sheet, 3, 'Text').value = 'Gilt auch\nim Winter';
          },
          program,
        ),
      );
      await accessible(page);
      expect(await textOf(page))
        .to.contain(`Neu aus ${program}`)
        .and.contain('31.12.203');
      await go(page, 'main form .btn-primary');
      await page.waitForFunction(() => document.querySelector('.alert-success') !== null, { timeout: 20_000 });
      expect(await textOf(page)).to.contain('2 Gutscheine');
      const { items } = (await api.get('/vouchers?limit=10')).body as {
        items: { title: string; message: string | null; validity: { bookUntil: string | null } }[];
      };
      expect(
        items.some(({ title, message }) => title === `Neu aus ${program}` && message === 'Gilt auch\nim Winter'),
      ).to.equal(true);
      expect(items.some(({ validity }) => validity.bookUntil === day)).to.equal(true);
      await close();
    });
  }

  it('say which cell is refused and why, and change nothing', async function () {
    this.timeout(60_000);
    const { page, close } = await visit();
    await signInBrowser(page, server.url);
    await upload(
      page,
      await workbook(
        page,
        (sheet) => {
          place(sheet, 2, 'Restwert').value = 999;
          place(sheet, 3, 'Buchung bis').value = 'demnächst';
          place(sheet, 4, 'Titel').value = 'Bleibt ungesagt';
        },
        'Excel',
      ),
    );
    await accessible(page);
    expect(await textOf(page))
      .to.contain('Restwert')
      .and.contain('demnächst');
    expect(await page.$('main form .btn-primary')).to.equal(null);
    expect(await database().knex('voucher_rules').where({ title: 'Bleibt ungesagt' })).to.deep.equal([]);
    await close();
  });

  function textOf(page: Page): Promise<string> {
    return page.$eval('main', (main) => main.textContent);
  }

  async function accessible(page: Page): Promise<void> {
    expect(
      (await new AxePuppeteer(page).setLegacyMode().analyze()).violations.map(({ id, nodes }) => [id, nodes[0]?.html]),
    ).to.deep.equal([]);
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
    ).to.equal(true);
  }

  async function go(page: Page, selector: string): Promise<void> {
    await Promise.all([
      page.waitForNavigation(),
      page.$eval(selector, (element) => {
        (element as HTMLElement).click();
      }),
    ]);
  }
});

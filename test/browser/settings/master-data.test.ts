import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { apiClient } from '../../support/api-client.ts';
import { signInBrowser, visit } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { expectNoBarrier, fill, mainText, press, valueOf } from '../../support/page-checks.ts';

const PRODUCTS = '/admin/catalogue/products';

describeOn('SQLite', 'in a browser, master data', (database) => {
  let server: TestServer;
  const folder = mkdtempSync(join(tmpdir(), 'produkte-'));

  before(async () => {
    server = await startTestServer({ database: database() });
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await server.close();
  });

  async function upload(page: Page, text: string): Promise<void> {
    const path = join(folder, 'produkte.csv');
    writeFileSync(path, text);
    await page.goto(`${server.url}${PRODUCTS}/import`);
    await ((await page.$('input[type=file]')) as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(
      path,
    );
    await press(page, 'main form button.btn-primary');
  }

  it('name each wrong row of a list, take none of it, and take all of it once it is right', async function () {
    this.timeout(60_000);
    const { page, close } = await visit();
    await signInBrowser(page, server.url);
    await upload(page, 'ID;Name\nRUND-1;Rundreise Sizilien\n;Ohne Kennung\nRUND-1;Noch einmal\n');
    const problems = await page.$$eval('tbody tr', (rows) => rows.map((row) => (row as HTMLElement).innerText));
    expect(problems.some((row) => row.startsWith('3'))).to.equal(true);
    expect(problems.some((row) => row.startsWith('4'))).to.equal(true);
    expect(await page.$('form[action$="/import/start"]')).to.equal(null);
    await expectNoBarrier(page);
    await page.goto(server.url + PRODUCTS);
    expect(await mainText(page)).not.to.contain('Sizilien');
    await upload(page, 'ID;Name\nRUND-1;Rundreise Sizilien\nRUND-2;Rundreise Island\n');
    await expectNoBarrier(page);
    await press(page, 'form[action$="/import/start"] button');
    await page.waitForFunction(
      () =>
        document.body.textContent.includes('fertig') ||
        document.body.textContent.includes('erledigt') ||
        !document.querySelector('#job[hx-get]'),
      { timeout: 20_000 },
    );
    await page.goto(server.url + PRODUCTS);
    expect(await mainText(page))
      .to.contain('Rundreise Sizilien')
      .and.contain('Rundreise Island');
    await close();
  });

  it('are made with a mistake first, found by typing, and archived when they are in use', async function () {
    this.timeout(60_000);
    const { page, close } = await visit();
    await signInBrowser(page, server.url);
    await page.goto(`${server.url}${PRODUCTS}/new`);
    await fill(page, 'main [name=id]', 'KREUZ-7');
    await press(page, 'main form button.btn-primary');
    expect(await page.$('main [name=name][aria-invalid="true"]')).not.to.equal(null);
    expect(await valueOf(page, 'main [name=id]')).to.equal('KREUZ-7');
    await expectNoBarrier(page);
    await fill(page, 'main [name=name]', 'Kreuzfahrt Norwegen');
    await press(page, 'main form button.btn-primary');
    expect(
      (
        await apiClient(server.url).post('/vouchers', {
          type: 'discount',
          title: 'Nordkap',
          value: { tiers: [{ minTripPrice: 0, percent: 5 }] },
          restrictions: { products: { include: ['KREUZ-7'], exclude: [] } },
        })
      ).status,
    ).to.equal(201);
    await page.goto(`${server.url}${PRODUCTS}?q=norw`);
    expect(await mainText(page))
      .to.contain('Kreuzfahrt Norwegen')
      .and.not.contain('Island');
    await press(page, 'tbody th a, main li a[href*="/entries/"]');
    expect(await mainText(page)).to.match(/1 .*(Regel|Gutschein)/);
    expect(await page.$('[data-open-dialog="delete-entry"], dialog#delete-entry')).to.equal(null);
    await expectNoBarrier(page);
    await press(page, 'form[action$="/archive"] button');
    await page.goto(server.url + PRODUCTS);
    expect(await mainText(page)).not.to.contain('Kreuzfahrt Norwegen');
    await page.goto(`${server.url}${PRODUCTS}?archived=true`);
    expect(await mainText(page)).to.contain('Kreuzfahrt Norwegen');
    await close();
  });
});

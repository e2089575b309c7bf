import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import { saveEntry } from '../../../src/features/catalogue/catalogue-service.ts';
import { changePartnerDetails, DEFAULT_PARTNER_DETAILS } from '../../../src/features/catalogue/partner-service.ts';
import { inTransaction } from '../../../src/platform/data/db.ts';
import { apiClient, bookingOf } from '../../support/api-client.ts';
import { signInBrowser, visit, type VisitOptions } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';

const STATEMENTS = '/admin/partner-settlements/statements';

describeOn('SQLite', 'in a browser, deals that a partner sells for us', (database) => {
  let server: TestServer;
  const folder = mkdtempSync(join(tmpdir(), 'sales-'));
  const file = join(folder, 'verkauf.csv');

  before(async () => {
    server = await startTestServer({ database: database() });
    await saveEntry(database(), 'partner', { id: 'reisedeal', name: 'Reisedeal GmbH', parent: null }, 'test', 1);
    await inTransaction(database(), (trx) =>
      changePartnerDetails(trx, 'reisedeal', { ...DEFAULT_PARTNER_DETAILS, dealModel: 'agency' }, 'test', 1),
    );
    const api = apiClient(server.url);
    for (const code of ['RD-1', 'RD-2', 'RD-3', 'RD-4']) {
      await api.post('/vouchers', {
        type: 'deal',
        title: 'Drei Tage Ostsee',
        code,
        paidAt: '2026-01-02',
        deal: { paysInFull: true, entry: 'both', invoicePartner: false, partnerPrice: null },
        restrictions: { partner: 'reisedeal' },
      });
    }
    await api.post('/redemptions', {
      booking: bookingOf(24_900, { partner: 'reisedeal' }),
      codes: ['RD-4'],
      bookingNumber: 'B-RD-4',
    });
    writeFileSync(
      file,
      'Code;Kaufpreis;Status\nRD-1;199,00;verkauft\nRD-2;199,00;verkauft\nRD-3;99,50;verkauft\nRD-9;99,50;verkauft\n',
    );
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await server.close();
  });

  it('goes from the report of sales to the commission and the payout', async function () {
    this.timeout(90_000);
    const { page, close } = await signIn();
    const today = new Date().toLocaleDateString('de-DE', {
      timeZone: 'Europe/Berlin',
      day: '2-digit',
      month: '2-digit',
      year: 'numeric',
    });
    await page.goto(`${server.url}${STATEMENTS}?partner=reisedeal`);
    await page.type('[name=documentNumber]', 'VM-2026-11');
    await page.type('[name=from]', today);
    await page.type('[name=to]', today);
    await (await page.$('input[type=file]'))?.uploadFile(file);
    await go(page, 'form[enctype] button.btn-primary');
    expect(await textOf(page))
      .to.contain('Verkaufsmeldung VM-2026-11')
      .and.contain('verkauft')
      .and.contain('Code unbekannt')
      .and.contain('nie als verkauft gemeldet');
    await accessible(page);
    await go(page, 'form[action$="/bookings"] button');
    await page.waitForFunction(
      () =>
        document.body.textContent.includes('Zur Seite') ||
        document.querySelector('main a[href*="/statements/1"]') !== null,
      { timeout: 20_000 },
    );
    await page.goto(`${server.url}${STATEMENTS}/1`);
    expect(await textOf(page)).to.contain('497,50');
    await open(page, '/commission');
    await page.type('[name=commissionNumber]', 'PR-9');
    await page.type('[name=commissionNet]', 'zwanzig');
    await accessible(page);
    await go(page, 'form[action$="/commission"] button');
    expect(await textOf(page)).to.contain('Bitte geben Sie einen Betrag wie 125,40 ein');
    expect(await page.$eval('[name=commissionNet]', (field) => (field as HTMLInputElement).value)).to.equal('zwanzig');
    await accessible(page);
    await page.$eval('[name=commissionNet]', (field) => {
      (field as HTMLInputElement).value = '';
    });
    await page.type('[name=commissionNet]', '74,63');
    await page.type('[name=commissionVat]', '14,18');
    await go(page, 'form[action$="/commission"] button');
    await page.waitForSelector('main a[href*="/statements/1"]', { timeout: 20_000 });
    await page.goto(`${server.url}${STATEMENTS}/1`);
    expect(await textOf(page)).to.contain('408,69');
    await open(page, '/payout');
    await page.type('[name=payoutAmount]', '408,00');
    await page.type('[name=payoutReference]', 'SEPA 4711');
    await go(page, 'form[action$="/payout"] button');
    expect(await textOf(page)).to.contain('zahlt der Partner 408,69');
    expect(await page.$eval('[name=payoutReference]', (field) => (field as HTMLInputElement).value)).to.equal(
      'SEPA 4711',
    );
    await page.$eval('[name=payoutAmount]', (field) => {
      (field as HTMLInputElement).value = '';
    });
    await page.type('[name=payoutAmount]', '408,69');
    await go(page, 'form[action$="/payout"] button');
    await page.waitForSelector('main a[href*="/statements/1"]', { timeout: 20_000 });
    await page.goto(`${server.url}${STATEMENTS}/1`);
    expect(await textOf(page)).to.contain(`gezahlt am ${today}`);
    await accessible(page);
    await close();
  });

  it('is accessible on a phone in the dark', async function () {
    this.timeout(60_000);
    const { page, close } = await signIn({ width: 360, height: 780, colorScheme: 'dark' });
    for (const path of [
      STATEMENTS,
      `${STATEMENTS}/1`,
      `${STATEMENTS}/1?finding=not_paid`,
      '/admin/catalogue/partners/reisedeal',
    ]) {
      await page.goto(server.url + path);
      await accessible(page);
    }
    await close();
  });

  async function signIn(look: VisitOptions = {}) {
    const one = await visit(look);
    await signInBrowser(one.page, server.url);
    return one;
  }

  function textOf(page: Page): Promise<string> {
    return page.$eval('main', (main) => main.textContent);
  }

  async function open(page: Page, form: string): Promise<void> {
    await page.$eval(`details:has(form[action$="${form}"])`, (details) => {
      (details as HTMLDetailsElement).open = true;
    });
  }

  async function accessible(page: Page): Promise<void> {
    expect(
      (await new AxePuppeteer(page).analyze()).violations.map(({ id, nodes }) => [id, nodes[0]?.html]),
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

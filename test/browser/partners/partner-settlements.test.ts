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

describeOn('SQLite', 'in a browser, the settlement with a partner', (database) => {
  let server: TestServer;
  const folder = mkdtempSync(join(tmpdir(), 'statement-'));
  const file = join(folder, 'aufstellung.csv');

  before(async () => {
    server = await startTestServer({ database: database() });
    await saveEntry(database(), 'partner', { id: 'citydeal', name: 'Citydeal GmbH', parent: null }, 'test', 1);
    await inTransaction(database(), (trx) =>
      changePartnerDetails(
        trx,
        'citydeal',
        { ...DEFAULT_PARTNER_DETAILS, commissionBasisPoints: 1500, invoiceTiming: 'in_runs' },
        'test',
        1,
      ),
    );
    const api = apiClient(server.url);
    for (const code of ['DEAL-1', 'DEAL-2', 'DEAL-3', 'DEAL-4']) {
      const deal = { paysInFull: true, entry: 'both', invoicePartner: code !== 'DEAL-4', partnerPrice: null };
      await api.post('/vouchers', {
        type: 'deal',
        title: 'Wochenende für zwei',
        code,
        paidAt: '2026-01-02',
        deal,
        restrictions: code === 'DEAL-4' ? {} : { partner: 'citydeal' },
      });
      await api.post('/redemptions', {
        booking: bookingOf(84_000, { partner: 'citydeal' }),
        codes: [code],
        bookingNumber: `B-${code}`,
      });
    }
    writeFileSync(file, 'Gutscheincode;Auszahlung\nDEAL-1;714,00\nDEAL-2;700,00\nDEAL-9;714,00\n');
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await server.close();
  });

  async function signIn(look: VisitOptions = {}) {
    const one = await visit(look);
    await signInBrowser(one.page, server.url);
    return one;
  }

  it('goes from the partners to one of them, its run and its statement', async function () {
    this.timeout(90_000);
    const { page, close } = await signIn();
    await page.goto(`${server.url}/admin/partner-settlements`);
    await accessible(page);
    await go(page, 'tbody th a[href*="citydeal"]');
    await accessible(page);
    expect(await textOf(page))
      .to.contain('noch abzurechnen')
      .and.contain('2.520,00');
    await page.$eval('details:has(form[action$="/run"]) summary', (summary) => {
      (summary as HTMLElement).click();
    });
    await go(page, 'form[action$="/run"] button');
    await page.waitForFunction(() => document.body.textContent.includes('Neue Rechnungen'), { timeout: 20_000 });
    await page.goto(`${server.url}/admin/partner-settlements`);
    await go(page, 'tbody th a[href*="citydeal"]');
    expect(await textOf(page))
      .to.contain('noch zu zahlen')
      .and.contain('2.142,00');
    await page.goto(`${server.url}/admin/partner-settlements/statements?partner=citydeal`);
    await accessible(page);
    await page.type('[name=documentNumber]', 'CD-77');
    await go(page, 'form[enctype] button.btn-primary');
    expect(await textOf(page)).to.contain('Bitte wählen Sie eine Datei.');
    expect(await page.$eval('[name=documentNumber]', (field) => (field as HTMLInputElement).value)).to.equal('CD-77');
    await accessible(page);
    const today = new Date().toLocaleDateString('de-DE', {
      timeZone: 'Europe/Berlin',
      day: '2-digit',
      month: '2-digit',
      year: 'numeric',
    });
    await page.type('[name=from]', today);
    await page.type('[name=to]', today);
    await (await page.$('input[type=file]'))?.uploadFile(file);
    await go(page, 'form[enctype] button.btn-primary');
    expect(await textOf(page))
      .to.contain('Betrag weicht ab')
      .and.contain('Code unbekannt')
      .and.contain('gereist, nicht bezahlt');
    await page.$eval('details.settlement-write-off summary', (summary) => {
      (summary as HTMLElement).click();
    });
    await accessible(page);
    await go(page, 'button[value="accepted"]');
    expect(await textOf(page)).to.contain('Anerkannt und als bezahlt gebucht.');
    await close();
  });

  it('is accessible on a phone in the dark, with what no partner pays', async function () {
    this.timeout(60_000);
    const { page, close } = await signIn({ width: 360, height: 780, colorScheme: 'dark' });
    await page.goto(`${server.url}/admin/partner-settlements`);
    await accessible(page);
    await go(page, 'tbody th a[href*="partner=-"]');
    await page.$eval('details.settlement-write-off summary', (summary) => {
      (summary as HTMLElement).click();
    });
    await go(page, 'form[action$="/write-off"] button');
    expect(await textOf(page)).to.contain('Bitte geben Sie einen Grund an.');
    await accessible(page);
    await page.goto(`${server.url}/admin/partner-settlements/statements/1`);
    await accessible(page);
    await close();
  });

  function textOf(page: Page): Promise<string> {
    return page.$eval('main', (main) => main.textContent);
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

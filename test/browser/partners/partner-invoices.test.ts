import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import type { Page } from 'puppeteer';
import { saveEntry } from '../../../src/features/catalogue/catalogue-service.ts';
import { changePartnerDetails, DEFAULT_PARTNER_DETAILS } from '../../../src/features/catalogue/partner-service.ts';
import {
  changeDocumentSettings,
  DEFAULT_DOCUMENT_SETTINGS,
} from '../../../src/features/settings/document-settings-service.ts';
import { changeShopSettings } from '../../../src/features/settings/shop-settings-service.ts';
import { inTransaction } from '../../../src/platform/data/db.ts';
import { apiClient, bookingOf } from '../../support/api-client.ts';
import { signInBrowser, visit, type VisitOptions } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { SHOP } from '../../support/shop.ts';

describeOn('SQLite', 'in a browser, the invoices to partners', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database() });
    await changeDocumentSettings(
      database(),
      {
        ...DEFAULT_DOCUMENT_SETTINGS,
        companyName: 'Nordlicht Reisen GmbH',
        companyAddress: 'Hafenweg 1\n23552 Lübeck',
      },
      'test',
      1,
    );
    await changeShopSettings(database(), SHOP, 'test', 1);
    await saveEntry(database(), 'partner', { id: 'citydeal', name: 'Citydeal GmbH', parent: null }, 'test', 1);
    const details = {
      ...DEFAULT_PARTNER_DETAILS,
      commissionBasisPoints: 1500,
      invoiceAddress: 'Marktplatz 7\n20095 Hamburg',
      invoiceText: 'Rahmenvertrag 2026-4711',
    };
    await inTransaction(database(), (trx) => changePartnerDetails(trx, 'citydeal', details, 'test', 1));
    const api = apiClient(server.url);
    for (const code of ['DEAL-1', 'DEAL-2', 'DEAL-3']) {
      const deal = { paysInFull: true, entry: 'both', invoicePartner: true, partnerPrice: null };
      await api.post('/vouchers', {
        type: 'deal',
        title: 'Wochenende für zwei',
        code,
        paidAt: '2026-01-02',
        deal,
        restrictions: { partner: 'citydeal' },
      });
      await api.post('/redemptions', {
        booking: bookingOf(84_000, { partner: 'citydeal' }),
        codes: [code],
        bookingNumber: `B-${code}`,
      });
    }
    await invoices(3);
    await api.post('/redemptions/1/reversals', {
      lines: [{ code: 'DEAL-1', amount: 42_000 }],
      reason: 'Eine Person weniger',
    });
    await invoices(5);
  });
  after(() => server.close());

  async function invoices(count: number): Promise<void> {
    for (
      const deadline = Date.now() + 10_000;
      Date.now() < deadline;
      await new Promise((resolve) => setTimeout(resolve, 50))
    ) {
      if ((await database().knex('partner_invoices').select('id')).length === count) return;
    }
    throw new Error('the invoices were not made');
  }

  const LOOKS: readonly VisitOptions[] = [{}, { width: 360, height: 780, colorScheme: 'dark' }];
  for (const look of LOOKS) {
    it(`are accessible, list and document, and can be paid (${look.width ?? 1440} px, ${look.colorScheme ?? 'light'})`, async function () {
      this.timeout(60_000);
      const { page, close } = await visit(look);
      await signInBrowser(page, server.url);
      await page.goto(`${server.url}/admin/partner-invoices`);
      await accessible(page);
      expect(await page.$$eval('tbody tr', (rows) => rows.length)).to.equal(5);
      await page.goto(`${server.url}/admin/partner-invoices?state=open`);
      await go(page, 'tbody th a');
      await accessible(page);
      await go(page, 'form[action$="/payment"] button');
      expect(await page.$eval('main', (main) => main.textContent)).to.contain('ist gebucht');
      await page.goto(`${server.url}/admin/partner-invoices?state=cancelled`);
      await go(page, 'tbody th a');
      await accessible(page);
      await close();
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

import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import type { Page } from 'puppeteer';
import { saveEntry } from '../../../src/features/catalogue/catalogue-service.ts';
import { createVoucher } from '../../../src/features/vouchers/life/voucher-create-service.ts';
import { fixedClock } from '../../../src/platform/process/clock.ts';
import { visit, type VisitOptions } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';

const clock = fixedClock('2026-11-23T10:00:00Z');
const moment = clock.moment();

describeOn('SQLite', 'in a browser, the deal page', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database(), clock });
    await saveEntry(database(), 'theme', { id: 'stadt', name: 'Stadt', parent: null }, 'test', moment.now);
  });
  after(() => server.close());

  const LOOKS: readonly VisitOptions[] = [{}, { width: 360, height: 780, colorScheme: 'dark', javaScript: false }];
  for (const [index, look] of LOOKS.entries()) {
    it(`leads from the code to the booking, accessible on every page (${look.width ?? 1440} px, ${look.colorScheme ?? 'light'})`, async () => {
      const code = `STAEDTEDEAL${index}`;
      const deal = { paysInFull: true, entry: 'deal_page', invoicePartner: false, partnerPrice: null } as const;
      await createVoucher(
        database(),
        { actor: 'test', moment },
        {
          type: 'deal',
          title: 'Deal: Städtereise für zwei',
          code,
          paidAt: moment.today,
          deal,
          restrictions: { themes: { include: ['stadt'] } },
        },
      );
      const { page, close } = await visit(look);
      await page.goto(`${server.url}/demo/deals?code=FALSCH`);
      await accessible(page, look);
      await go(page, 'main form .btn-primary');
      await accessible(page, look);
      expect(await page.$eval('[name=code]', (field) => (field as HTMLInputElement).value)).to.equal('FALSCH');
      await page.goto(`${server.url}/demo/deals?code=${code}`);
      await go(page, 'main form .btn-primary');
      await accessible(page, look);
      await go(page, '.trip-card h2 a');
      await page.$eval('[name=extras][value=half_board]', (box) => {
        (box as HTMLInputElement).checked = true;
      });
      await accessible(page, look);
      await go(page, 'main form .btn-primary');
      await accessible(page, look);
      expect(await page.$eval('.price-total dd', (field) => field.textContent)).to.contain('298,00');
      await go(page, 'main form .btn-primary');
      await accessible(page, look);
      expect(await page.$eval('[data-booking-number]', (field) => field.textContent)).to.match(/^NL-/);
      await close();
    });
  }

  async function accessible(page: Page, look: VisitOptions): Promise<void> {
    // Axe needs scripts in the page.
    if (look.javaScript !== false)
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

import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import type { Page } from 'puppeteer';
import { asSignedIn, type VisitOptions } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';

describeOn('SQLite', 'in a browser, master data and settings', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database() });
    const now = 1;
    await database()
      .knex('catalogue_entries')
      .insert([
        { kind: 'region', id: 'AT', name: 'Austria', updated_at: now },
        { kind: 'region', id: 'DE', name: 'Deutschland', updated_at: now },
        { kind: 'partner', id: 'portal', name: 'Portal', updated_at: now },
      ]);
    await database()
      .knex('catalogue_entries')
      .insert([{ kind: 'region', id: 'DE-BY', name: 'Bayern', parent_id: 'DE', updated_at: now }]);
  });
  after(() => server.close());

  const signedIn = (options: VisitOptions, work: (page: Page) => Promise<void>): Promise<void> =>
    asSignedIn(server.url, options, work);

  const texts = (page: Page, selector: string): Promise<string[]> =>
    page.$$eval(selector, (all) => all.map((one) => one.textContent.trim()));

  it('move a region by keyboard alone, without scripts', async () => {
    await signedIn({ javaScript: false }, async (page) => {
      await page.goto(`${server.url}/admin/catalogue/regions`);
      await page.focus('[data-region="DE"] button[value="in"]');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      expect(await texts(page, '.region-row > a[href*=entries]')).to.deep.equal(['Austria', 'Deutschland']);
      await page.focus('[data-region="DE"] button[value="out"]');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      expect(await database().knex('catalogue_entries').where({ kind: 'region', id: 'DE' }).first()).to.include({
        parent_id: null,
      });
    });
  });

  it('drag a region onto another one', async () => {
    await signedIn({}, async (page) => {
      await page.goto(`${server.url}/admin/catalogue/regions?open=DE`);
      await Promise.all([
        page.waitForNavigation(),
        page.evaluate(() => {
          const row = (id: string) => document.querySelector(`[data-region="${id}"]`) as HTMLElement;
          row('DE-BY').dispatchEvent(new DragEvent('dragstart', { bubbles: true }));
          row('AT').dispatchEvent(new DragEvent('dragover', { bubbles: true, cancelable: true }));
          row('AT').dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true }));
        }),
      ]);
      expect(await database().knex('catalogue_entries').where({ kind: 'region', id: 'DE-BY' }).first()).to.include({
        parent_id: 'AT',
      });
    });
  });

  it('follow the stacking rules with their examples', async () => {
    await signedIn({}, async (page) => {
      await page.goto(`${server.url}/admin/settings/stacking`);
      await page.$eval('[name=maxVouchers]', (field) => ((field as HTMLInputElement).value = ''));
      await page.type('[name=maxVouchers]', '3');
      await page.waitForFunction(() => document.querySelector('[data-preview-box]')?.textContent.includes('550,00'));
      await page.click('[name=pairs][value="discount+purchase"]');
      await page.waitForFunction(() =>
        document.querySelector('[data-preview-box]')?.textContent.includes('lässt sich nicht'),
      );
    });
  });

  for (const options of [
    { colorScheme: 'light' },
    { colorScheme: 'dark' },
    { width: 360, height: 740 },
  ] as VisitOptions[]) {
    it(`have no barrier (${JSON.stringify(options)})`, async () => {
      await signedIn(options, async (page) => {
        const paths = [
          'catalogue/regions',
          'catalogue/regions?q=xyz',
          'catalogue/regions/entries/AT',
          'catalogue/partners/entries/portal',
          'catalogue/brands',
          'catalogue/products/import',
          'settings/stacking',
          'settings/general',
        ];
        for (const path of paths) {
          await page.goto(`${server.url}/admin/${path}`);
          const { violations } = await new AxePuppeteer(page).analyze();
          expect(violations.map(({ id, nodes }) => `${path} ${id}: ${nodes[0]?.html ?? ''}`)).to.deep.equal([]);
          expect(
            await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
            path,
          ).to.equal(true);
        }
      });
    });
  }
});

import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import type { Page } from 'puppeteer';
import { asSignedIn, type VisitOptions } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';

describeOn('SQLite', 'in a browser, campaigns', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());

  const signedIn = (options: VisitOptions, work: (page: Page) => Promise<void>): Promise<void> =>
    asSignedIn(server.url, options, work);

  async function noBarrier(page: Page, name: string): Promise<void> {
    const { violations } = await new AxePuppeteer(page).analyze();
    expect(violations.map(({ id, nodes }) => `${name} ${id}: ${nodes[0]?.html ?? ''}`)).to.deep.equal([]);
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
      name,
    ).to.equal(true);
  }

  /** Goes on with the tab key until the focus is where it is wanted; never touches the mouse. */
  async function tabTo(page: Page, selector: string): Promise<void> {
    for (let presses = 0; presses < 150; presses++) {
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`the tab key does not reach ${selector}`);
  }

  it('are created with their codes by keyboard alone', async () => {
    await signedIn({}, async (page) => {
      await page.goto(`${server.url}/admin/campaigns`);
      await page.waitForFunction(() => document.readyState === 'complete');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('n')]);
      await tabTo(page, '[name=title]');
      await page.keyboard.type('Herbst');
      await tabTo(page, '[name=budget]');
      await page.keyboard.type('500');
      await tabTo(page, '[name="tiers[0][worth]"]');
      await page.keyboard.type('12,5');
      await tabTo(page, '[data-tab=products]');
      await page.keyboard.press('Enter');
      await tabTo(page, 'button[name=do][value=save]:not(.visually-hidden)');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      expect(page.url()).to.match(/\/admin\/campaigns\/\d+\/codes$/);
      await tabTo(page, '[name=count]');
      await page.keyboard.down('Control');
      await page.keyboard.press('a');
      await page.keyboard.up('Control');
      await page.keyboard.type('25');
      await tabTo(page, 'form[action$=generation] button');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      await tabTo(page, 'button[value=start]');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      await page.waitForFunction(() => document.querySelector('#job')?.textContent.includes('fertig'));
      expect(await database().knex('vouchers').count({ count: '*' }).first()).to.deep.equal({ count: 25 });
    });
  });

  it('keep a pasted list beside its errors until it is right', async () => {
    await signedIn({ javaScript: false }, async (page) => {
      await page.goto(`${server.url}/admin/campaigns/1/codes`);
      await page.type('[name=list]', 'TEST-A\nTEST-A\n');
      await Promise.all([page.waitForNavigation(), page.click('form[action$=list] button')]);
      expect(await page.$eval('main', (main) => main.textContent)).to.contain('steht schon in Zeile 1');
      expect(await page.$eval('[name=list]', (field) => (field as HTMLTextAreaElement).value)).to.contain('TEST-A');
    });
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`tell what taking a code out changes before it is done, without a barrier (${colorScheme})`, async () => {
      await signedIn({ colorScheme, width: 360, height: 740 }, async (page) => {
        await page.goto(`${server.url}/admin/campaigns/1/codes`);
        const leave = await page.waitForSelector('form[action$=membership] button');
        await Promise.all([page.waitForNavigation(), leave?.click()]);
        expect(await page.$eval('main', (main) => main.textContent)).to.contain('Er behält die Regeln von heute');
        await noBarrier(page, 'member');
        await page.goto(`${server.url}/admin/campaigns/1/codes`);
        await page.type('[name=code]', 'GIBTSNICHT');
        await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
        expect(await page.$eval('[name=code]', (field) => (field as HTMLInputElement).value)).to.equal('GIBTSNICHT');
        await noBarrier(page, 'refused');
      });
    }).timeout(60_000);
  }

  for (const options of [
    { colorScheme: 'light' },
    { colorScheme: 'dark' },
    { width: 360, height: 740 },
  ] as VisitOptions[]) {
    it(`have no barrier (${JSON.stringify(options)})`, async () => {
      await signedIn(options, async (page) => {
        for (const path of [
          'campaigns',
          'campaigns?q=xyz',
          'campaigns/new',
          'campaigns/1',
          'campaigns/1/codes',
          'campaigns/1/report',
          'campaigns/1/codes/runs/1',
          'jobs/1',
          'audit',
          'outbox',
          'mail-texts/order_placed',
          'motifs',
          'motifs/new',
          'settings/documents',
          'refunds',
          'vouchers/1/family',
        ]) {
          await page.goto(`${server.url}/admin/${path}`);
          await noBarrier(page, path);
        }
      });
    }).timeout(60_000);
  }
});

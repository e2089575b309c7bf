import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import type { Page } from 'puppeteer';
import { DEFAULT_SETUP } from '../../src/core/books/chart-of-accounts.ts';
import { saveSetup } from '../../src/features/accounting/ledger/setup-service.ts';
import { fixedClock } from '../../src/platform/process/clock.ts';
import { asSignedIn, type VisitOptions } from '../support/browser.ts';
import { describeOn } from '../support/databases.ts';
import { historyOf } from '../support/history.ts';
import { startTestServer, type TestServer } from '../support/http.ts';

const PATH = '/admin/accounting';
const PAGES = [
  'journal',
  'journal/2',
  'balances',
  'payments?from=1.6.2026&to=30.6.2026',
  'exports',
  'exports/preview?fromMonth=2026-06&toMonth=2026-06',
  'exports/1',
  'exports/1/undo',
  'periods',
  'accounts?chart=SKR04',
  'accounts/history',
  'numbers',
  'proof',
  'proof/procedure',
  'liabilities',
  'liabilities/items',
  'derecognition',
];

describeOn('SQLite', 'in a browser, the accounting', (database) => {
  let server: TestServer;
  const { sell, spend } = historyOf(database);
  before(async () => {
    server = await startTestServer({ database: database(), clock: fixedClock('2026-07-03T10:00:00Z') });
    await saveSetup(
      database(),
      { ...DEFAULT_SETUP, datev: { ...DEFAULT_SETUP.datev, consultant: '29098', client: '55003' } },
      null,
      null,
      'test',
      1,
    );
    await sell('Kauf', 10_000, '2026-06-01', { code: 'KAUF' });
    await spend(['KAUF'], 6000, 'RE-2026-4711', '2026-06-09');
  });
  after(() => server.close());

  const signedIn = (options: VisitOptions, work: (page: Page) => Promise<void>): Promise<void> =>
    asSignedIn(server.url, options, work);
  const click = async (page: Page, selector: string): Promise<void> => {
    await Promise.all([page.waitForNavigation(), page.click(selector)]);
  };
  const flash = (page: Page): Promise<string | null> => page.$eval('.alert', (alert) => alert.textContent);

  it('makes a run from the preview, without JavaScript too', async () => {
    await signedIn({ javaScript: false }, async (page) => {
      await page.goto(`${server.url}${PATH}/exports`);
      expect(await page.$eval('[name=fromMonth]', (field) => (field as HTMLSelectElement).value)).to.equal('2026-06');
      await click(page, `form[action="${PATH}/exports/preview"] button`);
      expect(await page.$eval('h1', (heading) => heading.textContent)).to.contain('Juni 2026');
      await click(page, `form[action="${PATH}/exports"] button`);
      expect(await flash(page)).to.contain('2 Buchungen');
      expect(await page.$$eval('a[download]', (links) => links.map((link) => link.textContent))).to.include(
        'EXTF_Gutscheine_55003_202606_EX-2026-000001.csv',
      );
    });
  });

  it('follows a row of the journal to its voucher and its booking', async () => {
    await signedIn({}, async (page) => {
      await page.goto(`${server.url}${PATH}/journal?booking=RE-2026-4711`);
      await click(page, 'tbody th a');
      expect(await page.$eval('.accounting-facts', (facts) => facts.textContent))
        .to.contain('RE-2026-4711')
        .and.contain('40,00');
      await click(page, '.accounting-facts a[href^="/admin/vouchers/"]');
      expect(await page.$eval('h1', (heading) => heading.textContent)).to.contain('Kauf');
    });
  });

  it('asks with the consequence in figures before it closes a month', async () => {
    await signedIn({}, async (page) => {
      await page.goto(`${server.url}${PATH}/periods`);
      await page.click('[commandfor=close-month]');
      await page.waitForSelector('#close-month[open]');
      expect(await page.$eval('#close-month', (dialog) => dialog.textContent))
        .to.contain('Juni 2026 abschließen?')
        .and.contain('2 Einträge')
        .and.contain('Juli 2026');
      await click(page, '#close-month form[method=post] button');
      expect(await flash(page)).to.contain('Juni 2026 ist abgeschlossen');
    });
  });

  for (const [colorScheme, width] of [
    ['light', 1440],
    ['dark', 360],
  ] as const) {
    it(`can be used by everybody, ${colorScheme} at ${width} pixels, and never scrolls sideways`, async function () {
      this.timeout(120_000);
      await signedIn({ colorScheme, width }, async (page) => {
        for (const path of PAGES) {
          await page.goto(`${server.url}${PATH}/${path}`);
          const { violations } = await new AxePuppeteer(page)
            .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
            .analyze();
          expect(violations.map(({ id, nodes }) => `${path} ${id}: ${nodes[0]?.html ?? ''}`)).to.deep.equal([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), path).to.equal(
            true,
          );
        }
      });
    });
  }
});

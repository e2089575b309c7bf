import { expect } from 'chai';
import type { Page } from 'puppeteer';
import { asSignedIn, type VisitOptions } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { expectNoBarrier, fill, press, valueOf } from '../../support/page-checks.ts';

const MOST = 'main [name=maxVouchers]';

describeOn('SQLite', 'in a browser, the stacking rules', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());

  const signedIn = (url: string, options: VisitOptions, work: (page: Page) => Promise<void>): Promise<void> =>
    asSignedIn(url, options, async (page) => {
      // Leaving a form with something typed in it asks first.
      page.on('dialog', (dialog) => void dialog.accept());
      await work(page);
    });
  const textOf = async (page: Page, selector: string): Promise<string> =>
    (await page.$eval(selector, (part) => part.textContent))
      .replaceAll(/[\u00a0\u202f]/g, ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
  const pair = (page: Page): Promise<boolean> =>
    page.$eval('[value="discount+purchase"]', (box) => (box as HTMLInputElement).checked);

  for (const javaScript of [true, false]) {
    it(`are ticked in the matrix, seen in the examples before they hold, and kept with their history (${javaScript ? 'with' : 'without'} JavaScript)`, async function () {
      this.timeout(30_000);
      await database().knex('settings').del();
      await signedIn(server.url, { javaScript }, async (page) => {
        const url = `${server.url}/admin/settings/stacking`;
        await page.goto(url);
        expect(await pair(page)).to.equal(true);
        await fill(page, MOST, '3');
        await page.focus('[value="discount+purchase"]');
        await page.keyboard.press('Space');
        if (javaScript)
          await page.waitForFunction(() =>
            document.querySelector('[data-preview-box]')?.textContent.includes('lässt sich nicht'),
          );
        else await press(page, 'button[value=preview]');
        expect(await textOf(page, '[data-preview-box]')).to.contain('lässt sich nicht');
        expect(await valueOf(page, MOST)).to.equal('3');
        expect(
          await database().knex('settings').where({ name: 'stacking' }).first<unknown>(),
          'an example changes nothing',
        ).to.equal(undefined);
        if (javaScript) await expectNoBarrier(page);

        await press(page, 'button[value=save]');
        expect(await textOf(page, '.alert-success')).to.contain('gespeichert');
        expect(await pair(page)).to.equal(false);
        expect(await textOf(page, 'main'))
          .to.contain('1 → 3')
          .and.contain('keine → Kauf + Rabatt');
        if (javaScript) await expectNoBarrier(page);
      });
    });
  }

  it('name the field that is wrong, keep what was typed, and hold as before', async () => {
    await signedIn(server.url, {}, async (page) => {
      await page.goto(`${server.url}/admin/settings/stacking`);
      const wasAllowed = await pair(page);
      await page.click('[value="discount+purchase"]');
      await fill(page, MOST, 'beliebig');
      await page.waitForFunction(() => document.querySelector('[data-preview-box]')?.querySelector('section') === null);
      await press(page, 'button[value=save]');
      expect(await page.$eval('.error-summary a', (link) => link.getAttribute('href'))).to.equal(
        `#${await page.$eval('[name=maxVouchers]', (field) => field.id)}`,
      );
      expect(await valueOf(page, MOST)).to.equal('beliebig');
      expect(await pair(page)).to.equal(!wasAllowed);
      await expectNoBarrier(page);
      await page.goto(`${server.url}/admin/settings/stacking`);
      expect(await pair(page)).to.equal(wasAllowed);
    });
  });
});

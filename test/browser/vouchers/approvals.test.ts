import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import type { Page } from 'puppeteer';
import { fixedClock } from '../../../src/platform/process/clock.ts';
import { hashPassword } from '../../../src/platform/secrets/passwords.ts';
import { asSignedIn, type VisitOptions } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { historyOf } from '../../support/history.ts';
import { startTestServer, TEST_ADMIN, type TestServer } from '../../support/http.ts';

const SECOND = { email: 'zweite@example.org', password: 'correct horse battery' };

describeOn('SQLite', 'in a browser, approvals', (database) => {
  let server: TestServer;
  let voucherId: string;
  const { sell } = historyOf(database);
  before(async () => {
    server = await startTestServer({ database: database(), clock: fixedClock('2026-07-03T10:00:00Z') });
    await database()
      .knex('users')
      .insert({
        email: SECOND.email,
        name: 'Zweite Person',
        role: 'accountant',
        password_hash: await hashPassword(SECOND.password),
        created_at: 1,
      });
    ({ id: voucherId } = await sell('Kauf', 40_000, '2026-06-01'));
  });
  after(() => server.close());

  const signedIn = (login: typeof SECOND, options: VisitOptions, work: (page: Page) => Promise<void>): Promise<void> =>
    asSignedIn(server.url, { ...options, login }, work);
  const click = async (page: Page, selector: string): Promise<void> => {
    await Promise.all([page.waitForNavigation(), page.click(selector)]);
  };
  const text = (page: Page, selector: string): Promise<string | null> =>
    page.$eval(selector, (element) => element.textContent);
  const accessible = async (page: Page): Promise<void> => {
    const { violations } = await new AxePuppeteer(page)
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .analyze();
    expect(violations.map(({ id, nodes }) => `${page.url()} ${id}: ${nodes[0]?.html ?? ''}`)).to.deep.equal([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).to.equal(true);
  };

  it('takes a correction from its request to its booking through two people', async function () {
    this.timeout(120_000);
    await signedIn(TEST_ADMIN, {}, async (page) => {
      await page.goto(`${server.url}/admin/vouchers/${voucherId}`);
      await click(page, `a[href="/admin/vouchers/${voucherId}/correction"]`);
      await page.type('input[name=amount]', '300,00');
      await click(page, 'form[action$="/correction"] .btn-primary');
      expect(await text(page, '.error-summary, [role=alert]')).to.contain('Grund');
      await accessible(page);
      expect(await page.$eval('input[name=amount]', (field) => field.value)).to.equal('300,00');
      await page.type('input[name=reason]', 'Zahlendreher');
      await click(page, 'form[action$="/correction"] .btn-primary');
      expect(await text(page, '.alert')).to.contain('Noch nichts geschehen');
      expect(await text(page, '.voucher-says'))
        .to.contain('400,00')
        .and.contain('700,00');
      expect(await page.$('form[action$="/acceptance"]')).to.equal(null);
      await accessible(page);
    });
    await signedIn(SECOND, { javaScript: false }, async (page) => {
      await page.goto(`${server.url}/admin/approvals`);
      await click(page, 'tbody th a');
      await click(page, 'form[action$="/refusal"] button');
      expect(await text(page, 'main')).to.contain('Bitte begründen Sie die Ablehnung.');
      await click(page, 'form[action$="/acceptance"] button');
      expect(await text(page, '.alert')).to.contain('Freigegeben');
      await click(page, `dd a[href="/admin/vouchers/${voucherId}"]`);
      expect(await text(page, 'main')).to.contain('700,00');
    });
  });

  for (const [colorScheme, width] of [
    ['light', 1440],
    ['dark', 360],
  ] as const) {
    it(`can be used by everybody, ${colorScheme} at ${width} pixels`, async function () {
      this.timeout(120_000);
      await signedIn(TEST_ADMIN, { colorScheme, width }, async (page) => {
        for (const path of [
          'approvals',
          'approvals?state=decided',
          'approvals/1',
          'settings/four-eyes',
          `vouchers/${voucherId}/correction`,
        ]) {
          await page.goto(`${server.url}/admin/${path}`);
          await accessible(page);
        }
      });
    });
  }
});

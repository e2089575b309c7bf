import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import { Secret, TOTP } from 'otpauth';
import type { Page } from 'puppeteer';
import { signInBrowser, visit, type VisitOptions } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';

describeOn('SQLite', 'in a browser, people and their access', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());
  beforeEach(() => database().knex('rate_limits').del());

  for (const options of [
    { colorScheme: 'light' },
    { colorScheme: 'dark' },
    { width: 360, height: 740 },
    { javaScript: false },
  ] as VisitOptions[]) {
    it(`are invited and choose a password (${JSON.stringify(options)})`, async () => {
      const { page, close } = await visit(options);
      await signInBrowser(page, server.url);
      await page.goto(`${server.url}/admin/users/new`);
      await Promise.all([page.waitForNavigation(), page.click('main form .btn-primary')]);
      await look('invite-errors', page, options);
      const email = `person${Math.random().toString(36).slice(2)}@example.org`;
      await page.type('[name=name]', 'Petra Reise');
      await page.type('[name=email]', email);
      await Promise.all([page.waitForNavigation(), page.click('main form .btn-primary')]);
      await look('invited', page, options);
      const link = await page.$eval('.flash-copy input', (field) => (field as unknown as { value: string }).value);
      await page.goto(`${server.url}/admin/users`);
      await look('users', page, options);
      await page.goto(`${server.url}/admin/profile`);
      await look('profile', page, options);
      await close();

      const own = await visit(options);
      await own.page.goto(`${server.url}${new URL(link).pathname}${new URL(link).search}`);
      await look('choosing a password', own.page, options);
      await own.page.type('[name=password]', 'seven blue trains at noon');
      await Promise.all([own.page.waitForNavigation(), own.page.click('main .btn-primary')]);
      expect(await own.page.$eval('[role=status]', (flash) => flash.textContent)).to.contain(
        'Ihr Passwort ist gespeichert',
      );
      await signInBrowser(own.page, server.url, { email, password: 'seven blue trains at noon' });
      await own.page.goto(`${server.url}/admin/profile`);
      expect(await own.page.$eval('main', (main) => main.textContent)).to.contain('diese hier');
      await own.close();
    });

    it(`set up a second factor and sign in with it (${JSON.stringify(options)})`, async () => {
      const { page, close } = await visit(options);
      await signInBrowser(page, server.url);
      await page.goto(`${server.url}/admin/profile/second-factor`);
      expect(
        await page.$eval('.factor-qr', (image) => (image as unknown as { naturalWidth: number }).naturalWidth),
      ).to.be.greaterThan(0);
      await look('factor', page, options);
      const secret = await page.$eval('.factor-secret', (text) => text.textContent.replaceAll(' ', ''));
      await page.type('[name=code]', new TOTP({ secret: Secret.fromBase32(secret) }).generate());
      await Promise.all([page.waitForNavigation(), page.click('main form .btn-primary')]);
      const recovery = await page.$eval('.recovery-codes code', (text) => text.textContent);
      await look('recovery-codes', page, options);
      await page.goto(`${server.url}/admin/profile`);
      await look('profile with the factor', page, options);
      await close();

      const again = await visit(options);
      await signInBrowser(again.page, server.url);
      await look('second factor', again.page, options);
      await again.page.type('[name=code]', recovery);
      await Promise.all([again.page.waitForNavigation(), again.page.click('main .btn-primary')]);
      expect(new URL(again.page.url()).pathname).to.match(/^\/admin/);
      await again.close();
      await database().knex('users').update({ totp_secret: null, totp_last_step: null });
    });

    it(`ask for a new password (${JSON.stringify(options)})`, async () => {
      const lost = await visit(options);
      await lost.page.goto(`${server.url}/login/forgotten`);
      await look('forgotten', lost.page, options);
      await lost.page.goto(`${server.url}/password?token=made-up`);
      await look('a link that is gone', lost.page, options);
      await lost.close();
    });
  }
});

/** No complaint of axe, and nothing wider than the window. */
async function look(name: string, page: Page, { javaScript }: VisitOptions): Promise<void> {
  if (javaScript === false) return;
  const { violations } = await new AxePuppeteer(page).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
    name,
  ).to.deep.equal([]);
  expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'), name).to.be.at.most(0);
}

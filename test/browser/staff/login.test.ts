import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import type { Page } from 'puppeteer';
import { visit, type Visit, type VisitOptions } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, TEST_ADMIN, type TestServer } from '../../support/http.ts';

describeOn('SQLite', 'in a browser, the login and the frame of the admin', (database) => {
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
    { width: 360, height: 740, colorScheme: 'dark' },
  ] as VisitOptions[]) {
    it(`are accessible and fit the window (${JSON.stringify(options)})`, async () => {
      await visiting(options, async (page) => {
        await page.goto(`${server.url}/login`);
        await expectAccessible(page);
        await login(page, 'wrong');
        expect(await page.$eval('[role=alert]', (alert) => alert.textContent)).to.contain(
          'E-Mail oder Passwort stimmt nicht.',
        );
        await expectAccessible(page);
        await login(page, TEST_ADMIN.password);
        for (const path of ['/admin/api-keys', '/admin/api-keys/new', '/admin/none']) {
          await page.goto(server.url + path);
          await expectAccessible(page);
        }
        await page.click('.user-button');
        await expectAccessible(page);
      });
    });
  }

  it('work without JavaScript, menu and dialogs too', async () => {
    await visiting({ javaScript: false, width: 360, height: 740 }, async (page) => {
      await page.goto(`${server.url}/login?next=/admin/api-keys`);
      await login(page, TEST_ADMIN.password);
      expect(page.url()).to.equal(`${server.url}/admin/api-keys`);
      await page.click('.menu-button');
      await page.waitForSelector('#menu:popover-open a[aria-current=page]', { visible: true });
      await page.keyboard.press('Escape');
      await page.click('tbody button[command=show-modal]');
      await page.waitForSelector('dialog[open]');
    });
  });

  it('listen to keys, and stop when people switch that off', async () => {
    await visiting({}, async (page) => {
      await page.goto(`${server.url}/login?next=/admin/api-keys`);
      await login(page, TEST_ADMIN.password);
      await page.keyboard.press('/');
      expect(await page.evaluate('document.activeElement.name')).to.equal('q');
      await page.keyboard.type('?n');
      expect(await page.$eval('[name=q]', (field) => (field as unknown as { value: string }).value)).to.equal('?n');
      await page.evaluate('document.activeElement.blur()');
      await page.keyboard.press('?');
      await page.waitForSelector('#shortcuts[open]');
      await expectAccessible(page);
      await page.click('[data-shortcuts-switch]');
      await page.keyboard.press('Escape');
      await page.evaluate('document.activeElement.blur()');
      await page.keyboard.press('/');
      expect(await page.evaluate('document.activeElement.name')).not.to.equal('q');
      await page.evaluate('localStorage.clear()');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('n')]);
      expect(page.url()).to.equal(`${server.url}/admin/api-keys/new`);
      await page.type('[name=name]', 'Taste');
      await page.keyboard.down('Control');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('s')]);
      await page.keyboard.up('Control');
      expect(await page.$eval('#new-key', (field) => (field as unknown as { value: string }).value)).to.match(/^rb_/);
    });
  });

  it('lead from the error summary into the field', async () => {
    await visiting({}, async (page) => {
      await page.goto(`${server.url}/login?next=/admin/api-keys/new`);
      await login(page, TEST_ADMIN.password);
      await Promise.all([page.waitForNavigation(), page.click('main form .btn-primary')]);
      expect(await page.evaluate('document.activeElement.hasAttribute("data-error-summary")')).to.equal(true);
      await page.click('.error-summary a');
      expect(await page.evaluate('document.activeElement.name')).to.equal('name');
    });
  });
});

async function visiting(options: VisitOptions, work: (page: Page) => Promise<void>): Promise<void> {
  const visitor: Visit = await visit(options);
  await work(visitor.page);
  await visitor.close();
}

async function login(page: Page, password: string): Promise<void> {
  await page.$eval('[name=email]', (field) => {
    (field as unknown as { value: string }).value = '';
  });
  await page.type('[name=email]', TEST_ADMIN.email);
  await page.type('[name=password]', password);
  await Promise.all([page.waitForNavigation(), page.click('main .btn-primary')]);
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxePuppeteer(page).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).to.deep.equal([]);
  expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).to.be.at.most(0);
}

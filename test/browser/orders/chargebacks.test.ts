import { createHmac } from 'node:crypto';
import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import type { Page } from 'puppeteer';
import { apiClient, bookingOf } from '../../support/api-client.ts';
import { signInBrowser, visit } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { postfixReport } from '../../features/documents/bounces/delivery-reports.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { openShop } from '../../support/shop.ts';

const SECRET = 'the secret of the providers in tests, of both';

describeOn('SQLite', 'in a browser, money and mails that come back', (database) => {
  let server: TestServer;
  let order: { id: string; number: string };
  let mail: string;

  before(async () => {
    server = await startTestServer({
      database: database(),
      env: { PAYMENT_WEBHOOK_SECRET: SECRET, MAIL_WEBHOOK_SECRET: SECRET },
    });
    const api = apiClient(server.url);
    await openShop(database());
    const tell = async (path: string, event: object): Promise<void> => {
      const at = Math.floor(Date.now() / 1000);
      const v1 = createHmac('sha256', SECRET)
        .update(`${at}.${JSON.stringify(event)}`)
        .digest('hex');
      const answer = await api.post(path, event, {
        authorization: '',
        headers: { 'reisebon-signature': `t=${at},v1=${v1}` },
      });
      expect(answer.status, JSON.stringify(answer.body)).to.equal(200);
    };
    order = (
      await api.post('/orders', {
        amount: 5000,
        quantity: 2,
        buyer: { name: 'Petra Muster', email: 'petra@example.org' },
      })
    ).body as typeof order;
    await tell('/payment-events', { id: 'p-1', order: order.number, amount: 10_000, currency: 'EUR' });
    const { code } = await database().knex('vouchers').orderBy('id').first<{ code: string }>('code');
    await api.post('/redemptions', { booking: bookingOf(3000), codes: [code], bookingNumber: 'B-1' });
    await tell('/payment-events', {
      type: 'chargeback',
      id: 'c-1',
      order: order.number,
      amount: 10_000,
      currency: 'EUR',
      reference: 'Fall 1',
    });
    for (
      const deadline = Date.now() + 10_000;
      Date.now() < deadline && (await database().knex('mails').where({ event: 'order_placed' })).length === 0;
    )
      await new Promise((resolve) => setTimeout(resolve, 50));
    const row = await database()
      .knex('mails')
      .where({ event: 'order_placed' })
      .first<{ id: number; created_at: number | string } | undefined>('id', 'created_at');
    if (row === undefined) throw new Error('no mail');
    mail = String(row.id);
    await database().knex('mails').where({ id: row.id }).update({ state: 'sent', sent_at: row.created_at });
    await tell('/mail-events', {
      message: postfixReport({
        messageId: `<mail-${row.id}.${row.created_at}@localhost>`,
        recipient: 'petra@example.org',
      }),
    });
  });
  after(() => server.close());

  for (const [width, colorScheme] of [
    [1440, 'light'],
    [360, 'dark'],
  ] as const) {
    it(`are shown without a barrier at ${width} pixels, ${colorScheme}`, async () => {
      const desk = await visit({ width, colorScheme });
      await signInBrowser(desk.page, server.url);
      for (const path of [
        '/admin/overview',
        '/admin/chargebacks',
        '/admin/chargebacks?state=done',
        `/admin/orders/${order.id}`,
        '/admin/vouchers/1',
        '/admin/outbox?state=bounced',
        '/admin/outbox/notices',
        `/admin/outbox/${mail}`,
      ]) {
        await desk.page.goto(server.url + path);
        await desk.page.$$eval('details.order-end', (all) => {
          for (const one of all) one.setAttribute('open', '');
        });
        await check(desk.page, path);
      }
      await desk.close();
    }).timeout(60_000);
  }

  it('are decided by somebody without JavaScript', async () => {
    const desk = await visit({ javaScript: false });
    const { page } = desk;
    await signInBrowser(page, server.url);
    await page.goto(`${server.url}/admin/chargebacks`);
    expect(await textOf(page, 'tbody'))
      .to.contain(order.number)
      .and.to.contain('30,00 €');
    await Promise.all([page.waitForNavigation(), page.click('tbody a')]);
    await page.click('details.order-end summary');
    await Promise.all([page.waitForNavigation(), page.click('form[action$="/won"] button')]);
    expect(await textOf(page, 'main'))
      .to.contain('Die Gutscheine gelten wieder')
      .and.not.to.contain('gesperrt.');
    await page.goto(`${server.url}/admin/chargebacks`);
    expect(await textOf(page, 'main')).to.contain('Nichts zu entscheiden');
    await desk.close();
  }).timeout(60_000);
});

async function check(page: Page, path: string): Promise<void> {
  // A previewed mail stands in a frame that runs no script, so nothing can look into it.
  await page.$$eval('iframe', (frames) => {
    for (const frame of frames) frame.remove();
  });
  const { violations } = await new AxePuppeteer(page).analyze();
  expect(violations.map(({ id, nodes }) => `${path}: ${id} ${nodes.map(({ html }) => html).join(' ')}`)).to.deep.equal(
    [],
  );
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth),
    `${path} is wider than the page`,
  ).to.equal(true);
}

function textOf(page: Page, selector: string): Promise<string> {
  return page.$eval(selector, (element) => (element as HTMLElement).innerText.replaceAll('\u00a0', ' '));
}

import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import * as jsqr from 'jsqr';
import PostalMime from 'postal-mime';
import type { Page } from 'puppeteer';
import sharp from 'sharp';
import { signInBrowser, visit } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { PRINTING } from '../../support/pdf.ts';
import { openShop } from '../../support/shop.ts';
import { startSmtpServer, type ReceivedMail, type TestMailServer } from '../../support/smtp.ts';

type Decode = (data: Uint8ClampedArray, width: number, height: number) => { readonly data: string } | null;

for (const dialect of ['SQLite', 'MariaDB'] as const) {
  describeOn(dialect, 'in a browser, a voucher from the shop to the trip it pays', (database) => {
    let server: TestServer;
    let smtp: TestMailServer;

    before(async () => {
      smtp = await startSmtpServer();
      server = await startTestServer({ database: database(), env: { ...PRINTING, SMTP_URL: smtp.url } });
      await openShop(database());
    });
    after(async () => {
      await server.close();
      await smtp.close();
    });

    it('is ordered on a phone, paid, mailed, read from its QR code, redeemed, and shows what is left', async () => {
      const phone = await visit({ width: 360, height: 740 });
      const buyer = phone.page;
      await buyer.goto(`${server.url}/shop`);
      await check(buyer);
      await buyer.click('input[name=amountChoice][value=free]');
      await buyer.type('[name=freeAmount]', '175,50');
      await buyer.type('[name=recipientName]', 'Oma Inge');
      await buyer.type('[name=buyerName]', 'Petra Muster');
      await buyer.type('[name=buyerEmail]', 'petra@example.org');
      expect(await textOf(buyer, '[data-gift-amount]')).to.equal('175,50 €');
      expect(await textOf(buyer, '[data-gift-recipient]')).to.equal('Oma Inge');
      await go(buyer, 'button[value=review]');
      expect(await textOf(buyer, '.error-summary')).to.contain('stimmen Sie den Gutscheinbedingungen zu');
      await check(buyer);
      await buyer.click('[name=terms]');
      await go(buyer, 'button[value=review]');
      await check(buyer);
      await go(buyer, 'button[value=order]');
      await check(buyer);
      expect(await textOf(buyer, '.pay-data'))
        .to.contain('175,50 €')
        .and.contain('DE89 3704 0044 0532 0130 00');
      const orderPage = buyer.url();
      const first = (await parsed(await smtp.received(2))).get('petra@example.org');
      expect(first?.text).to.contain('175,50');
      expect(first?.attachments.map(({ mimeType }) => mimeType)).to.deep.equal(['image/png']);

      const desk = await visit({ colorScheme: 'dark' });
      const agent = desk.page;
      await signInBrowser(agent, server.url);
      await agent.goto(`${server.url}/admin/orders`);
      await check(agent);
      await agent.click('input[name=ids]');
      await go(agent, '.voucher-bulk .btn-primary');
      expect(await textOf(agent, '.alert-success')).to.contain('bezahlt und erledigt');

      const second = (await parsed(await smtp.received(1))).get('petra@example.org');
      const code = /([0-9A-Z]{4}-){3}[0-9A-Z]{4}/.exec(second?.text ?? '')?.[0] ?? '';
      const pin = /PIN (\d{6})/.exec(second?.text ?? '')?.[1] ?? '';
      expect(code).not.to.equal('');
      expect(
        Buffer.from(second?.attachments[0]?.content as ArrayBuffer)
          .subarray(0, 5)
          .toString(),
      ).to.equal('%PDF-');
      await buyer.goto(orderPage);
      expect(await textOf(buyer, 'h1')).to.equal('Ihre Bestellung ist bezahlt');

      const { id } = await database().knex('vouchers').first<{ id: number }>('id');
      const html = (await agent.evaluate(
        `fetch('/admin/vouchers/${id}/document/print?format=a4').then((answer) => answer.text())`,
      )) as string;
      const link = await decoded(html);
      expect(link).to.contain(`/v#${code.replaceAll('-', '')}`);

      await buyer.goto(`${server.url}/v#${link.split('#')[1] ?? ''}`);
      await buyer.waitForFunction('document.querySelector("[name=code]").value !== ""');
      await check(buyer);
      await buyer.type('[name=pin]', pin);
      await go(buyer, '[data-holder] .btn-primary');
      expect(await textOf(buyer, '.holder-balance')).to.equal('175,50 €');
      await check(buyer);

      await buyer.goto(`${server.url}/demo/trips/wien-walzer?code=${code}`);
      await go(buyer, 'main form .btn-primary');
      if ((await buyer.$('.code-list')) === null) {
        await Promise.all([buyer.waitForSelector('.code-list'), buyer.click('.code-entry button')]);
      }
      expect(await textOf(buyer, '.price-total dd')).to.equal('879,50 €');
      await go(buyer, '[data-confirm] .btn-primary');
      await buyer.goto(`${server.url}/v/voucher`);
      expect(await textOf(buyer, '.holder-balance')).to.equal('0,00 €');
      expect(await textOf(buyer, '.holder-moves'))
        .to.contain('Eingelöst')
        .and.contain('-175,50 €');
      await phone.close();
      await desk.close();
    }).timeout(90_000);
  });
}

describeOn('SQLite', 'in a browser, the counter', (database) => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer({ database: database(), env: PRINTING });
    await openShop(database());
  });
  after(() => server.close());

  it('serves a customer by keyboard alone', async () => {
    const desk = await visit();
    const { page } = desk;
    await signInBrowser(page, server.url);
    await page.goto(`${server.url}/admin/counter`);
    await page.focus('[name=openingCash]');
    await typeAndEnter(page, '200,00');
    await check(page);
    await page.goto(`${server.url}/admin/counter/sale`);
    await typeAndEnter(page, '80');
    expect(await textOf(page, '.alert-success')).to.contain('Ein Gutschein verkauft: 80,00 €');
    const code = await textOf(page, '.counter-code');
    await page.goto(`${server.url}/admin/counter`);
    await typeAndEnter(page, code.toLowerCase());
    expect(await textOf(page, '.counter-balance')).to.equal('80,00 €');
    await check(page);
    await page.keyboard.type('120');
    await page.keyboard.press('Tab');
    await page.keyboard.type('R-2026-1');
    expect(await textOf(page, '[data-counter-sum]')).to.equal('Gutschein 80,00 € · Rest 40,00 €');
    await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
    expect(await textOf(page, '.alert-success')).to.contain('80,00 € mit dem Gutschein, 40,00 € kassiert');
    await page.goto(`${server.url}/admin/counter/shifts/1`);
    expect(await textOf(page, '.counter-expected')).to.contain('320,00 €');
    await check(page);
    await desk.close();
  }).timeout(60_000);
});

async function go(page: Page, selector: string): Promise<void> {
  await Promise.all([page.waitForNavigation(), page.click(selector)]);
}

async function typeAndEnter(page: Page, text: string): Promise<void> {
  // The field takes the focus by itself, a moment after the page has come.
  await page.waitForFunction(() => document.activeElement?.matches('input') === true);
  await page.keyboard.type(text);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}

async function textOf(page: Page, selector: string): Promise<string> {
  const text = await page.$eval(selector, (element) => element.textContent);
  return text.replaceAll(/[\s\u00a0]+/g, ' ').trim();
}

async function check(page: Page): Promise<void> {
  const { violations } = await new AxePuppeteer(page).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`),
  ).to.deep.equal([]);
}

async function parsed(mails: readonly ReceivedMail[]) {
  return new Map(
    await Promise.all(
      mails.map(async (mail) => [mail.recipients[0] ?? '', await PostalMime.parse(mail.source)] as const),
    ),
  );
}

/** What the QR code of a printed voucher says. */
async function decoded(html: string): Promise<string> {
  const { page, close } = await visit({ width: 900, height: 1300 });
  await page.setContent(html);
  const picture = await (await page.$('.qr'))?.screenshot();
  await close();
  const { data, info } = await sharp(picture).resize(600).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const decode = (jsqr.default as unknown as { default?: Decode }).default ?? (jsqr.default as unknown as Decode);
  return decode(new Uint8ClampedArray(data), info.width, info.height)?.data ?? '';
}

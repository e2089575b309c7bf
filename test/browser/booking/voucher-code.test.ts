import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'puppeteer';
import { createApiKeyService } from '../../../src/features/staff/api-keys/api-key-service.ts';
import { systemClock } from '../../../src/platform/process/clock.ts';
import { apiClient, bookingOf } from '../../support/api-client.ts';
import { visit } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';

describeOn('SQLite', 'the element for codes on a page of its own', (database) => {
  let server: TestServer;
  let host: Server;
  let hostUrl: string;
  let holdFor: (reference: string) => Promise<string>;
  let page: (token: string) => string;
  let html = '';

  before(async () => {
    host = createServer((_request, response) => {
      response.setHeader(
        'Content-Security-Policy',
        `default-src 'none'; script-src ${server.url}; connect-src ${server.url}; img-src data:; form-action 'self'`,
      );
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end(html);
    });
    await new Promise<void>((resolve) => {
      host.listen(0, '127.0.0.1', resolve);
    });
    hostUrl = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
    server = await startTestServer({ database: database() });
    const api = apiClient(server.url);
    await api.put('/settings/stacking', { maxVouchers: 2 });
    await api.post('/vouchers', {
      type: 'discount',
      title: 'Sommer',
      code: 'SOMMER',
      value: { tiers: [{ minTripPrice: 0, percent: 10 }] },
      usage: { maxUses: null },
    });
    await api.post('/vouchers', {
      type: 'purchase',
      title: 'Geschenk',
      code: 'GESCHENK',
      paidAt: '2026-01-02',
      value: { originalValue: 150_000 },
    });
    await api.post('/vouchers', {
      type: 'discount',
      title: 'Herbst',
      code: 'HERBST',
      value: { tiers: [{ minTripPrice: 500_000, percent: 10 }] },
      usage: { maxUses: null },
    });
    const { token } = await createApiKeyService(database(), systemClock('Europe/Berlin')).create(
      { name: 'Agentur', channel: 'web', rights: ['booking'], origins: [hostUrl] },
      'test',
    );
    holdFor = async (reference) =>
      (await api.post('/holds', { booking: bookingOf(100_000, { reference }) }, { authorization: `Bearer ${token}` }))
        .body.clientToken as string;
    page = (hold) =>
      `<!doctype html><html lang="de"><head><title>Agentur</title><link rel="icon" href="data:,"><script type="module" src="${server.url}/embed/voucher-code.js"></script></head><body><main><h1>Ihre Reise</h1><voucher-code hold="${hold}" api="${server.url}/api/v1"></voucher-code></main></body></html>`;
  });
  after(async () => {
    await server.close();
    host.closeAllConnections();
    await new Promise((resolve) => host.close(resolve));
  });

  const text = async (tab: Page): Promise<string> =>
    (await tab.$eval('voucher-code', (element) => (element as HTMLElement).innerText))
      .replaceAll(/[\u00a0\u202f]/g, ' ')
      .replaceAll(/\s+/g, ' ');
  const wait = (tab: Page, words: string) =>
    tab.waitForFunction(
      (expected) =>
        document
          .querySelector('voucher-code')
          ?.textContent.replaceAll(/[\u00a0\u202f]/g, ' ')
          .includes(expected),
      { timeout: 10_000 },
      words,
    );

  it('works across origins under a strict policy of its host, by keyboard, and says what happened', async () => {
    html = page(await holdFor('host-1'));
    const visiting = await visit();
    const { page: tab } = visiting;
    await tab.goto(hostUrl);
    await wait(tab, 'Noch zu zahlen: 1.000,00 €');
    await tab.focus('voucher-code input');
    await tab.keyboard.type('som mer');
    await tab.keyboard.press('Enter');
    await wait(tab, 'ist eingelöst. Noch zu zahlen: 900,00 €.');
    expect(tab.url()).to.equal(`${hostUrl}/`);
    expect(await tab.$eval('voucher-code [role=status]', (status) => status.textContent)).to.contain('ist eingelöst');
    await tab.keyboard.type('geschenk');
    await tab.keyboard.press('Enter');
    await wait(tab, 'Nichts mehr zu zahlen');
    expect(await text(tab)).to.contain('Danach noch 600,00 € auf dem Gutschein.');
    await tab.keyboard.type('gibtesnicht');
    await tab.keyboard.press('Enter');
    await wait(tab, 'Dieser Code lässt sich nicht einlösen.');
    expect(await tab.$eval('voucher-code input', (field) => (field as HTMLInputElement).value)).to.equal('gibtesnicht');
    expect(await tab.evaluate(() => document.activeElement?.getAttribute('aria-invalid'))).to.equal('true');
    expect(await text(tab)).to.contain('Nichts mehr zu zahlen');
    const { violations } = await new AxePuppeteer(tab).analyze();
    expect(violations.map(({ id }) => id)).to.deep.equal([]);
    await tab.click('voucher-code li button');
    await wait(tab, 'Noch zu zahlen: 0,00 €');
    await visiting.close();
  });

  it('is shown on the demo page with the price beside it, and is a plain form without scripts', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const visiting = await visit({ colorScheme });
      await visiting.page.goto(`${server.url}/demo/embed`);
      await wait(visiting.page, 'Noch zu zahlen');
      await visiting.page.type('#f-code', 'SOMMER');
      await visiting.page.keyboard.press('Enter');
      await wait(visiting.page, 'SOMMER ist eingelöst');
      const { violations } = await new AxePuppeteer(visiting.page).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).to.deep.equal([]);
      await visiting.close();
    }
    const plain = await visit({ javaScript: false });
    await plain.page.goto(`${server.url}/demo/embed`);
    await plain.page.type('#f-code', 'HERBST');
    await Promise.all([plain.page.waitForNavigation(), plain.page.keyboard.press('Enter')]);
    expect(await plain.page.$eval('[data-embed-error]', (error) => error.textContent)).to.contain(
      'bis zum Mindestreisepreis',
    );
    expect(await plain.page.$eval('#f-code', (field) => (field as HTMLInputElement).value)).to.equal('HERBST');
    await plain.page.$eval('#f-code', (field) => ((field as HTMLInputElement).value = ''));
    await plain.page.type('#f-code', 'SOMMER');
    await Promise.all([plain.page.waitForNavigation(), plain.page.keyboard.press('Enter')]);
    expect(await plain.page.$eval('main', (main) => main.textContent)).to.contain('Sommer');
    await plain.close();
  });
});

import { expect } from 'chai';
import { apiClient } from '../../support/api-client.ts';
import { signInBrowser, visit } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { expectNoBarrier, fill, mainText, press } from '../../support/page-checks.ts';
import { openShop } from '../../support/shop.ts';

describeOn('SQLite', 'in a browser, money on no voucher and refunds', (database) => {
  let server: TestServer;
  let order: string;
  let refund: string;

  before(async () => {
    server = await startTestServer({ database: database() });
    const api = apiClient(server.url);
    await openShop(database());
    const buyer = { name: 'Petra Muster-Langenscheidt', email: 'petra@example.org' };
    for (let index = 0; index < 2; index++) {
      order = String((await api.post('/orders', { amount: 10_000, quantity: 1, buyer })).body.id);
      await api.post(`/orders/${order}/payments`, { amount: 13_000 + index, method: 'bank_transfer' });
    }
    const value = { originalValue: 5000 };
    for (const method of ['bank_transfer', 'online']) {
      const { id } = (await api.post('/vouchers', { type: 'purchase', title: 'Reise', value, paidAt: null })).body as {
        id: string;
      };
      await api.post(`/vouchers/${id}/pay`, { paidAt: new Date().toISOString().slice(0, 10), method });
      await api.post(`/vouchers/${id}/cancel`, { refund: true, reason: 'Widerruf' });
    }
    refund = String((await database().knex('refunds').orderBy('id').first('id')).id);
  });
  after(() => server.close());

  for (const width of [1440, 360])
    it(`are shown without a barrier at ${width} pixels`, async () => {
      const desk = await visit({ width });
      await signInBrowser(desk.page, server.url);
      for (const path of [
        '/admin/overview',
        '/admin/orders/money',
        `/admin/orders/${order}`,
        '/admin/refunds',
        `/admin/refunds/${refund}`,
        '/admin/refunds/files',
        '/admin/accounting/liabilities',
        '/admin/accounting/liabilities/debtors/payments',
      ]) {
        await desk.page.goto(server.url + path);
        await desk.page.$$eval('main details', (all) => {
          for (const one of all) one.setAttribute('open', '');
        });
        if (process.env.SHOTS !== undefined)
          await desk.page.screenshot({
            path: `${process.env.SHOTS}/${width}${path.replaceAll('/', '_')}.png`,
            fullPage: true,
          });
        await expectNoBarrier(desk.page);
      }
      await desk.close();
    }).timeout(120_000);

  it('are decided and paid by somebody without JavaScript', async () => {
    const desk = await visit({ javaScript: false });
    const { page } = desk;
    await signInBrowser(page, server.url);
    await page.goto(`${server.url}/admin/orders/${order}`);
    await press(page, 'form[action$="/money/refund"] button');
    await page.goto(`${server.url}/admin/refunds`);
    expect(await mainText(page)).to.contain('30,01');
    const { id } = await database().knex('refunds').where({ order_id: order }).first('id');
    await page.goto(`${server.url}/admin/refunds/${id}`);
    await fill(page, 'form[action$="/payment"] [name="reference"]', 'SEPA 7');
    await press(page, 'form[action$="/payment"] button');
    expect(await database().knex('refunds').where({ id }).first()).to.include({ state: 'paid' });
    await desk.close();
  }).timeout(60_000);
});

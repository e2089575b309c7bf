import { expect } from 'chai';
import { apiClient } from '../../support/api-client.ts';
import { signInBrowser, visit } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { expectNoBarrier, fill, mainText, press, valueOf } from '../../support/page-checks.ts';

describeOn('SQLite', 'in a browser, the protocol', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());

  it('finds a change by its words, from what to what, and leads to its record', async function () {
    this.timeout(60_000);
    const api = apiClient(server.url);
    const { body } = await api.post('/vouchers', {
      type: 'purchase',
      title: 'Nordseereise',
      code: 'NORD-GEHEIM',
      value: { originalValue: 5000 },
    });
    await api.patch(
      `/vouchers/${String(body.id)}`,
      { title: 'Ostseereise' },
      { headers: { 'If-Match': `"${String(body.version)}"` } },
    );
    const { page, close } = await visit();
    await signInBrowser(page, server.url);
    await page.goto(`${server.url}/admin/audit`);
    await expectNoBarrier(page);
    await fill(page, 'main [name=q]', 'nordseereise ostseereise');
    await press(page, 'form[action="/admin/audit"] button');
    const rows = await page.$$eval('tbody tr', (all) => all.map((row) => (row as HTMLElement).innerText));
    expect(rows).to.have.length(1);
    expect(rows[0]).to.contain('Nordseereise').and.contain('→').and.contain('Ostseereise');
    expect(await mainText(page)).not.to.contain('NORD-GEHEIM');
    await expectNoBarrier(page);
    const csv = await page.evaluate(
      async (href) => (await fetch(href)).text(),
      await page.$eval('a[href*="/audit/export"]', (link) => (link as HTMLAnchorElement).href),
    );
    expect(csv).to.contain('Ostseereise').and.not.contain('NORD-GEHEIM');
    expect(csv.trim().split(/\r?\n/)).to.have.length(2);
    await press(page, 'tbody th a');
    expect(page.url()).to.contain(`/admin/vouchers/${String(body.id)}`);

    await page.goto(`${server.url}/admin/audit`);
    await fill(page, 'main [name=q]', 'gibtesnicht');
    await fill(page, '[name=from]', '31.02.2026');
    await press(page, 'form[action="/admin/audit"] button');
    expect(await valueOf(page, '[name=from]')).to.equal('31.02.2026');
    expect(await page.$('[aria-invalid="true"][name=from]')).not.to.equal(null);
    await expectNoBarrier(page);
    await fill(page, '[name=from]', '');
    await press(page, 'form[action="/admin/audit"] button');
    expect(await page.$$('tbody tr')).to.have.length(0);
    expect(await valueOf(page, 'main [name=q]')).to.equal('gibtesnicht');
    await press(page, 'main a[href="/admin/audit"]');
    expect((await page.$$('tbody tr')).length).to.be.greaterThan(1);
    await close();
  });
});

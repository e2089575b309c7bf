import { expect } from 'chai';
import { insertJob } from '../../../src/platform/jobs/job-store.ts';
import { inTransaction } from '../../../src/platform/data/db.ts';
import { apiClient } from '../../support/api-client.ts';
import { signInBrowser, visit } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { expectNoBarrier, fill, mainText, press } from '../../support/page-checks.ts';
import { PRINTING } from '../../support/pdf.ts';

describeOn('SQLite', 'in a browser, jobs', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database(), env: PRINTING });
  });
  after(() => server.close());

  it('show a bar that moves by itself, and end when somebody cancels them', async function () {
    this.timeout(90_000);
    const { page, close } = await visit();
    await signInBrowser(page, server.url);
    const { body: campaign } = await apiClient(server.url).post('/campaigns', {
      type: 'discount',
      title: 'Frühling',
      value: { multiplier: 'booking', tiers: [{ minTripPrice: 0, percent: 5 }] },
    });
    await page.goto(`${server.url}/admin/campaigns/${String(campaign.id)}/codes`);
    await fill(page, 'main [name=count]', '1000000');
    await press(page, 'form[action$="/generation"] button.btn-primary');
    await press(page, 'main form button.btn-primary');
    const done = (): Promise<number> => page.$eval('#job progress', (bar) => (bar as HTMLProgressElement).value);
    const first = await done();
    await page.waitForFunction(
      (before) => ((document.querySelector('#job progress') as HTMLProgressElement | null)?.value ?? 0) > before,
      { timeout: 30_000 },
      first,
    );
    await page.$eval('form[action$="/cancellation"] button', (button) => {
      (button as HTMLElement).click();
    });
    await page.waitForFunction(() => document.querySelector('#job')?.textContent.includes('abgebrochen') ?? false, {
      timeout: 30_000,
    });
    expect(await page.$('form[action$="/cancellation"]')).to.equal(null);
    await expectNoBarrier(page);
    const codes = async (): Promise<number> =>
      Number((await database().knex('vouchers').count<{ count: number }[]>({ count: '*' }))[0]?.count);
    const kept = await codes();
    expect(kept).to.be.within(1, 999_999);
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(await codes()).to.equal(kept);
    await page.goto(`${server.url}/admin/jobs`);
    expect(await mainText(page))
      .to.contain('Codes einer Aktion')
      .and.contain('abgebrochen');
    await expectNoBarrier(page);
    await close();
  });

  it('say what went wrong in a job that failed', async () => {
    const { page, close } = await visit({ width: 360, height: 780 });
    await signInBrowser(page, server.url);
    const id = await inTransaction(database(), (trx) =>
      insertJob(trx, { kind: 'voucher-print', payload: null, total: null, createdBy: 'system:test', now: 1 }),
    );
    await database()
      .knex('jobs')
      .where({ id })
      .update({ state: 'failed', error: JSON.stringify({ code: 'no_browser' }), ended_at: Date.now() });
    await page.goto(`${server.url}/admin/jobs?state=failed`);
    expect(await mainText(page)).to.contain('fehlgeschlagen');
    await expectNoBarrier(page);
    await page.goto(`${server.url}/admin/jobs/${id}`);
    expect(await page.$eval('#job [role=alert]', (alert) => alert.textContent)).to.contain(
      'Der Auftrag ist fehlgeschlagen.',
    );
    await expectNoBarrier(page);
    await close();
  });
});

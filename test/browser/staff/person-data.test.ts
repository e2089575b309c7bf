import { expect } from 'chai';
import { apiClient, bookingOf } from '../../support/api-client.ts';
import { signInBrowser, visit } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { expectNoBarrier, fill, mainText, press, valueOf } from '../../support/page-checks.ts';

const PETRA = 'petra@example.org';

describeOn('SQLite', 'in a browser, the data of one person', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());

  it('are found by the address, told with what has to stay, and deleted after a question', async function () {
    this.timeout(60_000);
    const api = apiClient(server.url);
    const sold = { type: 'purchase', paidAt: '2026-01-05', value: { originalValue: 5000 } };
    await api.post('/vouchers', {
      ...sold,
      title: 'Für Petra',
      code: 'PETRA-1',
      recipient: { name: 'Petra Muster', email: PETRA },
    });
    await api.post('/vouchers', {
      ...sold,
      title: 'Für Otto',
      code: 'OTTO-1',
      recipient: { name: 'Otto Anders', email: 'otto@example.org' },
    });
    expect(
      (
        await api.post('/redemptions', {
          booking: bookingOf(1000, { customer: { id: null, email: PETRA } }),
          codes: ['PETRA-1'],
          bookingNumber: 'B-1',
        })
      ).status,
    ).to.equal(201);
    const { page, close } = await visit();
    await signInBrowser(page, server.url);
    await page.goto(`${server.url}/admin/person-data`);
    await expectNoBarrier(page);

    await page.$eval('main form[role=search]', (form) => {
      (form as HTMLFormElement).noValidate = true;
    });
    await fill(page, 'main [name=email]', 'petra at example');
    await press(page, 'main form[role=search] button');
    expect(await valueOf(page, 'main [name=email]')).to.equal('petra at example');
    expect(await page.$('[aria-invalid="true"][name=email]')).not.to.equal(null);
    await expectNoBarrier(page);

    await fill(page, 'main [name=email]', 'niemand@example.org');
    await press(page, 'main form[role=search] button');
    expect(await mainText(page)).to.contain('Nichts gespeichert');
    expect(await page.$('form[action="/admin/person-data/deletions"]')).to.equal(null);

    await fill(page, 'main [name=email]', PETRA);
    await press(page, 'main form[role=search] button');
    expect(page.url()).not.to.contain('petra');
    expect(await mainText(page))
      .to.contain('Empfänger von Gutscheinen')
      .and.contain('Einlösungen')
      .and.not.contain('otto');
    await expectNoBarrier(page);
    await page.click('main details summary');
    await page.waitForSelector('form[action="/admin/person-data/deletions"] button', { visible: true });
    await expectNoBarrier(page);
    await press(page, 'form[action="/admin/person-data/deletions"] button');
    expect(await database().knex('voucher_recipients').pluck<string[]>('email')).to.deep.equal(['otto@example.org']);

    await fill(page, 'main [name=email]', PETRA);
    await press(page, 'main form[role=search] button');
    expect(await mainText(page))
      .to.contain('Einlösungen')
      .and.not.contain('Empfänger von Gutscheinen');
    expect(await page.$('form[action="/admin/person-data/deletions"]')).to.equal(null);
    await close();
  });
});

import { expect } from 'chai';
import { signInBrowser, visit } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { expectNoBarrier, fill, mainText, press, valueOf } from '../../support/page-checks.ts';

describeOn('SQLite', 'in a browser, API keys', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());

  it('are shown once, open the API from where they may, and are shut for good', async function () {
    this.timeout(60_000);
    const { page, close } = await visit();
    await signInBrowser(page, server.url);
    await page.goto(`${server.url}/admin/api-keys`);
    await press(page, 'a[href="/admin/api-keys/new"]');
    await expectNoBarrier(page);
    await fill(page, '[name=name]', 'Buchungsstrecke');
    await page.type('[name=origins]', 'https://www.example.com\nohne-herkunft');
    await page.$eval('input[name=channel][value=web]', (radio) => {
      (radio as HTMLElement).click();
    });
    await page.$eval('input[name=rights][value=manage]', (box) => {
      (box as HTMLElement).click();
    });
    await press(page, 'form.card button.btn-primary');
    expect(await mainText(page)).to.contain('„ohne-herkunft“ ist keine Herkunft');
    expect(await valueOf(page, '[name=name]')).to.equal('Buchungsstrecke');
    expect(await valueOf(page, '[name=origins]')).to.contain('https://www.example.com');
    expect(await page.$eval('input[name=rights][value=booking]', (box) => (box as HTMLInputElement).checked)).to.equal(
      true,
    );
    await expectNoBarrier(page);
    await fill(page, '[name=origins]', 'https://www.example.com');
    await press(page, 'form.card button.btn-primary');
    const token = await valueOf(page, '#new-key');
    expect(token.length).to.be.greaterThan(30);
    await expectNoBarrier(page);
    const ask = async (): Promise<number> =>
      (
        await fetch(`${server.url}/api/v1/quotes`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
          body: '{}',
        })
      ).status;
    expect(await ask()).to.equal(400);
    await press(page, 'a[href="/admin/api-keys"].btn-primary');
    expect(await mainText(page))
      .to.contain('Buchungsstrecke')
      .and.not.contain(token);
    const row = await page.evaluateHandle(() =>
      [...document.querySelectorAll('tbody tr')].find((one) => one.textContent.includes('Buchungsstrecke')),
    );
    const button = await row.asElement()?.$('button');
    await button?.click();
    await page.waitForSelector('dialog[open]');
    expect(await page.$eval('dialog[open]', (dialog) => dialog.textContent)).to.contain(
      'Das lässt sich nicht zurücknehmen',
    );
    await expectNoBarrier(page);
    await press(page, 'dialog[open] .btn-danger');
    expect(await page.$eval('body', (body) => body.innerText)).to.contain(
      'Der Schlüssel „Buchungsstrecke“ ist gesperrt.',
    );
    expect(await ask()).to.equal(401);
    await close();
  });
});

import { expect } from 'chai';
import { signInBrowser, visit } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { expectNoBarrier, fill, mainText, press, valueOf } from '../../support/page-checks.ts';

/** Of each page a field with a wrong value and a right one, and another field that must not lose what was typed. */
const PAGES: readonly {
  readonly path: string;
  readonly field: string;
  readonly wrong: string;
  readonly right: string;
  readonly kept: readonly [string, string] | null;
}[] = [
  { path: 'general', field: 'holdMinutes', wrong: 'bald', right: '45', kept: null },
  {
    path: 'shop',
    field: 'iban',
    wrong: 'DE00 1234',
    right: 'DE02 1203 0000 0000 2020 51',
    kept: ['companyName', 'Sonne & Meer GmbH'],
  },
  { path: 'reversals', field: 'graceDays', wrong: '-3', right: '60', kept: null },
  {
    path: 'documents',
    field: 'senderEmail',
    wrong: 'keine Adresse',
    right: 'gutscheine@example.org',
    kept: ['companyAddress', 'Hafenstraße 1'],
  },
  { path: 'four-eyes', field: 'limit', wrong: 'viel', right: '300,00', kept: null },
];

describeOn('SQLite', 'in a browser, the settings', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());

  for (const { path, field, wrong, right, kept } of PAGES) {
    it(`of /${path} name what is wrong, keep the rest, and hold once they are saved`, async function () {
      this.timeout(40_000);
      const { page, close } = await visit();
      await signInBrowser(page, server.url);
      await page.goto(`${server.url}/admin/settings/${path}`);
      await expectNoBarrier(page);
      if (kept !== null) await fill(page, `main [name=${kept[0]}]`, kept[1]);
      await fill(page, `main [name=${field}]`, wrong);
      await press(page, 'main form button.btn-primary');
      expect(await page.$(`main [name=${field}][aria-invalid="true"]`), await mainText(page)).not.to.equal(null);
      expect(await valueOf(page, `main [name=${field}]`)).to.equal(wrong);
      expect((await page.$eval('.error-summary', (summary) => summary.textContent)).trim().length).to.be.greaterThan(
        15,
      );
      if (kept !== null) expect(await valueOf(page, `main [name=${kept[0]}]`)).to.equal(kept[1]);
      await expectNoBarrier(page);
      await fill(page, `main [name=${field}]`, right);
      await press(page, 'main form button.btn-primary');
      expect(await page.$('.error-summary'), await mainText(page)).to.equal(null);
      await page.goto(`${server.url}/admin/settings/${path}`);
      expect((await valueOf(page, `main [name=${field}]`)).replaceAll(' ', '')).to.equal(right.replaceAll(' ', ''));
      if (kept !== null) expect(await valueOf(page, `main [name=${kept[0]}]`)).to.equal(kept[1]);
      const label = await page.$eval(
        `main [name=${field}]`,
        (input) => (input as HTMLInputElement).labels?.[0]?.textContent,
      );
      await page.goto(`${server.url}/admin/audit?entity=settings`);
      expect(await mainText(page)).to.contain(label?.trim());
      await close();
    });
  }
});

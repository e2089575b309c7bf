import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import type { ElementHandle, Page } from 'puppeteer';
import { signInBrowser, visit, type VisitOptions } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';

describeOn('SQLite', 'in a browser, the import of codes', (database) => {
  let server: TestServer;
  let folder: string;

  before(async () => {
    server = await startTestServer({ database: database() });
    folder = await mkdtemp(join(tmpdir(), 'import-'));
  });
  after(async () => {
    await rm(folder, { recursive: true });
    await server.close();
  });

  async function noBarrier(page: Page, name: string): Promise<void> {
    const { violations } = await new AxePuppeteer(page).analyze();
    expect(violations.map(({ id, nodes }) => `${name} ${id}: ${nodes[0]?.html ?? ''}`)).to.deep.equal([]);
    expect(
      await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
      name,
    ).to.equal(true);
  }

  async function upload(page: Page, name: string, content: string): Promise<void> {
    await writeFile(join(folder, name), content);
    await page.goto(`${server.url}/admin/imports`);
    const field = (await page.waitForSelector('input[type=file]')) as ElementHandle<HTMLInputElement>;
    await field.uploadFile(join(folder, name));
    await submit(page, 'main form[enctype] button');
  }

  async function submit(page: Page, selector: string): Promise<void> {
    const button = await page.waitForSelector(selector);
    await Promise.all([
      page.waitForNavigation(),
      button?.evaluate((one) => {
        (one as HTMLButtonElement).click();
      }),
    ]);
  }

  const textOf = (page: Page): Promise<string> => page.$eval('main', (main) => main.innerText.replaceAll(/\s+/g, ' '));

  for (const [index, options] of (
    [{ colorScheme: 'light' }, { colorScheme: 'dark' }, { width: 360, height: 740 }] as VisitOptions[]
  ).entries()) {
    it(`goes from the file to its result without a barrier (${JSON.stringify(options)})`, async () => {
      const visiting = await visit({ locale: 'de', ...options });
      const { page } = visiting;
      const look = async (name: string): Promise<void> => {
        await noBarrier(page, name);
        if (process.env['LOOK'] !== undefined)
          await page.screenshot({ path: `${process.env['LOOK']}/${index}-${name}.png`, fullPage: true });
      };
      try {
        await signInBrowser(page, server.url);

        await upload(page, 'bild.xlsx', 'PK\u0003\u0004 nur dem Namen nach eine Mappe');
        expect(await textOf(page)).to.match(/Datei.*(nicht lesen|lesbar)/);
        await look('refused');

        const codes = [1, 2, 3].map((number) => `WEG-${index}${number}`);
        await upload(
          page,
          'alt.csv',
          `\uFEFFNummer;Wert;Restwert;Bezahlt am\r\n${codes[0]};1.100,50;40,25;03.04.2025\r\n${codes[1]};fünf;;\r\n${codes[2]};50,00;;05.05.2025\r\n`,
        );
        await look('columns');
        await page.select('select[name=code]', '0');
        await page.$eval('[name=fallbackTitle]', (field) => {
          (field as HTMLInputElement).value = 'Altbestand';
        });
        await page.$eval('[name=policy][value=skip]', (field) => {
          (field as HTMLInputElement).click();
        });
        await submit(page, 'main form.card button');
        await page.waitForSelector('form[action*="/checks/"]');
        const found = await textOf(page);
        expect(found).to.contain('„fünf“ ist kein Wert').and.match(/\b3\b/).and.contain('90,25 €');
        await look('check');

        await submit(page, 'form[action*="/checks/"] button');
        await page.waitForFunction(() => document.querySelector('#job a[href$="/file"]') !== null);
        await look('job');
        const href = await page.$eval('#job a[href$="/file"]', (link) => (link as HTMLAnchorElement).href);
        const csv = await page.evaluate(async (address) => (await fetch(address)).text(), href);
        expect(csv)
          .to.contain(`2;${codes[0]};übernommen`)
          .and.contain(`4;${codes[2]};übernommen`)
          .and.match(new RegExp(`3;${codes[1]};[^;]+;.*fünf`));
        expect(await database().knex('vouchers').whereIn('code', codes).pluck('code')).to.have.members([
          codes[0],
          codes[2],
        ]);
      } finally {
        await visiting.close();
      }
    }).timeout(120_000);
  }
});

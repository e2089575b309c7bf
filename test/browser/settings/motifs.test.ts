import { expect } from 'chai';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'puppeteer';
import sharp from 'sharp';
import { apiClient } from '../../support/api-client.ts';
import { signInBrowser, visit } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { expectNoBarrier, fill, mainText, press, valueOf } from '../../support/page-checks.ts';
import { PRINTING } from '../../support/pdf.ts';

describeOn('SQLite', 'in a browser, motifs', (database) => {
  let server: TestServer;
  let voucherId: string;
  const folder = mkdtempSync(join(tmpdir(), 'motif-'));
  const picture = join(folder, 'strand.jpg');
  const fake = join(folder, 'kein-bild.png');

  before(async () => {
    server = await startTestServer({ database: database(), env: PRINTING });
    const { body } = await apiClient(server.url).post('/vouchers', {
      type: 'purchase',
      title: 'Geschenk',
      value: { originalValue: 5000 },
    });
    voucherId = String(body.id);
    await sharp({ create: { width: 900, height: 600, channels: 3, background: '#2a6f97' } })
      .jpeg()
      .toFile(picture);
    writeFileSync(fake, 'Das ist kein Bild.');
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await server.close();
  });

  async function choose(page: Page, file: string): Promise<void> {
    const input = await page.$('input[type=file]');
    await (input as unknown as { uploadFile(path: string): Promise<void> }).uploadFile(file);
  }

  it('are uploaded after a mistake that keeps what was typed, chosen for a voucher, and archived', async function () {
    this.timeout(60_000);
    const { page, close } = await visit();
    // Leaving a form with something typed in it asks first.
    page.on('dialog', (dialog) => void dialog.accept());
    await signInBrowser(page, server.url);
    await page.goto(`${server.url}/admin/motifs`);
    expect(await mainText(page)).to.contain('Noch kein Motiv');
    await expectNoBarrier(page);
    await press(page, 'a[href="/admin/motifs/new"]');
    await fill(page, '[name=name]', 'Strand im Sommer');
    await press(page, 'form[enctype] button.btn-primary');
    expect(await mainText(page)).to.contain('Bitte wählen Sie ein Bild aus.');
    expect(await valueOf(page, '[name=name]')).to.equal('Strand im Sommer');
    await expectNoBarrier(page);
    await choose(page, fake);
    await press(page, 'form[enctype] button.btn-primary');
    expect(await mainText(page)).to.match(/Bild/);
    expect(await page.$('[aria-invalid="true"][name=image]')).not.to.equal(null);
    expect(await valueOf(page, '[name=name]')).to.equal('Strand im Sommer');
    await choose(page, picture);
    await page.select('[name=position]', 'right');
    await press(page, 'form[enctype] button.btn-primary');
    expect(await page.$eval('body', (body) => body.innerText)).to.contain('Strand im Sommer ist gespeichert.');
    await page.goto(`${server.url}/admin/motifs`);
    expect(await mainText(page)).to.contain('Strand im Sommer');
    expect(await page.$eval('.motif-card img', (image) => (image as HTMLImageElement).naturalWidth)).to.be.greaterThan(
      100,
    );
    await expectNoBarrier(page);
    await page.goto(`${server.url}/admin/motifs/new`);
    await fill(page, '[name=name]', 'Berge');
    await page.select('[name=position]', 'left');
    await choose(page, picture);
    await press(page, 'form[enctype] button.btn-primary');

    await page.goto(`${server.url}/admin/vouchers/${voucherId}#design`);
    const printed = async (): Promise<string> =>
      (await (await (await page.$('iframe[name=voucher-draft]'))?.contentFrame())?.content()) ?? '';
    const until = async (what: (html: string) => boolean): Promise<void> => {
      for (
        const deadline = Date.now() + 10_000;
        !what(await printed().catch(() => ''));
        await new Promise((resolve) => setTimeout(resolve, 50))
      )
        if (Date.now() > deadline) throw new Error('the preview did not follow');
    };
    await until((html) => html.includes('Geschenk') && html.includes('50,00'));
    for (const [name, panel] of [
      ['Berge', 'panel-left'],
      ['Strand im Sommer', 'panel-right'],
    ] as const) {
      await page.$$eval(
        '.voucher-motif',
        (labels, wanted) => {
          (labels.find((label) => label.textContent.includes(wanted)) as HTMLElement).click();
        },
        name,
      );
      await until((html) => html.includes(`class="panel ${panel}"`));
    }
    await page.type('[name=message]', 'Alles Gute zum Geburtstag!');
    await until((html) => html.includes('Alles Gute zum Geburtstag!'));
    expect(
      (
        await database()
          .knex('voucher_rules')
          .where({ title: 'Geschenk' })
          .first<{ motif_id: string | null }>('motif_id')
      ).motif_id,
    ).to.equal(null);
    await expectNoBarrier(page);
    await page.setJavaScriptEnabled(false);
    await page.reload();
    await page.click('button[data-draft]');
    await until((html) => html.includes('Geschenk'));
    await page.setJavaScriptEnabled(true);

    await page.goto(`${server.url}/admin/campaigns/new?type=discount#validity`);
    await fill(page, 'main [name=title]', 'Herbstreisen');
    await page.click('[data-tab=design]');
    await page.$$eval('.voucher-motif', (labels) => {
      (labels.find((label) => label.textContent.includes('Strand')) as HTMLElement).click();
    });
    await page.type('[name=message]', 'Für alle unsere Gäste');
    await until(
      (html) =>
        html.includes('Herbstreisen') &&
        html.includes('Für alle unsere Gäste') &&
        html.includes('class="panel panel-right"') &&
        html.includes('MUST-ERCO-DE23-4567'),
    );
    await expectNoBarrier(page);
    await page.goto('about:blank');
    await page.goto(`${server.url}/admin/motifs`);
    await page.$$eval('.motif-card a', (links) => {
      (links.find((link) => link.textContent.includes('Strand')) as HTMLElement).click();
    });
    await page.waitForSelector('form[action$="/archive"]');
    await press(page, 'form[action$="/archive"] button');
    expect(await page.$eval('body', (body) => body.innerText)).to.contain('Das Motiv ist archiviert');
    await page.goto(`${server.url}/admin/motifs?archived=true`);
    expect(await mainText(page)).to.contain('Strand im Sommer');
    await close();
  });
});

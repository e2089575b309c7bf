import { AxePuppeteer } from '@axe-core/puppeteer';
import bwipjs from 'bwip-js';
import { expect } from 'chai';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { Page } from 'puppeteer';
import QRCode from 'qrcode';
import sharp from 'sharp';
import {
  changeDocumentSettings,
  DEFAULT_DOCUMENT_SETTINGS,
} from '../../../src/features/settings/document-settings-service.ts';
import { apiClient } from '../../support/api-client.ts';
import { signInBrowser, visit, type VisitOptions } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';

const [WIDTH, HEIGHT] = [640, 480];

describeOn('SQLite', 'in a browser, the camera at the counter', (database) => {
  let server: TestServer;
  const folder = mkdtempSync(join(tmpdir(), 'camera-'));
  before(async () => {
    server = await startTestServer({ database: database() });
    await changeDocumentSettings(
      database(),
      { ...DEFAULT_DOCUMENT_SETTINGS, bookingUrl: 'https://buchen.example/los?gutschein={code}&via=qr' },
      'test',
      1,
    );
    await apiClient(server.url).post('/vouchers', {
      type: 'purchase',
      title: 'Geschenkgutschein',
      code: 'KAMERA-2026-TEST',
      paidAt: '2026-01-02',
      value: { originalValue: 10_000 },
    });
  });
  after(async () => {
    rmSync(folder, { recursive: true });
    await server.close();
  });

  /** A film of two seconds in which nothing but this picture is seen. */
  async function filmOf(picture: Buffer, name: string): Promise<string> {
    const grey = await sharp(picture)
      .flatten({ background: '#fff' })
      .resize(WIDTH - 80, HEIGHT - 80, { fit: 'contain', background: '#fff' })
      .extend({ top: 40, bottom: 40, left: 40, right: 40, background: '#fff' })
      .greyscale()
      .raw()
      .toBuffer();
    const film = join(folder, `${name}.y4m`);
    const stream = createWriteStream(film);
    stream.write(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`);
    for (let frame = 0; frame < 20; frame++)
      stream.write(Buffer.concat([Buffer.from('FRAME\n'), grey, Buffer.alloc((WIDTH * HEIGHT) / 2, 128)]));
    stream.end();
    await finished(stream);
    return film;
  }

  async function atTheCounter(look: VisitOptions) {
    const one = await visit(look);
    await signInBrowser(one.page, server.url);
    await one.page.goto(`${server.url}/admin/counter`);
    return one;
  }

  const pictures: readonly (readonly [string, () => Promise<Buffer>])[] = [
    ['the QR code with our link', () => QRCode.toBuffer('https://gutschein.example/r#KAMERA-2026-TEST', { scale: 8 })],
    [
      'the QR code with the address of the booking flow',
      () => QRCode.toBuffer('https://buchen.example/los?gutschein=KAMERA2026TEST&via=qr', { scale: 8 }),
    ],
    [
      'the bar code',
      () =>
        bwipjs.toBuffer({
          bcid: 'code128',
          text: 'KAMERA-2026-TEST',
          scale: 3,
          height: 25,
          paddingwidth: 20,
          paddingheight: 10,
          backgroundcolor: 'FFFFFF',
        }),
    ],
  ];
  for (const [what, draw] of pictures) {
    it(`opens the voucher by ${what}`, async function () {
      this.timeout(60_000);
      const { page, close } = await atTheCounter({
        camera: await filmOf(await draw(), what.replaceAll(' ', '-')),
        width: 360,
        height: 780,
      });
      const opened = page.waitForNavigation({ timeout: 30_000 });
      await page.click('[data-camera-open]');
      await opened;
      expect(new URL(page.url()).pathname).to.match(/^\/admin\/counter\/vouchers\/\d+$/);
      expect(await page.$eval('main', (main) => main.textContent)).to.contain('100,00');
      await close();
    });
  }

  it('is accessible while it looks, and stops when it is closed', async function () {
    this.timeout(60_000);
    const empty = await sharp({ create: { width: 100, height: 100, channels: 3, background: '#888' } })
      .png()
      .toBuffer();
    const { page, close } = await atTheCounter({ camera: await filmOf(empty, 'nothing'), colorScheme: 'dark' });
    await page.click('[data-camera-open]');
    await page.waitForFunction(() => document.querySelector('video')?.srcObject != null);
    expect(
      (await new AxePuppeteer(page).analyze()).violations.map(({ id, nodes }) => [id, nodes[0]?.html]),
    ).to.deep.equal([]);
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.querySelector('video')?.srcObject == null);
    expect(await focused(page)).to.equal('f-code');
    await close();
  });

  it('says what to do where the camera is not allowed, and lets one type', async function () {
    this.timeout(60_000);
    const { page, close } = await atTheCounter({ camera: 'denied' });
    await page.click('[data-camera-open]');
    await page.waitForFunction(() => document.querySelector('[data-camera-said]')?.textContent !== '');
    expect(await page.$eval('[data-camera-said]', (said) => said.textContent)).to.match(/tippen Sie den Code ein/);
    expect(await focused(page)).to.equal('f-code');
    await close();
  });

  it('leaves an agent’s phone at the counter and a holder’s at the holder’s page', async () => {
    const agent = await atTheCounter({ width: 360, height: 780 });
    await Promise.all([
      agent.page.waitForFunction(() => location.pathname.startsWith('/admin/counter/vouchers/')),
      agent.page.goto(`${server.url}/v#KAMERA2026TEST`),
    ]);
    expect(await agent.page.$eval('main', (main) => main.textContent)).to.contain('100,00');
    await agent.close();
    const holder = await visit({ width: 360, height: 780 });
    await holder.page.goto(`${server.url}/v#KAMERA2026TEST`);
    expect(await holder.page.$eval('[name=code]', (field) => (field as HTMLInputElement).value)).to.equal(
      'KAMERA2026TEST',
    );
    expect(new URL(holder.page.url()).hash).to.equal('');
    expect(await holder.page.evaluate(() => (document.activeElement as HTMLInputElement).name)).to.equal('pin');
    await holder.close();
  });

  it('has rights that no other page has', async () => {
    const { page, close } = await atTheCounter({});
    const policyOf = async (path: string): Promise<(string | undefined)[]> => {
      const headers = (await page.goto(server.url + path))?.headers() ?? {};
      return [
        /script-src [^;]*/.exec(headers['content-security-policy'] ?? '')?.[0],
        /camera=\([a-z]*\)/.exec(headers['permissions-policy'] ?? '')?.[0],
      ];
    };
    expect(await policyOf('/admin/counter')).to.deep.equal(["script-src 'self' 'wasm-unsafe-eval'", 'camera=(self)']);
    expect(await policyOf('/admin/vouchers')).to.deep.equal(["script-src 'self'", 'camera=()']);
    await close();
  });

  function focused(page: Page): Promise<string | undefined> {
    return page.evaluate(() => document.activeElement?.id);
  }
});

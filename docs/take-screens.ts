// npm run screens: starts the product on fresh demo data and takes the pictures of README and docs anew.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Page } from 'puppeteer';

const FOLDER = join(import.meta.dirname, 'screens');
const LOGIN = { email: 'bilder@reisebon.example', password: 'nur-fuer-die-bilder-1' };
const START_SECONDS = 60;

const PICTURES: readonly { name: string; path: string; width?: number; dark?: boolean }[] = [
  { name: 'booking-trips', path: '/demo/trips' },
  { name: 'shop', path: '/shop' },
  { name: 'shop-phone', path: '/shop', width: 360 },
  { name: 'overview', path: '/admin/overview' },
  { name: 'voucher-list', path: '/admin/vouchers' },
  { name: 'voucher-list-dark', path: '/admin/vouchers', dark: true },
  { name: 'voucher-list-phone', path: '/admin/vouchers', width: 360 },
  { name: 'voucher-new', path: '/admin/vouchers/new?type=discount' },
  { name: 'voucher', path: '/admin/vouchers/1' },
  { name: 'voucher-design', path: '/admin/vouchers/2#design' },
  { name: 'campaigns', path: '/admin/campaigns' },
  { name: 'campaign', path: '/admin/campaigns/1' },
  { name: 'orders', path: '/admin/orders' },
  { name: 'booking-test', path: '/admin/booking-test' },
  { name: 'imports', path: '/admin/imports' },
  { name: 'counter', path: '/admin/counter' },
  { name: 'liabilities', path: '/admin/accounting/liabilities' },
  { name: 'journal', path: '/admin/accounting/journal' },
  { name: 'partner-settlement', path: '/admin/partner-settlements/lines?partner=citydeal' },
];

const folder = await mkdtemp(join(tmpdir(), 'reisebon-screens-'));
const server = spawn(process.execPath, [join(import.meta.dirname, '..', 'src', 'main.ts')], {
  env: { ...process.env, PORT: '0', HOST: '127.0.0.1', DATA_DIR: folder, DATABASE_URL: '', BOOTSTRAP_ADMIN_EMAIL: LOGIN.email, BOOTSTRAP_ADMIN_PASSWORD: LOGIN.password },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = new Promise((resolve) => server.once('exit', resolve));
try {
  await takeAll(await addressOf());
} finally {
  server.kill('SIGTERM');
  await ended;
  await rm(folder, { recursive: true });
}

/** The server says where it listens once it can work. */
function addressOf(): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    const late = setTimeout(() => { reject(new Error(`The server did not start within ${START_SECONDS} seconds: ${said}`)); }, START_SECONDS * 1000);
    server.stdout.on('data', (piece: Buffer) => {
      said += piece.toString();
      const port = /runs at http:\/\/localhost:(\d+)/.exec(said)?.[1];
      if (port === undefined) return;
      clearTimeout(late);
      resolve(`http://127.0.0.1:${port}`);
    });
    server.once('exit', () => { reject(new Error(`The server ended: ${said}`)); });
  });
}

async function takeAll(address: string): Promise<void> {
  const browser = await puppeteer.launch({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage();
    await page.setExtraHTTPHeaders({ 'Accept-Language': 'de' });
    await signIn(page, address);
    for (const picture of PICTURES) await take(page, address, picture);
  } finally {
    await browser.close();
  }
}

async function signIn(page: Page, address: string): Promise<void> {
  await page.goto(`${address}/login`);
  await page.type('input[name=email]', LOGIN.email);
  await page.type('input[name=password]', LOGIN.password);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}

async function take(page: Page, address: string, { name, path, width = 1440, dark = false }: (typeof PICTURES)[number]): Promise<void> {
  await page.setViewport({ width, height: width < 600 ? 760 : 900 });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }]);
  const answer = await page.goto(address + path);
  // The preview follows what stands in the form after a pause.
  if (name === 'voucher-design') await new Promise((resolve) => setTimeout(resolve, 2000));
  if (answer?.status() !== 200) throw new Error(`${path} answered ${answer?.status()}`);
  await page.screenshot({ path: join(FOLDER, `${name}.png`) });
  console.log(name);
}

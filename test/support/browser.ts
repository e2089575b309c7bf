import { existsSync } from 'node:fs';
import puppeteer, { type Browser, type Page } from 'puppeteer';
import { TEST_ADMIN } from './http.ts';

export interface Visit {
  readonly page: Page;
  /** What the browser complained about since the last look: console messages, errors, requests that failed. */
  complaints(): string[];
  /** Fails when the browser complained, and ends the visit. */
  close(): Promise<void>;
}

export interface VisitOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly locale?: 'de' | 'en';
  readonly javaScript?: boolean;
  /** A film (y4m) that a camera shows, or `denied`; in a browser of its own. */
  readonly camera?: string;
}

interface Login {
  readonly email: string;
  readonly password: string;
}

const BINARIES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--no-first-run',
];

// The answer to a form with a mistake in it is a 422, which the browser reports as if it were a fault; and a field
// with autofocus steps back when a key press has moved the focus already. The frame of a previewed mail has no origin,
// so Chromium cannot give it a cluster of its own, and says so.
const HARMLESS = /status of 4\d\d|^Autofocus processing was blocked|^The page requested an origin-keyed agent cluster/;

let browser: Promise<Browser> | undefined;

/** A visitor with cookies of their own, in the one browser of the process. */
export async function visit({
  width = 1440,
  height = 900,
  colorScheme = 'light',
  locale = 'de',
  javaScript = true,
  camera,
}: VisitOptions = {}): Promise<Visit> {
  const visited = await (camera === undefined ? sharedBrowser() : launch(cameraFlags(camera)));
  const context = await visited.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width, height });
  // The page scrolls smoothly otherwise, and a click lands where its button was a moment before.
  await page.emulateMediaFeatures([
    { name: 'prefers-color-scheme', value: colorScheme },
    { name: 'prefers-reduced-motion', value: 'reduce' },
  ]);
  await page.setExtraHTTPHeaders({ 'Accept-Language': locale });
  await page.setJavaScriptEnabled(javaScript);
  const complaints = listen(page);
  const close = async (): Promise<void> => {
    await (camera === undefined ? context : visited).close();
    if (complaints.length > 0) throw new Error(`the browser complained:\n${complaints.join('\n')}`);
  };
  return { page, complaints: () => complaints.splice(0), close };
}

/** Signs in by the form, as a person does. */
export async function signInBrowser(page: Page, url: string, login: Login = TEST_ADMIN): Promise<void> {
  await page.goto(`${url}/login`);
  await page.type('[name=email]', login.email);
  await page.type('[name=password]', login.password);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}

/** A visit of somebody who is signed in; it ends with the work, also where that fails. */
export async function asSignedIn(
  url: string,
  { login, ...look }: VisitOptions & { readonly login?: Login },
  work: (page: Page) => Promise<void>,
): Promise<void> {
  const { page, close } = await visit(look);
  try {
    await signInBrowser(page, url, login);
    await work(page);
  } finally {
    await close();
  }
}

function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (!HARMLESS.test(message.text())) complaints.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${String(error)}`));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    if (reason !== 'net::ERR_ABORTED') complaints.push(`request: ${request.url()} ${reason}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 500) complaints.push(`response: ${response.url()} ${response.status()}`);
  });
  return complaints;
}

function sharedBrowser(): Promise<Browser> {
  browser ??= launch();
  return browser;
}

function cameraFlags(film: string): string[] {
  const device = ['--use-fake-device-for-media-stream', `--use-file-for-fake-video-capture=${film}`];
  return film === 'denied' ? ['--deny-permission-prompts'] : [...device, '--use-fake-ui-for-media-stream'];
}

async function launch(more: readonly string[] = []): Promise<Browser> {
  const executablePath = BINARIES.find((file) => existsSync(file));
  if (executablePath === undefined) throw new Error('no Chromium is installed; "npm test" installs it where it may');
  // Over a pipe, so that it ends with us, however we end.
  return puppeteer.launch({ executablePath, args: [...FLAGS, ...more], pipe: true });
}

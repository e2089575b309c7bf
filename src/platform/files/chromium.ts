import { existsSync } from 'node:fs';
import puppeteer, { type Browser, type Page, type PDFOptions } from 'puppeteer';
import { appError } from '../process/errors.ts';

/** Prints HTML in a Chromium that sees no network, no files and no scripts. */
export interface Printer {
  /** Throws `no_browser` where there is none to be found. */
  print(html: string, options: PDFOptions): Promise<Buffer>;
  close(): Promise<void>;
}

class NoBrowser extends Error {
  override readonly name = 'NoBrowser';
}

export interface PrinterOptions {
  /** null: one of the usual places. */
  readonly executable: string | null;
  /** Pages kept open, and so documents printed at once. */
  readonly pages?: number;
}

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
];
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--disable-quic',
  '--no-first-run',
  '--mute-audio',
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--font-render-hinting=none',
];
const DEFAULT_PAGES = 4;
const TIMEOUT_MS = 20_000;
/** A browser is begun anew after so many documents, so that its memory stays what it was. */
const DOCUMENTS_PER_BROWSER = 200;
const MAX_ATTEMPTS = 3;

/** One warm browser, begun at the first document and again after a crash; each document has a page of its own while it is printed. */
export function createPrinter({ executable, pages = DEFAULT_PAGES }: PrinterOptions): Printer {
  let house: House | null = null;
  const waiting: (() => void)[] = [];
  let busy = 0;

  async function print(html: string, options: PDFOptions): Promise<Buffer> {
    await enter();
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          return await printOnce(html, options);
        } catch (error) {
          if (error instanceof NoBrowser) throw appError('no_browser');
          if (attempt === MAX_ATTEMPTS) throw error;
        }
      }
    } finally {
      leave();
    }
  }

  async function printOnce(html: string, options: PDFOptions): Promise<Buffer> {
    const here = (house ??= openHouse(executable));
    here.printing += 1;
    try {
      const page = here.idle.pop() ?? (await newPage(await here.browser));
      await page.setContent(html, { waitUntil: 'load', timeout: TIMEOUT_MS });
      const pdf = Buffer.from(
        await page.pdf({
          printBackground: true,
          tagged: true,
          preferCSSPageSize: true,
          timeout: TIMEOUT_MS,
          ...options,
        }),
      );
      here.idle.push(page);
      return pdf;
    } catch (error) {
      leaveHouse(here);
      throw error;
    } finally {
      here.printing -= 1;
      here.printed += 1;
      if (here.printed >= DOCUMENTS_PER_BROWSER) leaveHouse(here);
      if (here.isLeft && here.printing === 0) await closeHouse(here);
    }
  }

  /** The next document opens a new browser; this one ends when the last document in it has been printed. */
  function leaveHouse(old: House): void {
    old.isLeft = true;
    if (house === old) house = null;
  }

  async function enter(): Promise<void> {
    if (busy >= pages) await new Promise<void>((resolve) => waiting.push(resolve));
    busy += 1;
  }

  function leave(): void {
    busy -= 1;
    waiting.shift()?.();
  }

  return {
    print,
    async close() {
      const last = house;
      house = null;
      if (last !== null) await closeHouse(last);
    },
  };
}

interface House {
  readonly browser: Promise<Browser>;
  readonly idle: Page[];
  printed: number;
  /** Documents in it right now. */
  printing: number;
  isLeft: boolean;
}

async function closeHouse({ browser }: House): Promise<void> {
  const opened = await browser.catch(() => null);
  await opened?.close().catch(() => undefined);
}

function openHouse(executable: string | null): House {
  const path = [...(executable === null ? USUAL_PLACES : [executable])].find((place) => existsSync(place));
  // Over a pipe, so that it ends with us, however we end.
  const browser =
    path === undefined
      ? Promise.reject(new NoBrowser())
      : puppeteer.launch({ executablePath: path, args: FLAGS, headless: true, pipe: true, timeout: TIMEOUT_MS });
  // The rejection is told to whoever prints.
  browser.catch(() => undefined);
  return { browser, idle: [], printed: 0, printing: 0, isLeft: false };
}

async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setJavaScriptEnabled(false);
  await page.setOfflineMode(true);
  return page;
}

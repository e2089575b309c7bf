import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import type { Page } from 'puppeteer';
import { signInBrowser, visit, type Visit } from '../../support/browser.ts';

const STARTS = ['/admin/overview', '/shop', '/v', '/demo/trips', '/demo/deals'];
/** The shop of an empty house is closed. */
const EMPTY_STARTS = STARTS.filter((path) => path !== '/shop');
const MOST = 300;
/** Ends the visit, is no page, or runs no script at all, so that nothing can look into it. */
const LEFT_OUT =
  /^\/(logout|assets|embed\/|api\/|demo\/embed)|\.(csv|pdf|xml|zip|xlsx|svg|json)\b|\/(file|export|pdf|print)(\?|$)/;
const WIDE = { width: 1440, height: 900 };
/** A colour on its way from light to dark is neither. */
const STILL = { name: 'prefers-reduced-motion', value: 'reduce' };
const NARROW = { width: 360, height: 760 };
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export type Look = (page: Page) => Promise<string[]>;

/** Each kind of page of the house, looked at once. */
export async function expectNoProblem(
  url: string,
  { isFull, javaScript, look }: { readonly isFull: boolean; readonly javaScript: boolean; readonly look: Look },
): Promise<void> {
  const visiting = await visit({ ...WIDE, javaScript });
  try {
    await signInBrowser(visiting.page, url);
    const { problems, opened } = await lookAtAll(visiting, url, isFull ? STARTS : EMPTY_STARTS, look);
    expect(problems).to.deep.equal([]);
    expect(opened).to.be.within(isFull ? 80 : 50, MOST - 1);
  } finally {
    await visiting.close();
  }
}

/** Follows the links from the menu on; of pages that differ by an id or a question only, the first is looked at. */
async function lookAtAll(
  visiting: Visit,
  url: string,
  starts: readonly string[],
  look: Look,
): Promise<{ readonly problems: string[]; readonly opened: number }> {
  const { page } = visiting;
  const kinds = new Set([...starts, ...STARTS]);
  const open = [...starts];
  const problems: string[] = [];
  let opened = 0;
  for (let path = open.shift(); path !== undefined && opened < MOST; path = open.shift()) {
    const answer = await page.goto(url + path).catch(unlessItIsAFile);
    if (answer === FILE) continue;
    opened += 1;
    if (answer?.status() !== 200) problems.push(`${path} answered ${answer?.status() ?? 'nothing'}`);
    problems.push(
      ...(await look(page)).map((problem) => `${path}: ${problem}`),
      ...visiting.complaints().map((complaint) => `${path}: ${complaint}`),
    );
    for (const link of await page.$$eval('a[href^="/"]:not([download])', (links) =>
      links.map((one) => one.getAttribute('href') ?? ''),
    )) {
      const target = link.split('#')[0] ?? '';
      const kind = (target.split('?')[0] ?? '').replaceAll(/\d+/g, '1').replace(/\/(trips|entries)\/[^/]+/, '/$1/1');
      if (LEFT_OUT.test(target) || kinds.has(kind)) continue;
      kinds.add(kind);
      open.push(target);
    }
  }
  return { problems, opened };
}

const FILE = 'a file';

/** What is handed out as a file opens no page, and the browser gives its visit up. */
function unlessItIsAFile(error: unknown): typeof FILE {
  if (String(error).includes('net::ERR_ABORTED')) return FILE;
  throw error;
}

/** Barriers, noise and what does not fit, wide and light as well as narrow and dark. */
export async function problemsOf(page: Page): Promise<string[]> {
  // A previewed mail stands in a frame that runs no script, so nothing can look into it.
  await page.$$eval('iframe', (frames) => {
    for (const frame of frames) frame.remove();
  });
  const wide = [...(await violationsOf(page, RULES)), ...(await shapeProblems(page))];
  await page.setViewport(NARROW);
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }, STILL]);
  // What a theme and a width can spoil; the rest is the same page.
  const narrow = [...(await violationsOf(page, ['color-contrast', 'target-size'])), ...(await shapeProblems(page))];
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }, STILL]);
  await page.setViewport(WIDE);
  return [...wide, ...narrow.map((problem) => `narrow and dark, ${problem}`)];
}

/** What can be seen and pressed, and yet does nothing: a button outside of a form that opens nothing, and a link to nowhere. */
export function deadOnes(page: Page): Promise<string[]> {
  return page.$$eval('button, a', (all) =>
    all
      .filter((one) => one.checkVisibility())
      .filter((one) => {
        if (one instanceof HTMLAnchorElement) return !one.hasAttribute('href') || one.getAttribute('href') === '#';
        const opens = one.hasAttribute('commandfor') || one.hasAttribute('popovertarget');
        return !opens && (one.form === null || one.type === 'button');
      })
      .map((one) => `dead without scripts: ${one.outerHTML.slice(0, 200)}`),
  );
}

async function violationsOf(page: Page, rules: string[]): Promise<string[]> {
  const axe = new AxePuppeteer(page);
  const { violations } = await (rules === RULES ? axe.withTags(rules) : axe.withRules(rules)).setLegacyMode().analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200) ?? ''}`);
}

async function shapeProblems(page: Page): Promise<string[]> {
  const { headings, title, excess } = await page.evaluate(() => ({
    headings: document.querySelectorAll('h1').length,
    title: document.title,
    excess: document.documentElement.scrollWidth - window.innerWidth,
  }));
  return [
    ...(headings === 1 ? [] : [`${headings} headings of the first rank`]),
    ...(title === '' ? ['no title'] : []),
    ...(excess > 0 ? [`${excess} px too wide`] : []),
  ];
}

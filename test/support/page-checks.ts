import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import type { Page } from 'puppeteer';

/** No barrier in the light and in the dark, and nothing that scrolls sideways; the page is left in the light. */
export async function expectNoBarrier(page: Page): Promise<void> {
  await settled(page);
  for (const value of ['dark', 'light']) {
    // Without motion, or a colour would be looked at half way from the one to the other.
    await page.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const { violations } = await new AxePuppeteer(page).setLegacyMode().options({ iframes: false }).analyze();
    expect(
      violations.map(({ id, nodes }) => [id, nodes[0]?.html]),
      `${page.url()} ${value}`,
    ).to.deep.equal([]);
  }
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
    `${page.url()} fits`,
  ).to.equal(true);
}

/** A printed page that follows the fields comes by itself a moment later, into a frame: what looks into frames waits for it. */
export async function settled(page: Page): Promise<void> {
  const isComing = (await page.$('[data-panel]:not([hidden]) iframe')) !== null;
  // A frame that was replaced amid its request never counts as idle; five seconds are enough for the page itself.
  if (isComing) await page.waitForNetworkIdle({ idleTime: 1000, timeout: 5000 }).catch(() => undefined);
}

export function mainText(page: Page): Promise<string> {
  return page.$eval('main', (main) => (main as HTMLElement).innerText);
}

/** Presses what leads to another page, or sends a form, and waits for the answer. */
export async function press(page: Page, selector: string): Promise<void> {
  await Promise.all([
    page.waitForNavigation(),
    page.$eval(selector, (element) => {
      (element as HTMLElement).click();
    }),
  ]);
}

/** What stands in a field, in place of what was there. */
export async function fill(page: Page, selector: string, text: string): Promise<void> {
  await page.$eval(selector, (field) => {
    (field as HTMLInputElement).value = '';
  });
  await page.type(selector, text);
}

export function valueOf(page: Page, selector: string): Promise<string> {
  return page.$eval(selector, (field) => (field as HTMLInputElement).value);
}

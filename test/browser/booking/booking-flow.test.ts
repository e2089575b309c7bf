import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import type { Page } from 'puppeteer';
import { bookingNumberKey } from '../../../src/core/engine/booking-limit.ts';
import { changedRedemptions } from '../../../src/features/booking/redemptions/redemption-list-service.ts';
import type { VoucherBody } from '../../../src/features/vouchers/record/voucher-service.ts';
import { createVoucher } from '../../../src/features/vouchers/life/voucher-create-service.ts';
import { fixedClock } from '../../../src/platform/process/clock.ts';
import { visit, type VisitOptions } from '../../support/browser.ts';
import { describeOn } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';

const clock = fixedClock('2026-11-23T10:00:00Z');
const moment = clock.moment();
const TRIP = 'wien-walzer';

describeOn('SQLite', 'in a browser, the booking flow of a traveller', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database(), clock });
    const policy = {
      maxVouchers: 3,
      maxPerType: { discount: 1, deal: 1, purchase: null, settlement: null },
      forbiddenPairs: [],
      maxPerCampaign: 1,
    };
    const choices = { strategy: 'best', discountOrder: 'percent_first', percentBase: 'original' };
    await database()
      .knex('settings')
      .insert({ name: 'stacking', value: JSON.stringify({ ...policy, ...choices }), updated_at: moment.now });
    await voucher({
      type: 'discount',
      title: 'Winterrabatt 10 %',
      code: 'WINTER-10',
      value: { tiers: [{ minTripPrice: 0, percent: 10 }] },
      usage: { maxUses: null },
    });
    await voucher({
      type: 'discount',
      title: 'Fernreisebonus',
      code: 'FERN100',
      value: { tiers: [{ minTripPrice: 500_000, amount: 10_000 }] },
    });
    await voucher({
      type: 'discount',
      title: 'Frühbucher 5 %',
      code: 'FRUEH5',
      value: { tiers: [{ minTripPrice: 0, percent: 5 }] },
      usage: { maxUses: null },
    });
    for (const code of ['GESCHENK200', 'KLEIN50'])
      await voucher({
        type: 'purchase',
        title: 'Reisegutschein',
        code,
        paidAt: moment.today,
        value: { originalValue: code === 'KLEIN50' ? 5000 : 20_000 },
        validity: { bookUntil: '2029-12-31' },
      });
    await voucher({
      type: 'purchase',
      title: 'Großer Reisegutschein',
      code: 'GROSS2000',
      paidAt: moment.today,
      value: { originalValue: 200_000 },
      validity: { bookUntil: '2029-12-31' },
    });
  });
  after(() => server.close());
  beforeEach(() => database().knex('rate_limits').del());

  async function voucher(body: VoucherBody): Promise<void> {
    await createVoucher(database(), { actor: 'test', moment }, body);
  }

  for (const javaScript of [true, false]) {
    it(`leads from a trip to a confirmation with ${javaScript ? 'scripts' : 'forms alone'}`, async () => {
      await visiting({ javaScript }, async (page) => {
        await page.goto(`${server.url}/demo/trips?theme=stadt&region=AT`);
        await go(page, '.trip-card h3 a');
        await go(page, 'main form .btn-primary');
        expect(await textOf(page, '.price-total dd')).to.equal('1.055,00 €');
        await page.click('.code-box > summary');
        await enter(page, ' winter 10 ');
        const gift = javaScript ? 'geschenk-200' : 'klein 50';
        await enter(page, gift);
        const payable = javaScript ? '751,00 €' : '901,00 €';
        expect(await textOf(page, '.price-total dd')).to.equal(payable);
        expect(await textOf(page, '.code-list')).to.contain('Dieser Gutschein ist damit aufgebraucht.');
        await go(page, '[data-confirm] .btn-primary');
        const number = await textOf(page, '[data-booking-number]');
        const found = {
          clientId: null,
          bookingKey: bookingNumberKey(number),
          updatedSince: null,
          after: null,
          limit: 1,
        };
        const [redemption] = (await changedRedemptions(database(), found)).items;
        expect(redemption?.evaluation.payable).to.equal(javaScript ? 75_100 : 90_100);
        expect(await textOf(page, '.price-total dd')).to.equal(payable);
      });
    });
  }

  it('keeps an unknown code and the focus, and says the way out', async () => {
    await visiting({}, async (page) => {
      await checkout(page);
      await page.click('.code-box > summary');
      await enter(page, 'gibtesnicht');
      expect(await textOf(page, '[data-code-error]')).to.contain('Dieser Code lässt sich nicht einlösen.');
      expect(await page.evaluate('[document.activeElement.id, document.activeElement.value]')).to.deep.equal([
        'f-code',
        'gibtesnicht',
      ]);
      await page.waitForFunction('document.querySelector("[data-announce]").textContent !== ""');
    });
  });

  it('says how much is missing to the minimum trip price', async () => {
    await visiting({}, async (page) => {
      await checkout(page, '?code=fern100');
      expect(await page.$eval('#f-code', (field) => (field as unknown as { value: string }).value)).to.equal('fern100');
      await enter(page, '');
      expect(await textOf(page, '[data-code-error]')).to.equal(
        'Noch 3.945,00 € bis zum Mindestreisepreis von 5.000,00 €.',
      );
    });
  });

  it('books nothing when Enter is pressed in the field for a code', async () => {
    await visiting({}, async (page) => {
      await checkout(page, '?code=winter10');
      await page.focus('#f-code');
      await Promise.all([
        page.waitForResponse((answer) => answer.url().endsWith('/demo/checkout')),
        page.keyboard.press('Enter'),
      ]);
      await page.waitForSelector('.code-list');
      expect(page.url()).to.contain('/demo/checkout');
      expect(await textOf(page, '.price-total dd')).to.equal('951,00 €');
    });
  });

  it('lists a code that does not stand beside another, and takes codes out again', async () => {
    await visiting({}, async (page) => {
      await checkout(page, '?code=frueh5');
      await enter(page, '');
      await enter(page, 'winter10');
      expect(await textOf(page, '.code-list .resting')).to.contain('derzeit nicht anwendbar');
      expect(await textOf(page, '.price-total dd')).to.equal('951,00 €');
      await answered(page, () => page.click('.code-list li:not(.resting) button'));
      expect(await textOf(page, '.price-total dd')).to.equal('1.003,00 €');
      expect(await page.$('.resting')).to.equal(null);
    });
  });

  it('moves nothing when the price changed, and shows the new one', async () => {
    await visiting({ javaScript: false }, async (page) => {
      await checkout(page, '?code=frueh5');
      await go(page, '.code-entry button');
      await database().knex('vouchers').where({ normalised_code: 'FRUEH5' }).update({ cancelled_at: moment.now });
      await go(page, '[data-confirm] .btn-primary');
      expect(await textOf(page, '[role=alert]')).to.contain('Gezeigt waren 1.003,00 €, jetzt sind es 1.055,00 €.');
      await database().knex('vouchers').where({ normalised_code: 'FRUEH5' }).update({ cancelled_at: null });
    });
  });

  it('asks for no payment when vouchers cover all', async () => {
    await visiting({}, async (page) => {
      await checkout(page, '?code=gross2000');
      await enter(page, '');
      expect(await page.$('[name=payment]')).to.equal(null);
      expect(await textOf(page, '.code-list')).to.contain(
        'Danach noch 945,00 € auf dem Gutschein, einlösbar bis 31.12.2029',
      );
      expect(await textOf(page, '.nothing-due')).to.contain('Nichts mehr zu zahlen');
    });
  });

  it('offers another set of codes at one tap, and keeps the rest at hand', async () => {
    const [row] = await database().knex('settings').where({ name: 'stacking' });
    const single = { ...(JSON.parse(row.value) as object), maxVouchers: 1 };
    await database()
      .knex('settings')
      .where({ name: 'stacking' })
      .update({ value: JSON.stringify(single) });
    await voucher({
      type: 'purchase',
      title: 'Gutschein',
      code: 'EINZEL1500',
      paidAt: moment.today,
      value: { originalValue: 150_000 },
    });
    await visiting({}, async (page) => {
      await checkout(page, '?code=frueh5');
      await enter(page, '');
      await enter(page, 'einzel1500');
      expect(await textOf(page, '.price-total dd')).to.equal('0,00 €');
      expect(await textOf(page, '.alternatives')).to.contain(
        'Sie zahlen 1.003,00 € und behalten 1.055,00 € auf Ihrem Gutschein.',
      );
      await answered(page, () => page.click('.alternatives button'));
      expect(await textOf(page, '.price-total dd')).to.equal('1.003,00 €');
      expect(await textOf(page, '.code-list.set-aside')).to.contain('EINZEL1500');
      await answered(page, () => page.click('.code-list.set-aside button'));
      expect(await textOf(page, '.price-total dd')).to.equal('0,00 €');
    });
    await database().knex('settings').where({ name: 'stacking' }).update({ value: row.value });
  });

  it('shows a confirmation to nobody else', async () => {
    await visiting({}, async (page) => {
      expect((await page.goto(`${server.url}/demo/confirmation/1`))?.status()).to.equal(404);
    });
  });

  for (const options of [
    {},
    { colorScheme: 'dark' },
    { width: 360, height: 740 },
    { width: 360, height: 740, colorScheme: 'dark', locale: 'en' },
  ] as VisitOptions[]) {
    it(`is accessible and fits the window (${JSON.stringify(options)})`, async () => {
      await visiting(options, async (page) => {
        for (const path of ['/demo/trips', '/demo/trips?theme=winter&region=IT', `/demo/trips/${TRIP}`]) {
          await page.goto(server.url + path);
          await expectAccessible(page);
        }
        await checkout(page, '?code=nonsense');
        await enter(page, '');
        await expectAccessible(page);
        await page.$eval('#f-code', (field) => ((field as unknown as { value: string }).value = ''));
        await enter(page, 'frueh5');
        await enter(page, 'winter10');
        await enter(page, 'gross2000');
        await expectAccessible(page);
      });
    });
  }

  async function checkout(page: Page, query = ''): Promise<void> {
    await page.goto(`${server.url}/demo/trips/${TRIP}${query}`);
    await go(page, 'main form .btn-primary');
  }
});

async function visiting(options: VisitOptions, work: (page: Page) => Promise<void>): Promise<void> {
  const visitor = await visit(options);
  await work(visitor.page);
  await visitor.close();
}

async function go(page: Page, selector: string): Promise<void> {
  await Promise.all([page.waitForNavigation(), page.click(selector)]);
}

/** Types into the field for a code and sends it, by script or by form. */
async function enter(page: Page, code: string): Promise<void> {
  if (code !== '') await page.type('#f-code', code);
  await answered(page, () => page.click('.code-entry button'));
}

/** Until the price and the codes of the answer stand on the page: each of them brings a new key of its own. */
async function answered(page: Page, act: () => Promise<void>): Promise<void> {
  const key = '[data-confirm] [name=key]';
  const before = await page.$eval(key, (field) => field.getAttribute('value'));
  await act();
  for (let look = 0; look < 200; look++) {
    const now = await page.$eval(key, (field) => field.getAttribute('value')).catch(() => before);
    if (now !== before) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the checkout did not answer');
}

function textOf(page: Page, selector: string): Promise<string> {
  return page.$eval(selector, (element) => element.textContent.replaceAll(/\s+/g, ' ').trim());
}

async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxePuppeteer(page).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).to.deep.equal([]);
  expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).to.be.at.most(0);
}

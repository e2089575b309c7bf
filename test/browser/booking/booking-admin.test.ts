import { AxePuppeteer } from '@axe-core/puppeteer';
import { expect } from 'chai';
import type { Page } from 'puppeteer';
import { apiClient, bookingOf, type ApiClient } from '../../support/api-client.ts';
import { asSignedIn, type VisitOptions } from '../../support/browser.ts';
import { describeOn, describeOnBothDatabases } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';

describeOnBothDatabases('in a browser, bookings in the admin', (database) => {
  let server: TestServer;
  let api: ApiClient;

  before(async () => {
    server = await startTestServer({ database: database() });
    api = apiClient(server.url);
    await prepare(api);
  });
  after(() => server.close());

  const textOf = async (page: Page, selector: string): Promise<string> =>
    (await page.$eval(selector, (element) => element.textContent))
      .replaceAll(/[\u00a0\u202f]/g, ' ')
      .replaceAll(/\s+/g, ' ');

  for (const options of [{}, { javaScript: false }] as VisitOptions[]) {
    const suffix = options.javaScript === false ? '-OJS' : '';
    const how = options.javaScript === false ? ', without JavaScript' : '';

    it(`are found, and give value back by the fee rule after a preview${how}`, async () => {
      const id = await redeemed(api, `FEE${suffix}`, `FEE${suffix}`);
      await signedIn(server, options, async (page) => {
        await page.goto(`${server.url}/admin/redemptions`);
        await page.type('[name=bookingNumber]', `FEE${suffix}`);
        await press(page, '.voucher-filter button');
        await press(page, 'tbody th a');
        await press(page, '.page-actions .btn-primary');
        expect(page.url()).to.equal(`${server.url}/admin/redemptions/${id}/reversal`);
        await page.click('[name=mode][value=fee]');
        await page.type('[name=fee]', '700,00');
        await press(page, '.form-actions .btn-primary');
        // 580,00 in money bear the fee first, so 120,00 of it are left for the voucher.
        expect(await textOf(page, '#preview'))
          .to.contain('Stornokosten aus Gutscheinen120,00 €')
          .and.contain('Restwert danach380,00 €');
        await press(page, '#preview .btn-danger');
        expect(await textOf(page, '.error-summary')).to.contain('Bitte einen Grund angeben.');
        expect(await page.$eval('[name=mode][value=fee]', (radio) => (radio as HTMLInputElement).checked)).to.equal(
          true,
        );
        await page.type('#preview [name=reason]', 'Kunde storniert');
        await press(page, '#preview .btn-danger');
        expect(await textOf(page, 'main'))
          .to.contain('500,00 € sind zurückgegeben.')
          .and.contain('Kunde storniert');
      });
      expect((await api.get(`/vouchers/by-code/FEE${suffix}`)).body.balance).to.equal(38_000);
    });

    it(`are freed when they hold a code${how}`, async () => {
      await api.post('/vouchers', {
        type: 'purchase',
        title: 'Halter',
        code: `HALT${suffix}`,
        paidAt: '2026-01-02',
        value: { originalValue: 50_000 },
      });
      await api.post('/holds', {
        booking: bookingOf(50_000, { reference: `korb${suffix}` }),
        codes: [`HALT${suffix}`],
      });
      await signedIn(server, options, async (page) => {
        await page.goto(`${server.url}/admin/holds?reference=korb${suffix}`);
        await page.click('[name=line]');
        await press(page, 'form[action$=release] .card-body .btn');
        expect(await textOf(page, 'main')).to.contain('1 Reservierung über 500,00 €');
        await press(page, '.btn-danger');
        expect(await textOf(page, '.error-summary')).to.contain('Bitte einen Grund angeben.');
        await page.type('[name=reason]', 'Anruf');
        await press(page, '.btn-danger');
        expect(await textOf(page, '.alert-success')).to.contain('1 Reservierung ist freigegeben.');
      });
      expect((await api.get(`/vouchers/by-code/HALT${suffix}`)).body.held).to.equal(0);
    });

    it(`are tested by hand, with rows added, an error that keeps what was typed, and the way out${how}`, async () => {
      await signedIn(server, options, async (page) => {
        await page.goto(`${server.url}/admin/booking-test?code=sommer`);
        await page.type('[name=tripPrice]', 'neunhundert');
        await press(page, 'button[value=add]');
        expect(await page.$$('[name$="[kind]"]')).to.have.lengthOf(3);
        await press(page, '.card-footer button[value=test]');
        expect(await textOf(page, '.error-summary')).to.contain('Reisepreis');
        await page.$eval('[name=tripPrice]', (field) => ((field as HTMLInputElement).value = ''));
        await page.type('[name=tripPrice]', '915,00');
        await press(page, '.card-footer button[value=test]');
        expect(await textOf(page, '.booking-result'))
          .to.contain('Gilt ab 1.000,00 € (es fehlen 85,00 €).')
          .and.contain('21 von 22 Prüfungen bestanden');
        expect(await textOf(page, '.booking-failed'))
          .to.contain('ab 1.000,00 €')
          .and.contain('915,00 €');
        await page.type('[name=sampleName]', `Vorlage${suffix}`);
        await press(page, 'button[formaction]');
        expect(await textOf(page, '.alert-success')).to.contain(`Vorlage „Vorlage${suffix}“ ist gespeichert.`);
      });
    });
  }

  it('are what a campaign is replayed against, up to its figures and its file', async () => {
    const campaign = (
      await api.post('/campaigns', {
        type: 'discount',
        title: 'Probe',
        value: { tiers: [{ minTripPrice: 0, percent: 5 }] },
      })
    ).body.id as string;
    await redeemed(api, 'REPLAY-B', 'REPLAY-B');
    await signedIn(server, {}, async (page) => {
      await page.goto(`${server.url}/admin/booking-test/replay`);
      await page.select('[name=campaign]', campaign);
      await press(page, '.form-actions .btn-primary');
      await page.$eval('[name=tiers]', (field) => ((field as HTMLTextAreaElement).value = 'fünf'));
      await press(page, '.form-actions .btn-primary');
      expect(await textOf(page, '.error-summary')).to.contain('ist keine Staffel');
      await page.$eval('[name=tiers]', (field) => ((field as HTMLTextAreaElement).value = '1000,00 = 5 %'));
      await press(page, '.form-actions .btn-primary');
      await page.waitForSelector('a[href*="/replay/"]', { timeout: 10_000 });
      await press(page, '#job a[href*="/replay/"]');
      expect(await textOf(page, 'main'))
        .to.contain('Nachgerechnet: Probe')
        .and.contain('60,00 €')
        .and.contain('geänderte Regeln');
    });
  });
});

describeOn('SQLite', 'in a browser, the pages of bookings in the admin', (database) => {
  let server: TestServer;
  let paths: string[];

  before(async () => {
    server = await startTestServer({ database: database() });
    const api = apiClient(server.url);
    await prepare(api);
    const id = await redeemed(api, 'AXE', 'AXE');
    const hold = (await api.post('/holds', { booking: bookingOf(150_000, { reference: 'axe' }), codes: ['SOMMER'] }))
      .body.id as string;
    const sommer = (await api.get('/vouchers/by-code/SOMMER')).body.id as string;
    const campaign = (
      await api.post('/campaigns', {
        type: 'discount',
        title: 'Axe',
        value: { tiers: [{ minTripPrice: 0, percent: 5 }] },
      })
    ).body.id as string;
    paths = [
      '/redemptions',
      '/redemptions?from=x',
      '/redemptions?bookingNumber=gibtesnicht',
      `/redemptions/${id}`,
      `/redemptions/${id}/reversal?mode=whole`,
      `/redemptions/${id}/reversal?mode=amount&amount=99999`,
      '/holds',
      `/holds/release?line=${hold}-${sommer}`,
      '/holds/release',
      '/booking-test/samples',
      '/booking-test/replay',
      `/booking-test/replay?campaign=${campaign}`,
      '/settings/reversals',
      `/booking-test?redemption=${id}`,
    ];
  });
  after(() => server.close());

  for (const options of [{ colorScheme: 'light' }, { colorScheme: 'dark' }] as const) {
    it(`have no barrier in ${options.colorScheme}`, async function () {
      this.timeout(120_000);
      await signedIn(server, options, async (page) => {
        for (const path of paths) {
          await page.goto(`${server.url}/admin${path}`);
          await expectNoBarrier(page, path);
        }
        await press(page, '.card-footer button[value=test]');
        await expectNoBarrier(page, 'result of the booking test');
      });
    });
  }

  it('fit a phone', async function () {
    this.timeout(60_000);
    await signedIn(server, { width: 360 }, async (page) => {
      for (const path of paths) {
        await page.goto(`${server.url}/admin${path}`);
        expect(
          await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
          `${path} is wider than the screen`,
        ).to.be.at.most(0);
      }
    });
  });
});

async function expectNoBarrier(page: Page, what: string): Promise<void> {
  const { violations } = await new AxePuppeteer(page).analyze();
  expect(violations.map(({ id, nodes }) => `${what} ${id}: ${nodes[0]?.html ?? ''}`)).to.deep.equal([]);
}

async function prepare(api: ApiClient): Promise<void> {
  await api.put('/settings/stacking', { maxVouchers: 3 });
  await api.post('/vouchers', {
    type: 'discount',
    title: 'Sommer',
    code: 'SOMMER',
    value: { tiers: [{ minTripPrice: 100_000, percent: 10 }] },
    usage: { maxUses: null },
  });
}

async function redeemed(api: ApiClient, code: string, bookingNumber: string): Promise<string> {
  await api.post('/vouchers', {
    type: 'purchase',
    title: 'Geschenk',
    code,
    paidAt: '2026-01-02',
    value: { originalValue: 50_000 },
  });
  const answer = await api.post('/redemptions', {
    booking: bookingOf(120_000),
    codes: ['SOMMER', code],
    bookingNumber,
  });
  expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
  return answer.body.id as string;
}

function signedIn(server: TestServer, options: VisitOptions, work: (page: Page) => Promise<void>): Promise<void> {
  return asSignedIn(server.url, options, work);
}

function press(page: Page, selector: string): Promise<unknown> {
  return Promise.all([page.waitForNavigation(), page.click(selector)]);
}

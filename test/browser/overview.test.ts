import { expect } from 'chai';
import { systemClock } from '../../src/platform/process/clock.ts';
import { apiClient, bookingOf } from '../support/api-client.ts';
import { signInBrowser, visit } from '../support/browser.ts';
import { describeOn } from '../support/databases.ts';
import { startTestServer, type TestServer } from '../support/http.ts';
import { expectNoBarrier, mainText, press } from '../support/page-checks.ts';

describeOn('SQLite', 'in a browser, the overview', (database) => {
  let server: TestServer;
  const today = systemClock('Europe/Berlin').today();
  const inTenDays = new Date(Date.parse(today) + 10 * 86_400_000).toISOString().slice(0, 10);

  before(async () => {
    server = await startTestServer({ database: database() });
    const api = apiClient(server.url);
    const sold = async (title: string, cents: number, bookUntil: string): Promise<string> => {
      const { body } = await api.post('/vouchers', {
        type: 'purchase',
        title,
        code: title.toUpperCase(),
        value: { originalValue: cents },
        validity: { bookUntil },
      });
      await api.post(`/vouchers/${String(body.id)}/pay`, { paidAt: today, method: 'bank_transfer' });
      return title.toUpperCase();
    };
    await sold('Bald-vorbei', 7000, inTenDays);
    const used = await sold('Genutzt', 10_000, '2033-12-31');
    await api.post('/redemptions', { booking: bookingOf(4000), codes: [used], bookingNumber: 'B-1' });
    await api.post('/vouchers', {
      type: 'discount',
      title: 'Reserviert',
      code: 'HALT',
      value: { tiers: [{ minTripPrice: 0, percent: 10 }] },
    });
    await api.post('/holds', { booking: bookingOf(50_000, { reference: 'B-77' }), codes: ['HALT'] });
  });
  after(() => server.close());

  it('leads from each figure to the list that makes it up', async function () {
    this.timeout(90_000);
    const { page, close } = await visit();
    await signInBrowser(page, server.url);
    await page.goto(`${server.url}/admin/overview`);
    await expectNoBarrier(page);
    const tiles = await page.$$eval('.tile', (all) =>
      all.map((tile) => ({
        label: tile.querySelector('.tile-label')?.textContent ?? '',
        value: (tile.querySelector('strong')?.textContent ?? '').replaceAll(/[\u00a0\u202f]/g, ' '),
        href: (tile as HTMLAnchorElement).href,
      })),
    );
    const of = (label: string) => tiles.find((tile) => tile.label === label) ?? { label, value: 'none', href: 'none' };
    expect(of('Offene Verbindlichkeit').value).to.equal('130,00 €');
    expect(of('Verkauft diesen Monat').value).to.equal('170,00 €');
    expect(of('Eingelöst diesen Monat').value).to.equal('40,00 €');
    expect(of('Laufen in 30 Tagen ab').value).to.equal('1');
    expect(of('Reservierte Codes').value).to.equal('1');
    const shows: Readonly<Record<string, readonly [readonly string[], readonly string[]]>> = {
      'Offene Verbindlichkeit': [['130,00'], []],
      'Verkauft diesen Monat': [['70,00', '100,00'], []],
      'Eingelöst diesen Monat': [['40,00'], []],
      'Laufen in 30 Tagen ab': [['Bald-vorbei'], ['Genutzt', 'Reserviert']],
      'Reservierte Codes': [['HALT'], ['GENUTZT']],
    };
    for (const [label, [present, absent]] of Object.entries(shows)) {
      await page.goto(of(label).href);
      const text = (await mainText(page)).replaceAll(/[\u00a0\u202f]/g, ' ');
      for (const one of present) expect(text, label).to.contain(one);
      for (const one of absent) expect(text, label).not.to.contain(one);
    }
    await page.goto(`${server.url}/admin/overview`);
    expect(
      await page.$eval('.report-chart img', (image) => (image as HTMLImageElement).naturalWidth),
    ).to.be.greaterThan(100);
    await page.$eval('details summary', (summary) => {
      (summary as HTMLElement).click();
    });
    expect((await mainText(page)).replaceAll(/[\u00a0\u202f]/g, ' '))
      .to.contain('170,00 €')
      .and.contain('40,00 €');
    await press(page, 'details tbody tr:first-child a');
    expect((await mainText(page)).replaceAll(/[\u00a0\u202f]/g, ' ')).to.contain('100,00 €');
    await close();
  });
});

import { expect } from 'chai';
import { addDays } from '../../../src/core/calendar.ts';
import { systemClock } from '../../../src/platform/process/clock.ts';
import { apiClient, bookingOf } from '../../support/api-client.ts';
import { describeOnBothDatabases } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { signedIn } from '../../support/pages.ts';

describeOnBothDatabases('the overview', (database) => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ database: database() });
  });
  after(() => server.close());

  it('tells what is owed, sold and redeemed, and leads to the list behind each figure', async () => {
    const api = apiClient(server.url);
    const today = systemClock('Europe/Berlin').today();
    const inTenDays = addDays(systemClock('Europe/Berlin').today(), 10);
    await api.post('/vouchers', {
      type: 'purchase',
      title: 'K',
      code: 'UEBERSICHT',
      paidAt: today,
      value: { originalValue: 30_000 },
      validity: { bookUntil: inTenDays },
    });
    for (const [code, days] of [
      ['SPAETER', 45],
      ['FRUEHER', -3],
    ] as const) {
      const bookUntil = addDays(systemClock('Europe/Berlin').today(), days);
      await api.post('/vouchers', {
        type: 'settlement',
        title: code,
        code,
        funding: 'goodwill',
        paidAt: today,
        value: { originalValue: 1 },
        validity: { bookUntil },
      });
    }
    await api.post('/redemptions', { booking: bookingOf(12_500), codes: ['UEBERSICHT'], bookingNumber: 'U-1' });
    const { body: campaign } = await api.post('/campaigns', {
      type: 'discount',
      title: 'Fast leer',
      budget: 1000,
      value: { tiers: [{ minTripPrice: 0, amount: 900 }] },
    });
    const { body: job } = await api.post(`/campaigns/${campaign.id as string}/codes`, { codes: ['LEER-1'] });
    await api.jobEnd(job.id as string);
    await api.post('/redemptions', { booking: bookingOf(50_000), codes: ['LEER-1'], bookingNumber: 'U-2' });
    const admin = await signedIn(server.url);
    const page = await admin.get('/admin/overview');
    const tiles = [
      ...page.html.matchAll(
        /<a class="tile[^"]*" href="([^"]+)">[^]*?<span class="tile-label">([^<]+)<\/span><strong>([^<]+)</g,
      ),
    ].map(([, href = '', label = '', value = '']) => ({
      href: href.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='),
      label,
      value: value.replace(/\s/g, ' '),
    }));
    const valueOf = (label: string): string | undefined => tiles.find((tile) => tile.label === label)?.value;
    expect(valueOf('Offene Verbindlichkeit')).to.equal('175,00 €');
    expect(valueOf('Verkauft diesen Monat')).to.equal('300,00 €');
    expect(valueOf('Eingelöst diesen Monat')).to.equal('125,00 €');
    expect(valueOf('Laufen in 30 Tagen ab')).to.equal('1');
    expect(page.html).to.contain('Fast leer').and.contain('9,00');
    const listed = (await admin.get(tiles.find(({ label }) => label === 'Laufen in 30 Tagen ab')?.href ?? '')).html;
    expect([...listed.matchAll(/<th scope="row"><a href="\/admin\/vouchers\//g)].length).to.equal(1);
    const sold = (await admin.get(tiles.find(({ label }) => label === 'Verkauft diesen Monat')?.href ?? '')).html;
    expect(sold.replaceAll(/[\u00a0\s]+/g, ' '))
      .to.contain('300,00')
      .and.not.contain('125,00');
    const [ofMonth = ''] = [...page.html.matchAll(/href="([^"]*journal[^"]*from[^"]*)"/g)].map(([, href = '']) =>
      href.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='),
    );
    expect((await admin.get(ofMonth)).html.replaceAll(/[\u00a0\s]+/g, ' '))
      .to.contain('300,00')
      .and.not.contain('125,00');
    for (const { href } of tiles) expect((await admin.get(href)).status, href).to.equal(200);
    const chart = await admin.get('/admin/overview/chart.svg');
    expect([chart.status, chart.html.startsWith('<svg')]).to.deep.equal([200, true]);
    expect((await admin.get('/admin')).location).to.equal('/admin/overview');
  });
});

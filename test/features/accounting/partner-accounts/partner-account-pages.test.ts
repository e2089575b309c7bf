import { expect } from 'chai';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { turningClock } from '../../../support/clock.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';
import { agency, settled, soldDeals } from './partner-books.ts';

/** The text of a row of a table, cell by cell. */
function rowOf(html: string, name: string): string[] {
  const row = html.split('<tr').find((one) => one.includes(`>${name}<`)) ?? '';
  return [...row.matchAll(/<t[hd][^>]*>([\s\S]*?)<\/t[hd]>/g)].map(([, cell = '']) =>
    cell
      .replaceAll(/<[^>]*>/g, '')
      .replaceAll('\u00a0', ' ')
      .trim(),
  );
}

describeOnBothDatabases('the accounts of partners', (database) => {
  let server: TestServer;
  let api: ApiClient;
  let admin: Visitor;

  before(async () => {
    server = await startTestServer({ database: database(), clock: turningClock(() => '2026-06-15T10:00:00Z') });
    api = apiClient(server.url);
    admin = await signedIn(server.url);
    await agency(database(), 'stadt', '10600');
    await agency(database(), 'land', '10500');
    await agency(database(), 'klein', '');
    const ids = await soldDeals({ database: database(), api }, 'stadt', 'AG-1', [9900, 9900, 9900]);
    await settled(database(), ids, 'AG-1', { net: 1500, vat: 285 });
    await soldDeals({ database: database(), api }, 'stadt', 'AG-2', [5000]);
    await soldDeals({ database: database(), api }, 'land', 'LA-1', [7000], '2026-06-01');
    await soldDeals({ database: database(), api }, 'klein', 'KL-1', [300]);
  });
  after(() => server.close());

  const balances = () => admin.get('/admin/accounting/balances?from=01.02.2026&to=30.06.2026');

  it('stand in the trial balance one by one, and only who has none on the collective one', async () => {
    const { html } = await balances();
    expect(rowOf(html, '10600').slice(-3)).to.deep.equal(['347,00 €', '297,00 €', '50,00 €']);
    expect(rowOf(html, '10500').slice(-3)).to.deep.equal(['70,00 €', '0,00 €', '70,00 €']);
    expect(rowOf(html, '10001').slice(-3)).to.deep.equal(['3,00 €', '0,00 €', '3,00 €']);
    expect(html).to.not.contain('Soll ≠ Haben');
    const later = await admin.get('/admin/accounting/balances?from=01.06.2026&to=30.06.2026');
    expect(rowOf(later.html, '10600').slice(-4)).to.deep.equal(['50,00 €', '0,00 €', '0,00 €', '50,00 €']);
  });

  it('are what the journal is filtered by', async () => {
    const journal = async (account: string): Promise<string> =>
      (await admin.get(`/admin/accounting/journal?from=01.01.2026&to=30.06.2026&account=${account}`)).html;
    expect(await journal('10600'))
      .to.contain('AG-1')
      .and.contain('AG-2')
      .and.not.contain('LA-1');
    expect(await journal('10500'))
      .to.contain('LA-1')
      .and.not.contain('AG-1');
    expect(await journal('10001'))
      .to.contain('KL-1')
      .and.not.contain('AG-1')
      .and.not.contain('LA-1');
  });

  it('tell what is open, since when and by which document: sale, commission and payout clear each other', async () => {
    const { html } = await admin.get('/admin/accounting/partners?on=15.06.2026');
    expect(rowOf(html, 'STADT GmbH')).to.deep.equal([
      'STADT GmbH',
      '10600',
      '1',
      '01.02.2026',
      '0,00 €',
      '0,00 €',
      '0,00 €',
      '50,00 €',
      '50,00 €',
    ]);
    expect(rowOf(html, 'LAND GmbH').slice(-5)).to.deep.equal(['70,00 €', '0,00 €', '0,00 €', '0,00 €', '70,00 €']);
    const documents = await admin.get('/admin/accounting/partners/stadt?on=15.06.2026');
    expect(documents.html).to.contain('AG-2').and.not.contain('AG-1');
    expect(rowOf(documents.html, 'AG-2').slice(1)).to.deep.equal(['01.02.2026', '134', '50,00 €', '0,00 €', '50,00 €']);
    const before = await admin.get('/admin/accounting/partners/stadt?on=15.02.2026');
    expect(rowOf(before.html, 'AG-1').slice(3)).to.deep.equal(['297,00 €', '53,55 €', '243,45 €']);
  });

  it('answer a day that is none with its field, and an unknown partner with not found', async () => {
    const wrong = await admin.get('/admin/accounting/partners?on=31.02.2026');
    expect(wrong.status).to.equal(422);
    expect(wrong.html).to.contain('value="31.02.2026"');
    expect((await admin.get('/admin/accounting/partners/niemand')).status).to.equal(404);
  });
});

import { expect } from 'chai';
import { DEFAULT_SETUP } from '../../../../src/core/books/chart-of-accounts.ts';
import { saveSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import { fixedClock } from '../../../../src/platform/process/clock.ts';
import { apiClient } from '../../../support/api-client.ts';
import { describeOn } from '../../../support/databases.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';

describeOn('SQLite', 'an end that is shorter than the limitation', (database) => {
  let server: TestServer;
  let visitor: Visitor;
  before(async () => {
    server = await startTestServer({ database: database(), clock: fixedClock('2026-07-03T10:00:00Z') });
    visitor = await signedIn(server.url);
    await visitor.get('/admin/vouchers/new?type=purchase');
  });
  after(() => server.close());

  const said = async (fields: Record<string, string>, page = 'vouchers'): Promise<string> =>
    (
      await visitor.post(`/admin/${page}/preview`, {
        type: 'purchase',
        shownType: 'purchase',
        title: 'T',
        originalValue: '100,00',
        paidAt: '01.07.2026',
        ...fields,
      })
    ).html;

  it('is told with its date while the form is filled in, for vouchers and campaigns', async () => {
    expect(await said({ bookUntil: '31.12.2028' }))
      .to.contain('31.12.2029')
      .and.contain('Verjährung');
    expect(await said({ bookUntil: '31.12.2028' }, 'campaigns')).to.contain('31.12.2029');
    const sound: Record<string, string>[] = [
      { bookUntil: '31.12.2029' },
      { bookUntil: '' },
      { type: 'discount', shownType: 'discount', bookUntil: '01.08.2026' },
      { type: 'settlement', shownType: 'settlement', funding: 'goodwill', bookUntil: '01.08.2026' },
    ];
    for (const fields of sound) expect(await said(fields)).not.to.contain('Verjährung');
  });

  it('is told by the API and after an extension, which are done all the same', async () => {
    const api = apiClient(server.url);
    const short = { code: 'end_too_short', soundEnd: '2029-12-31' };
    const made = await api.post('/vouchers', {
      type: 'purchase',
      title: 'Kurz',
      code: 'KURZ-ENDE-1',
      paidAt: '2026-07-01',
      value: { originalValue: 5000 },
      validity: { bookUntil: '2026-12-31' },
    });
    expect(made.body.warnings).to.deep.equal([{ ...short, bookUntil: '2026-12-31' }]);
    const path = `/vouchers/${made.body.id as string}`;
    expect((await api.patch(path, { validity: { bookUntil: '2027-06-30' } })).body.warnings).to.deep.equal([
      { ...short, bookUntil: '2027-06-30' },
    ]);
    expect(
      (await api.post(`${path}/extend`, { bookUntil: '2029-12-31', reason: 'bis zur Verjährung' })).body.warnings,
    ).to.deep.equal([]);
    const other = await api.post('/vouchers', {
      type: 'purchase',
      title: 'Kurz',
      code: 'KURZ-ENDE-2',
      paidAt: '2026-07-01',
      value: { originalValue: 5000 },
      validity: { bookUntil: '2026-12-31' },
    });
    const family = `/admin/vouchers/${other.body.id as string}/family`;
    await visitor.get(family);
    expect(
      (await visitor.post(`${family}/extend`, { bookUntil: '31.03.2027', reason: 'Kulanz', once: 'e' })).status,
    ).to.equal(303);
    expect((await visitor.get(family)).html)
      .to.contain('31.12.2029')
      .and.contain('Verjährung');
  });

  it('follows the country of the accounts, and can be saved', async () => {
    await saveSetup(database(), { ...DEFAULT_SETUP, chart: 'KMU' }, null, null, 'test', 1);
    expect(await said({ bookUntil: '30.06.2036' })).to.contain('01.07.2036');
    expect(await said({ bookUntil: '01.07.2036' })).not.to.contain('Verjährung');
    const saved = await visitor.post('/admin/vouchers', {
      type: 'purchase',
      shownType: 'purchase',
      title: 'Kurz',
      originalValue: '100,00',
      paidAt: '01.07.2026',
      bookUntil: '31.12.2026',
      active: 'true',
      method: 'cash',
      once: 'x',
      do: 'save',
    });
    expect(saved.status).to.equal(303);
  });
});

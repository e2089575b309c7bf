import { expect } from 'chai';
import { DEFAULT_SETUP } from '../../../src/core/books/chart-of-accounts.ts';
import { comparisonsOf } from '../../../src/features/accounting/closing/comparison-service.ts';
import { closeMonth } from '../../../src/features/accounting/closing/period-service.ts';
import { importMark } from '../../../src/features/accounting/closing/export-mark-service.ts';
import { sealRun, writeRun } from '../../../src/features/accounting/datev/export-run-service.ts';
import { saveSetup } from '../../../src/features/accounting/ledger/setup-service.ts';
import { monthEnd } from '../../../src/features/dashboard/month-end-service.ts';
import { apiClient } from '../../support/api-client.ts';
import { turningClock } from '../../support/clock.ts';
import { describeOnBothDatabases } from '../../support/databases.ts';
import { startTestServer, type TestServer } from '../../support/http.ts';
import { signedIn, type Visitor } from '../../support/pages.ts';

const MONTH = '2026-01';
const MOMENT = { now: Date.parse('2026-02-05T10:00:00Z'), today: '2026-02-05', timeZone: 'Europe/Berlin' };

describeOnBothDatabases('the end of a month', (database) => {
  let server: TestServer;
  let admin: Visitor;
  let day = '2026-01-10';
  let runId = '';

  before(async () => {
    server = await startTestServer({ database: database(), clock: turningClock(() => `${day}T10:00:00Z`) });
    const setup = { ...DEFAULT_SETUP, datev: { ...DEFAULT_SETUP.datev, consultant: '29098', client: '55003' } };
    await saveSetup(database(), setup, null, null, 'test', 1);
    await apiClient(server.url).post('/vouchers', {
      type: 'purchase',
      title: 'Kauf',
      value: { originalValue: 10_000 },
      paidAt: day,
    });
    day = '2026-02-05';
    admin = await signedIn(server.url);
  });
  after(() => server.close());

  const counts = async () => (await monthEnd(database(), MONTH, day))?.counts;
  const books = (typed: string) => ({ from: '01.01.2026', on: '31.01.2026', known: '', 'gl-1796-EUR': typed });

  it('lists what is to be done, each with its count and where it is done', async () => {
    expect(await counts()).to.include({ exported: 1, imported: 0, compared: 1, refunds: 0, shifts: 0 });
    const page = await admin.get(`/admin/accounting/month-end?month=${MONTH}`);
    expect(page.html)
      .to.contain('Monatsabschluss Januar 2026')
      .and.contain('/admin/accounting/exports/preview?')
      .and.contain('/admin/refunds')
      .and.contain('/admin/accounting/periods/2026-01/close');
    expect((await admin.get('/admin/accounting/month-end?month=2020-01')).status).to.equal(404);
    expect((await admin.get('/admin/accounting/month-end?month=x')).status).to.equal(404);
  });

  it('keeps what the general ledger said with who and when, and is done only where both agree', async () => {
    const post = (typed: string) => admin.post('/admin/accounting/liabilities/comparison', books(typed));
    const empty = await post('');
    expect((await admin.get(empty.location ?? '')).html).to.contain('mindestens einen Saldo');
    await post('99,00');
    expect(await counts()).to.include({ compared: 1 });
    await post('100,00');
    expect(await counts()).to.include({ compared: 0 });
    const kept = await comparisonsOf(database().knex, '2026-01-31');
    expect(
      kept.map(({ account, expected, actual, createdBy }) => [account, expected, actual, createdBy]),
    ).to.deep.equal([['1796', 10_000, 10_000, 'user:1']]);
    expect(await database().knex('book_comparisons').select('id')).to.have.length(2);
  });

  it('marks a run as read in, which then is not taken back until the mark is', async () => {
    runId = await sealRun(database(), { fromMonth: MONTH, toMonth: MONTH }, 'test', MOMENT);
    await writeRun(database(), runId, MOMENT);
    expect(await counts()).to.include({ exported: 0, imported: 1 });
    const mark = (isImported: string) => admin.post(`/admin/accounting/exports/${runId}/imported`, { isImported });
    await mark('1');
    expect((await importMark(database().knex, runId))?.by).to.equal('user:1');
    expect(await counts()).to.include({ imported: 0 });
    const undo = await admin.post(`/admin/accounting/exports/${runId}/undo`, { reason: 'falsch' });
    expect((await admin.get(undo.location ?? '')).html).to.contain('als in DATEV eingelesen vermerkt');
    await mark('0');
    expect(await importMark(database().knex, runId)).to.equal(null);
  });

  it('leaves the run of a closed month as it is', async () => {
    await closeMonth(database(), MONTH, 'test', MOMENT);
    const undo = await admin.post(`/admin/accounting/exports/${runId}/undo`, { reason: 'falsch' });
    expect((await admin.get(undo.location ?? '')).html).to.contain('abgeschlossenen Monat');
    expect(
      (await database().knex('export_runs').where({ id: runId }).first<{ state: string }>('state')).state,
    ).to.equal('written');
    expect((await admin.get(`/admin/accounting/month-end?month=${MONTH}`)).html).to.contain('ist abgeschlossen');
  });
});

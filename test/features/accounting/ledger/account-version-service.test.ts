import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import ExcelJS from 'exceljs';
import unzipper from 'unzipper';
import { DEFAULT_SETUP, type AccountingSetup } from '../../../../src/core/books/chart-of-accounts.ts';
import { writeAuditData } from '../../../../src/features/accounting/audit-data/audit-data-service.ts';
import { closeMonth } from '../../../../src/features/accounting/closing/period-service.ts';
import { filesOfRun, readRunFile } from '../../../../src/features/accounting/datev/export-run-service.ts';
import {
  accountBalances,
  accountLiabilities,
  accountVersions,
} from '../../../../src/features/accounting/ledger/account-version-service.ts';
import { currentSetup, saveSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import { fixedClock } from '../../../../src/platform/process/clock.ts';
import { apiClient, type ApiClient } from '../../../support/api-client.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';
import { startTestServer, type TestServer } from '../../../support/http.ts';
import { signedIn, type Visitor } from '../../../support/pages.ts';
import { createRun } from '../datev/datev-run.ts';

const DAYS = 'from=01.01.2026&to=31.01.2026';
const ON = 'from=01.01.2026&on=31.01.2026';
const PAGES = [
  `/admin/accounting/balances?${DAYS}`,
  `/admin/accounting/journal?${DAYS}`,
  `/admin/accounting/journal?${DAYS}&account=1796`,
  `/admin/accounting/journal?${DAYS}&account=1797`,
  `/admin/accounting/liabilities?${ON}`,
  `/admin/accounting/liabilities/items?${ON}`,
  `/admin/accounting/liabilities/items.csv?${ON}`,
  `/admin/accounting/payments?${DAYS}`,
];

describeOnBothDatabases('a closed month', (database) => {
  const { sell, spend } = historyOf(database);
  const clock = fixedClock('2026-02-05T10:00:00Z');
  let server: TestServer;
  let api: ApiClient;
  let accountant: Visitor;
  let directory: string;
  let runId: string;
  const ids: string[] = [];

  before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'reisebon-closed-'));
    server = await startTestServer({ database: database(), clock });
    api = apiClient(server.url);
    accountant = await signedIn(server.url);
    await setup({});
    for (const [index, cents] of [10_000, 20_000, 30_000, 40_000].entries()) {
      const validity = { bookUntil: '2029-12-31' };
      ids.push((await sell(`Karte ${index}`, cents, `2026-01-1${index}`, { code: `KARTE-${index}`, validity })).id);
    }
    await spend(['KARTE-0'], 4000, 'B-1', '2026-01-20');
    await closeMonth(database(), '2026-01', 'test', clock.moment());
    const moment = { ...clock.moment(), timeZone: 'Europe/Berlin' };
    runId = (await createRun(database(), { fromMonth: '2026-01', toMonth: '2026-01' }, 'test', moment)).id;
  });
  after(async () => {
    await server.close();
    rmSync(directory, { recursive: true });
  });

  const setup = async (accounts: Readonly<Record<string, string>>): Promise<void> => {
    const { id, setup: known } = await currentSetup(database().knex);
    const datev = { ...DEFAULT_SETUP.datev, consultant: '29098', client: '55003' };
    const next: AccountingSetup = { ...known, accounts: { ...known.accounts, ...accounts }, datev };
    await saveSetup(database(), next, id, null, 'test', clock.now());
  };

  /** What stands on the pages, without what each answer has of its own. */
  const pages = async (): Promise<Record<string, string>> => {
    const found: Record<string, string> = {};
    for (const path of PAGES) {
      const { html, status } = await accountant.get(path);
      expect(status, path).to.equal(200);
      found[path] = html.replaceAll(/(name="_csrf" value|nonce)="[^"]*"/g, '');
    }
    return found;
  };

  const workbooks = async (): Promise<Record<string, unknown>> => {
    const found: Record<string, unknown> = {};
    for (const [page, path, fields] of [
      [
        `/admin/accounting/journal?${DAYS}`,
        '/admin/accounting/journal/workbook',
        { from: '01.01.2026', to: '31.01.2026' },
      ],
      [
        `/admin/accounting/liabilities?${ON}`,
        '/admin/accounting/liabilities/workbook',
        { from: '01.01.2026', on: '31.01.2026' },
      ],
      [
        `/admin/accounting/liabilities/items?${ON}`,
        '/admin/accounting/liabilities/items/workbook',
        { from: '01.01.2026', on: '31.01.2026' },
      ],
    ] as const) {
      await accountant.get(page);
      const id = (await accountant.post(path, fields)).location?.split('/').at(-1) ?? '';
      expect((await api.jobEnd(id)).body.state, path).to.equal('done');
      const file = await fetch(`${server.url}/admin/jobs/${id}/file`, {
        headers: { cookie: [...accountant.cookies].map(([key, value]) => `${key}=${value}`).join('; ') },
      });
      const book = new ExcelJS.Workbook();
      await book.xlsx.load(await file.arrayBuffer());
      found[path] = book.worksheets.map((sheet) => [sheet.name, sheet.getSheetValues()]);
    }
    return found;
  };

  const auditData = async (): Promise<Record<string, string>> => {
    const path = join(directory, `${Math.random()}.zip`);
    await writeAuditData(database().knex, createWriteStream(path), {
      from: '2026-01-01',
      to: '2026-01-31',
      supplier: { name: 'Sonne', location: 'Berlin', comment: '' },
      dtdPath: null,
      madeAt: clock.now(),
      texts: { t: (key) => key, has: () => false },
    });
    const { files } = await unzipper.Open.buffer(readFileSync(path));
    const kept = files.filter(({ path: name }) =>
      ['gutschein_journal.csv', 'periode.csv', 'siegel_eintrag.csv'].includes(name),
    );
    return Object.fromEntries(
      await Promise.all(kept.map(async (file) => [file.path, (await file.buffer()).toString()])),
    );
  };

  const exported = async (): Promise<Record<string, string>> => {
    const found: Record<string, string> = {};
    for (const { name } of await filesOfRun(database().knex, runId)) {
      const parts: Buffer[] = [];
      for await (const part of (await readRunFile(database().knex, runId, name)).content) parts.push(part);
      found[name] = Buffer.concat(parts).toString('latin1');
    }
    return found;
  };

  it('says the same on every page, in every workbook and every file, whatever is changed later', async () => {
    const told = async () => ({
      pages: await pages(),
      workbooks: await workbooks(),
      auditData: await auditData(),
      exported: await exported(),
    });
    const before = await told();
    expect(before.pages[`/admin/accounting/journal?${DAYS}&account=1796`]).to.contain('B-1');
    await setup({ V_KAUF: '1797', TRANSIT: '1361', DEBITOR: '10009' });
    expect((await api.post(`/vouchers/${ids[1]}/deactivate`, { reason: 'verloren' })).status).to.equal(200);
    expect(
      (await api.post(`/vouchers/${ids[2]}/extend`, { bookUntil: '2035-12-31', reason: 'Kulanz' })).status,
    ).to.equal(200);
    expect((await api.post(`/vouchers/${ids[3]}/cancel`, { refund: true, reason: 'Widerruf' })).status).to.equal(200);
    await spend(['KARTE-0'], 1000, 'B-2', '2026-02-05');
    const after = await told();
    expect(after.pages).to.deep.equal(before.pages);
    expect(after.workbooks).to.deep.equal(before.workbooks);
    expect(after.auditData).to.deep.equal(before.auditData);
    expect(after.exported).to.deep.equal(before.exported);
  }).timeout(180_000);

  it('leaves its balance on its accounts, and what is open stands on the present ones', async () => {
    const { knex } = database();
    const versions = await accountVersions(knex);
    const onAccount = async (from: string, to: string) =>
      (await accountBalances(knex, versions, { from, to }))
        .filter(({ account }) => account === '1796' || account === '1797')
        .map(({ account, debit, credit }) => [account, debit, credit]);
    expect(await onAccount('2026-01-01', '2026-01-31')).to.deep.equal([['1796', 4000, 100_000]]);
    expect(await onAccount('2026-02-01', '2026-02-28')).to.deep.equal([['1797', 41_000, 0]]);
    const owed = await accountLiabilities(knex, versions, '2026-02-28');
    expect(owed.map(({ account, cents }) => [account, cents])).to.deep.equal([
      ['1796', 96_000],
      ['1797', -41_000],
    ]);
  });

  it('keeps what an open month was exported with, until the run is taken back', async () => {
    const { knex } = database();
    const moment = { now: clock.now() + 1, today: '2026-03-01', timeZone: 'Europe/Berlin' };
    await createRun(database(), { fromMonth: '2026-02', toMonth: '2026-02' }, 'test', moment);
    await setup({ V_KAUF: '1799' });
    const february = async () =>
      (await accountBalances(knex, await accountVersions(knex), { from: '2026-02-01', to: '2026-02-28' }))
        .map(({ account }) => account)
        .filter((account) => account?.startsWith('179'));
    expect(await february()).to.deep.equal(['1797']);
    const page = await accountant.get('/admin/accounting/journal?from=01.02.2026&to=28.02.2026&account=1797');
    expect(page.html).to.contain('B-2');
    const other = await accountant.get('/admin/accounting/journal?from=01.02.2026&to=28.02.2026&account=1799');
    expect(other.html).not.to.contain('B-2');
  });
});

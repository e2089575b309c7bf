import { expect } from 'chai';
import { APPEND_ONLY_TABLES, grantStatements } from '../../../../src/features/accounting/proof/grants-service.ts';
import { closeMonth } from '../../../../src/features/accounting/closing/period-service.ts';
import { createRun } from '../datev/datev-run.ts';
import { saveSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import { DEFAULT_SETUP } from '../../../../src/core/books/chart-of-accounts.ts';
import { openMigratedDatabase } from '../../../../src/platform/process/startup.ts';
import type { Database } from '../../../../src/platform/data/db.ts';
import { triggerNames } from '../records/tampering.ts';
import { sealRecords } from '../../../../src/features/accounting/records/record-seal-service.ts';
import { sealLedger } from '../../../../src/features/accounting/proof/seal-service.ts';
import { describeOn, describeOnBothDatabases } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';
import { startTestServer } from '../../../support/http.ts';
import { signedIn } from '../../../support/pages.ts';

const USER = `app_${process.pid}`;

describeOn('MariaDB', 'the rights of the application user', (database) => {
  let app: Database;
  const { sell, spend, giveBack } = historyOf(() => app);

  before(async () => {
    const { knex } = database();
    const rows = (await knex.raw(
      'select database() as name, table_name as tableName from information_schema.tables where table_schema = database()',
    )) as [{ name: string; tableName: string }[]];
    await knex.raw(`create user '${USER}'@'%' identified by 'geheim'`);
    for (const statement of grantStatements(
      rows[0][0]?.name ?? '',
      `'${USER}'@'%'`,
      rows[0].map(({ tableName }) => tableName),
    ))
      await knex.raw(statement);
    const url = new URL(database().url);
    url.username = USER;
    url.password = 'geheim';
    app = await openMigratedDatabase(url.href);
  });
  after(() => app.close());

  const refusal = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) => String((error as { code?: unknown }).code),
    );

  it('are enough for the product: sell, redeem, give back, export, close, sign in', async () => {
    await saveSetup(
      app,
      { ...DEFAULT_SETUP, datev: { ...DEFAULT_SETUP.datev, consultant: '29098', client: '55003' } },
      null,
      null,
      'test',
      1,
    );
    await sell('Kauf', 5000, '2026-06-01', { code: 'RECHTE' });
    const id = (await spend(['RECHTE'], 2000, 'B-1', '2026-06-02')) ?? '';
    expect(await giveBack(id, null, '2026-06-03')).to.equal(true);
    const moment = { now: 5, today: '2026-07-05', timeZone: 'Europe/Berlin' };
    expect((await createRun(app, { fromMonth: '2026-06', toMonth: '2026-06' }, 'test', moment)).entries).to.equal(3);
    expect(await closeMonth(app, '2026-06', 'test', moment)).to.deep.equal({ month: '2026-06', entries: 3 });
    const server = await startTestServer({ database: app });
    expect((await (await signedIn(server.url)).get('/admin/accounting/proof')).status).to.equal(200);
    await server.close();
  });

  it('do not reach to change or delete what is written in the books', async () => {
    for (const table of [
      'ledger_entries',
      'ledger_seals',
      'ledger_totals',
      'journal_numbers',
      'audit_log',
      'closed_periods',
    ]) {
      const column =
        table === 'ledger_seals'
          ? { entries: 1 }
          : table === 'journal_numbers'
            ? { number: 99 }
            : table === 'audit_log'
              ? { actor: 'x' }
              : table === 'closed_periods'
                ? { closed_by: 'x' }
                : { cents: 1 };
      expect(await refusal(app.knex(table).update(column)), table).to.equal('ER_TABLEACCESS_DENIED_ERROR');
      expect(await refusal(app.knex(table).delete()), table).to.equal('ER_TABLEACCESS_DENIED_ERROR');
      expect(await refusal(app.knex.raw(`truncate table ${table}`)), table).to.equal('ER_TABLEACCESS_DENIED_ERROR');
    }
    expect(await refusal(app.knex.raw('drop table ledger_entries'))).to.equal('ER_TABLEACCESS_DENIED_ERROR');
  });
});

describeOnBothDatabases('the triggers of the books', (database) => {
  it('stop every change and deletion of what is only ever added to', async () => {
    const { sell } = historyOf(database);
    await sell('Kauf', 5000, '2026-06-01');
    const { knex } = database();
    await sealLedger(database(), 'test', 1);
    await sealRecords(database(), 'test', 1);
    const refusal = (work: Promise<unknown>): Promise<string> =>
      work.then(
        () => 'done',
        (error: unknown) => String(error),
      );
    for (const [table, column] of [
      ['ledger_entries', { cents: 1 }],
      ['ledger_seals', { entries: 9 }],
      ['ledger_totals', { cents: 1 }],
      ['number_ranges', { last: 9 }],
      ['audit_log', { actor: 'x' }],
      ['sealed_records', { fixed_hash: 'x' }],
      ['record_seals', { hash: 'x' }],
    ] as const) {
      expect(await refusal(knex(table).update(column)), table).to.contain('append-only');
      expect(await refusal(knex(table).delete()), table).to.contain('append-only');
    }
    const triggers = await triggerNames(database());
    expect([...triggers].sort()).to.deep.equal(
      APPEND_ONLY_TABLES.flatMap((table) => [`${table}_no_delete`, `${table}_no_update`]).sort(),
    );
  });
});

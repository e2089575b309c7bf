import { expect } from 'chai';
import { DEFAULT_SETUP } from '../../../../src/core/books/chart-of-accounts.ts';
import {
  findClosedMonths,
  findLiveRuns,
  readRunTotals,
} from '../../../../src/features/accounting/ledger/account-version-store.ts';
import { saveSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import { undoRun } from '../../../../src/features/accounting/datev/export-run-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';
import { createRun } from '../datev/datev-run.ts';

describeOnBothDatabases('runs and the version they went out with', (database) => {
  const { sell } = historyOf(database);

  it('are known as long as they are not taken back, with what their entries add up to', async () => {
    const { knex } = database();
    const datev = { ...DEFAULT_SETUP.datev, consultant: '29098', client: '55003' };
    await saveSetup(database(), { ...DEFAULT_SETUP, datev }, null, null, 'test', 1);
    await sell('Eins', 1000, '2026-06-01');
    await sell('Zwei', 2000, '2026-06-02');
    const moment = { now: 5, today: '2026-07-05', timeZone: 'Europe/Berlin' };
    const run = await createRun(database(), { fromMonth: '2026-06', toMonth: '2026-06' }, 'test', moment);
    expect(await findClosedMonths(knex)).to.deep.equal([]);
    expect(await findLiveRuns(knex)).to.deep.equal([
      { id: run.id, setupId: '1', fromMonth: '2026-06', toMonth: '2026-06', createdAt: 5 },
    ]);
    const sums = async (from: string | null) =>
      (await readRunTotals(knex, run.id, { from, to: null })).map(({ event, cents, entries }) => [
        event,
        cents,
        entries,
      ]);
    expect(await sums(null)).to.deep.equal([['sale', 3000, 2]]);
    expect(await sums('2026-06-02')).to.deep.equal([['sale', 2000, 1]]);
    await undoRun(database(), run.id, 'falsch', 'test', 6);
    expect(await findLiveRuns(knex)).to.deep.equal([]);
  });
});

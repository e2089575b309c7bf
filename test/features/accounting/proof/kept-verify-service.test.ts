import { expect } from 'chai';
import { closeMonth } from '../../../../src/features/accounting/closing/period-service.ts';
import { DEFAULT_SETUP } from '../../../../src/core/books/chart-of-accounts.ts';
import { saveSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import {
  problemOfFiles,
  problemOfPeriods,
  problemOfSums,
} from '../../../../src/features/accounting/proof/kept-verify-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';
import { createRun } from '../datev/datev-run.ts';
import { openAttacker } from '../records/tampering.ts';

describeOnBothDatabases('what is kept of closed months and runs', (database) => {
  const { sell } = historyOf(database);

  it('is compared with the entries and with itself', async () => {
    const { knex } = database();
    const moment = { now: Date.parse('2026-08-05T10:00:00Z'), today: '2026-08-05', timeZone: 'Europe/Berlin' };
    const datev = { ...DEFAULT_SETUP.datev, consultant: '29098', client: '55003' };
    await saveSetup(database(), { ...DEFAULT_SETUP, datev }, null, null, 'test', 1);
    await sell('Kauf', 10_000, '2026-06-01');
    await closeMonth(database(), '2026-06', 'test', moment);
    await createRun(database(), { fromMonth: '2026-06', toMonth: '2026-06' }, 'test', moment);
    for (const check of [problemOfPeriods, problemOfFiles, problemOfSums]) expect(await check(knex)).to.equal(null);
    const attacker = await openAttacker(database());
    const { figures } = await knex('closed_periods').first<{ figures: string }>('figures');
    for (const [wrong, found] of [
      [figures.replaceAll('10000', '9999'), { check: 'month_figures', expected: 10_000, actual: 9999 }],
      ['{"half', { check: 'month_figures' }],
    ] as const) {
      await attacker.run((trx) => trx('closed_periods').update({ figures: wrong }));
      expect(await problemOfPeriods(knex)).to.deep.include(found);
    }
    await attacker.run((trx) => trx('closed_periods').update({ figures }));
    await attacker.run((trx) => trx('accounting_books').update({ open_from: '2026-06-01' }));
    expect(await problemOfPeriods(knex)).to.include({ check: 'open_from' });
    await attacker.run((trx) => trx('accounting_books').update({ open_from: '2026-07-01' }));
    await attacker.run((trx) => trx('export_file_parts').where({ position: 0 }).delete());
    expect(await problemOfFiles(knex)).to.include({ check: 'file_bytes' });
    await attacker.close();
  });
});

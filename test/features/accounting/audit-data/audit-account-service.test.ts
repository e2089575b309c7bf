import { expect } from 'chai';
import { DEFAULT_SETUP } from '../../../../src/core/books/chart-of-accounts.ts';
import { ACCOUNT_SOURCES } from '../../../../src/features/accounting/audit-data/audit-account-service.ts';
import { closeMonth } from '../../../../src/features/accounting/closing/period-service.ts';
import {
  accountBalances,
  accountVersions,
} from '../../../../src/features/accounting/ledger/account-version-service.ts';
import { saveSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';

const SPAN = { from: '2026-01-01', to: '2026-12-31' };

describeOnBothDatabases('accounts in the data for a tax auditor', (database) => {
  const { sell, spend } = historyOf(database);
  const rowsOf = async (table: string) =>
    (await ACCOUNT_SOURCES.find((one) => one.table === table)?.rows(database().knex, '0', SPAN, 1000)) ?? [];

  before(async () => {
    await sell('Januar', 10_000, '2026-01-10', { code: 'JANUAR' });
    await closeMonth(database(), '2026-01', 'test', { now: Date.parse('2026-02-05T10:00:00Z'), today: '2026-02-05' });
    const accounts = { ...DEFAULT_SETUP.accounts, V_KAUF: '1797', 'V_KAUF//nord': '1798' };
    await saveSetup(database(), { ...DEFAULT_SETUP, accounts }, null, 'neues Konto', 'user:1', 2);
    await spend(['JANUAR'], 4000, 'B-1', '2026-02-06');
  });

  it('stand in one row a role, type, brand and version', async () => {
    expect((await rowsOf('kontenfassung')).map(({ cells }) => cells.slice(0, 1).concat(cells.slice(3)))).to.deep.equal([
      [0, 'Vorschläge des Kontenrahmens', 'SKR03', 'collective', 'net'],
      [1, 'neues Konto', 'SKR03', 'collective', 'net'],
    ]);
    const rows = (await rowsOf('konten')).map(({ cells }) => cells);
    expect(rows).to.deep.include(['0/V_KAUF', 0, 'V_KAUF', '', '', '1796']);
    expect(rows).to.deep.include(['1/V_KAUF', 1, 'V_KAUF', '', '', '1797']);
    expect(rows).to.deep.include(['1/V_KAUF//nord', 1, 'V_KAUF', '', 'nord', '1798']);
    expect(new Set(rows.map(([id]) => id)).size).to.equal(rows.length);
  });

  it('make up sums and balances: each entry with the accounts of its version', async () => {
    const journal = (await rowsOf('gutschein_journal')).map(({ cells }) => cells);
    expect(journal.map((cells) => cells.slice(10, 13))).to.deep.equal([
      ['1360', '1796', 0],
      ['1797', '10000', 1],
    ]);
    const sums = new Map<string, number>();
    for (const cells of journal)
      for (const [account, sign] of [
        [cells[10], 1],
        [cells[11], -1],
      ] as const)
        sums.set(String(account), (sums.get(String(account)) ?? 0) + sign * Number(cells[13]));
    const shown = await accountBalances(database().knex, await accountVersions(database().knex), SPAN);
    expect(Object.fromEntries(sums)).to.deep.equal(
      Object.fromEntries(shown.map(({ account, debit, credit }) => [account, debit - credit])),
    );
  });
});

import { expect } from 'chai';
import { readAuditEntries } from '../../../../src/features/accounting/audit-data/audit-journal-store.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';

describeOnBothDatabases('entries for a tax auditor', (database) => {
  const { sell } = historyOf(database);

  it('are read by id within the days, with what their accounts depend on', async () => {
    await sell('Mai', 1000, '2026-05-31');
    await sell('Juni', 2000, '2026-06-01');
    await sell('Juni', 3000, '2026-06-30');
    const days = { from: '2026-06-01', to: '2026-06-30' };
    const [first] = await readAuditEntries(database().knex, '0', days, 1);
    expect(first).to.include({ postedOn: '2026-06-01', debitRole: 'TRANSIT', creditRole: 'V_KAUF', type: 'purchase' });
    expect(first).to.include({ brand: null, partnerDetails: null, runId: null });
    expect([first?.before.length, Number(first?.after[0])]).to.deep.equal([10, 2000]);
    const rest = await readAuditEntries(database().knex, first?.id ?? '', days, 10);
    expect(rest.map(({ after: [cents] }) => Number(cents))).to.deep.equal([3000]);
  });
});

import { expect } from 'chai';
import { comparisonsOf } from '../../../../src/features/accounting/closing/comparison-service.ts';
import { findComparisons, insertComparisons } from '../../../../src/features/accounting/closing/comparison-store.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('comparisons with the general ledger', (database) => {
  it('are all kept, and told by the last of each account and currency', async () => {
    const row = { account: '1796', currency: 'EUR', actual: 500, createdBy: 'test' };
    await inTransaction(database(), async (trx) => {
      await insertComparisons(trx, '2026-01-31', [
        { ...row, expected: 400, createdAt: 1 },
        { ...row, expected: 500, createdAt: 2 },
        { ...row, currency: 'CHF', expected: -5, createdAt: 3 },
      ]);
    });
    expect(
      (await comparisonsOf(database().knex, '2026-01-31')).map(({ currency, expected }) => [currency, expected]),
    ).to.have.deep.members([
      ['EUR', 500],
      ['CHF', -5],
    ]);
    expect(await comparisonsOf(database().knex, '2026-01-30')).to.deep.equal([]);
    expect(await findComparisons(database().knex, '2026-01-31', 2)).to.have.length(2);
  });
});

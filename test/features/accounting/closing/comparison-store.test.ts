import { expect } from 'chai';
import { findComparisons, insertComparisons } from '../../../../src/features/accounting/closing/comparison-store.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('rows of comparisons', (database) => {
  it('come back as they were kept, the newest first', async () => {
    const one = { account: '1796', currency: 'EUR', expected: -1, actual: 2, createdAt: 3, createdBy: 'user:1' };
    await inTransaction(database(), async (trx) => {
      await insertComparisons(trx, '2026-03-31', [one, { ...one, account: '1797' }]);
    });
    expect(await findComparisons(database().knex, '2026-03-31', 10)).to.deep.equal([{ ...one, account: '1797' }, one]);
  });
});

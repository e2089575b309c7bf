import { expect } from 'chai';
import { isNumberInBooks } from '../../../../src/features/accounting/datev/document-number-store.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';

describeOnBothDatabases('a number in the books', (database) => {
  const { sell, spend } = historyOf(database);

  before(async () => {
    await sell('Buch', 10_000, '2026-06-01', { code: 'BUCH', invoiceId: 'RE-1' });
    await spend(['BUCH'], 1000, 'B-1', '2026-06-02');
  });

  for (const [number, isThere] of [
    ['B-1', true],
    ['RE-1', true],
    ['b-1', false],
    ['B-', false],
    ['%', false],
  ] as const)
    it(`is ${isThere ? '' : 'not '}“${number}”`, async () => {
      expect(await isNumberInBooks(database().knex, number)).to.equal(isThere);
    });
});

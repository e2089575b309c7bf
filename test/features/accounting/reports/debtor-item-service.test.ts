import { expect } from 'chai';
import {
  allDebtorItems,
  debtorItems,
  debtorTotals,
} from '../../../../src/features/accounting/reports/debtor-item-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('debtors of books without an order', (database) => {
  it('are none, in sums, pages and lists', async () => {
    const cut = { day: '2026-12-31', knownUntil: null };
    expect(await debtorTotals(database().knex, cut)).to.deep.equal([]);
    const page = await debtorItems(database().knex, 'refunds', cut, { afterId: '0', limit: 5 });
    expect(page).to.deep.equal({ items: [], nextCursor: null });
    for await (const item of allDebtorItems(database().knex, 'claims', cut)) throw new Error(item.number);
  });
});

import { expect } from 'chai';
import { refundPage, refundSums } from '../../../../src/features/accounting/refunds/refund-list-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('a list of refunds where there are none', (database) => {
  it('is an empty page without sums', async () => {
    const filter = { state: null, way: null, isIncomplete: true, text: 'x' } as const;
    const page = await refundPage(database().knex, { ...filter, after: '5', limit: 3 });
    expect(page).to.deep.equal({ items: [], nextCursor: null });
    expect(await refundSums(database().knex, filter)).to.deep.equal([]);
  });
});

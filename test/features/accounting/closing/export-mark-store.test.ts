import { expect } from 'chai';
import { countUnmarked, findMark } from '../../../../src/features/accounting/closing/export-mark-store.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('marks of runs', (database) => {
  it('are none where there is no run', async () => {
    expect(await findMark(database().knex, '1')).to.equal(null);
    expect(await countUnmarked(database().knex, '2026-01')).to.equal(0);
  });
});

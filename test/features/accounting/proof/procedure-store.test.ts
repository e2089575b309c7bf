import { expect } from 'chai';
import {
  findProcedure,
  findProcedures,
  insertProcedure,
} from '../../../../src/features/accounting/proof/procedure-store.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('kept descriptions of procedures', (database) => {
  it('are listed from the newest on, and found by number', async () => {
    const version = (content: string) => ({ content, contentHash: content, createdAt: 1, createdBy: 'user:1' });
    for (const content of ['a', 'b', 'c'])
      await inTransaction(database(), (trx) => insertProcedure(trx, version(content)));
    const { knex } = database();
    expect((await findProcedures(knex, null, 2)).map(({ content }) => content)).to.deep.equal(['c', 'b']);
    expect((await findProcedures(knex, '2', 2)).map(({ content }) => content)).to.deep.equal(['a']);
    expect(await findProcedure(knex, '2')).to.deep.equal({ id: '2', ...version('b') });
    expect(await findProcedure(knex, '9')).to.equal(null);
  });
});

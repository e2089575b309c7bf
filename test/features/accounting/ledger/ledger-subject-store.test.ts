import { expect } from 'chai';
import {
  findSubject,
  insertSubject,
  listSubjects,
  lockSubject,
} from '../../../../src/features/accounting/ledger/ledger-subject-store.ts';
import { inTransaction, isDuplicateKey } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('the rows of what is on no voucher', (database) => {
  const add = (name: string, kind: 'order' | 'refund' = 'order') =>
    inTransaction(database(), (trx) =>
      insertSubject(trx, { kind, name, subjectId: name, brand: null, currency: 'EUR' }),
    );

  it('are one a number and kind', async () => {
    const first = await add('B-1');
    await add('B-1', 'refund');
    expect(
      await add('B-1').then(
        () => null,
        (error: unknown) => isDuplicateKey(error),
      ),
    ).to.equal(true);
    expect(await findSubject(database().knex, 'order', { subjectId: 'B-1' }, 'free')).to.deep.equal(first);
    await inTransaction(database(), async (trx) => expect(await lockSubject(trx, first.id)).to.deep.equal(first));
  });

  it('are walked through by id, so many at a time', async () => {
    for (const name of ['B-2', 'B-3', 'B-4']) await add(name);
    const names: string[] = [];
    for (let after = '0'; ;) {
      const step = await listSubjects(database().knex, after, 2);
      names.push(...step.map(({ name }) => name));
      after = step.at(-1)?.id ?? after;
      if (step.length < 2) break;
    }
    expect(names).to.deep.equal(['B-1', 'B-1', 'B-2', 'B-3', 'B-4']);
  });
});

import { expect } from 'chai';
import {
  countSealedRecords,
  findSealedRecords,
  insertSealedRecords,
  nextRecordSealId,
  readSealedRecords,
} from '../../../../src/features/accounting/records/record-seal-store.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('sealed records', (database) => {
  const record = (key: string, sealId: number, fixedHash: string | null = `${key}${sealId}`) => ({
    key,
    sealId,
    fixedHash,
    stateHash: null,
  });

  it('hold in the newest state of a finished seal', async () => {
    await inTransaction(database(), (trx) =>
      insertSealedRecords(trx, 'orders', [record('1', 1), record('2', 1), record('1', 2), record('2', 3, null)]),
    );
    const found = await findSealedRecords(database().knex, 'orders', ['1', '2', '9'], new Set([1, 2]));
    expect([...found.values()].map(({ key, fixedHash }) => [key, fixedHash]).sort()).to.deep.equal([
      ['1', '12'],
      ['2', '21'],
    ]);
    const gone = await findSealedRecords(database().knex, 'orders', ['2'], new Set([1, 3]));
    expect(gone.get('2')?.fixedHash).to.equal(null);
  });

  it('are walked key by key, each once', async () => {
    const { knex } = database();
    const first = await readSealedRecords(knex, 'orders', { afterKey: '', limit: 1 }, new Set([1]));
    expect([[...first.records.keys()], first.last]).to.deep.equal([['1'], '1']);
    const rest = await readSealedRecords(knex, 'orders', { afterKey: '1', limit: 5 }, new Set([1]));
    expect([[...rest.records.keys()], rest.last]).to.deep.equal([['2'], null]);
  });

  it('are counted by seal, and a number that was begun is not used again', async () => {
    const { knex } = database();
    expect((await countSealedRecords(knex)).map(({ sealId, written }) => [sealId, written]).sort()).to.deep.equal([
      [1, 2],
      [2, 1],
      [3, 1],
    ]);
    expect(await nextRecordSealId(knex)).to.equal(4);
  });
});

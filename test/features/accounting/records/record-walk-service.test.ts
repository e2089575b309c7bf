import { expect } from 'chai';
import {
  beginWalk,
  SEALED_TABLES,
  walkTable,
} from '../../../../src/features/accounting/records/record-walk-service.ts';
import { sealRecords } from '../../../../src/features/accounting/records/record-seal-service.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';
import { openAttacker } from './tampering.ts';

describeOnBothDatabases('a walk over sealed records', (database) => {
  const { sell } = historyOf(database);

  it('puts every row beside the state it was sealed in, and those that are gone at the end', async () => {
    await sell('Eins', 1000, '2026-06-01');
    await sell('Zwei', 2000, '2026-06-01');
    await sealRecords(database(), 'test', 1);
    const attacker = await openAttacker(database());
    await attacker.run(async (trx) => {
      await trx('vouchers').where({ id: 1 }).update({ paid_on: '2026-06-02' });
      await trx('vouchers').where({ id: 2 }).delete();
    });
    const walk = await beginWalk(database().knex);
    const vouchers = SEALED_TABLES.find(({ shape }) => shape.table === 'vouchers');
    if (vouchers === undefined) throw new Error('vouchers are not sealed');
    const judged = [];
    for await (const step of walkTable(walk, vouchers)) judged.push(...step);
    expect(judged.map(({ key, now, before, isTold }) => [key, now !== null, before !== null, isTold])).to.deep.equal([
      ['1', true, true, false],
      ['2', false, true, false],
    ]);
    await attacker.close();
  });
});

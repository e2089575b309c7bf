import { expect } from 'chai';
import { isRestated, toldRows, type Tellings } from '../../../../src/features/accounting/records/telling-service.ts';
import { sealRecords } from '../../../../src/features/accounting/records/record-seal-service.ts';
import { beginWalk } from '../../../../src/features/accounting/records/record-walk-service.ts';
import { writeAudit } from '../../../../src/platform/data/audit.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('what the audit log tells of rows', (database) => {
  const ROWS = [{ id: 1 }, { id: 2 }];
  const tell = (entity: string, entityId: string) =>
    inTransaction(database(), (trx) =>
      writeAudit(trx, [{ recordedAt: 1, actor: 'test', action: `${entity}.change`, entity, entityId, changes: null }]),
    );
  const tellings = (): Promise<Tellings> => beginWalk(database().knex);
  const told = async () =>
    (await toldRows(await tellings(), [{ entity: 'order', id: 'id' }], ROWS)).map(({ id }) => id);

  it('is that of an entry since the last seal, for the row it names', async () => {
    await tell('order', '1');
    expect(await told()).to.deep.equal([1]);
    await sealRecords(database(), 'test', 1);
    expect(await told()).to.deep.equal([]);
    await tell('order', '2');
    expect(await told()).to.deep.equal([2]);
  });

  it('holds for all rows where the entry names none, or a migration says that it changed them', async () => {
    const all = async () => (await toldRows(await tellings(), [{ entity: 'campaign' }], ROWS)).length;
    expect(await all()).to.equal(0);
    await tell('campaign', '9');
    expect(await all()).to.equal(2);
    expect(await isRestated(await tellings())).to.equal(false);
    await tell('migration', '400');
    expect(await isRestated(await tellings())).to.equal(true);
  });
});

import { expect } from 'chai';
import {
  acceptRecord,
  lastRecordSeal,
  problemOfRecords,
  sealRecords,
} from '../../../../src/features/accounting/records/record-seal-service.ts';
import { insertSealedRecords } from '../../../../src/features/accounting/records/record-seal-store.ts';
import { changeShopSettings } from '../../../../src/features/settings/shop-settings-service.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';
import { SHOP } from '../../../support/shop.ts';
import { openAttacker } from './tampering.ts';

describeOnBothDatabases('a seal over records', (database) => {
  const { sell, spend } = historyOf(database);
  const problem = async () => {
    const found = await problemOfRecords(database().knex);
    return found === null ? null : { check: found.check, place: found.place };
  };

  it('finds nothing before there is one', async () => {
    await sell('Kauf', 10_000, '2026-06-01', { code: 'KAUF' });
    expect(await problem()).to.equal(null);
    expect(await lastRecordSeal(database().knex)).to.equal(null);
  });

  it('takes what use cases do, each of which says so in the audit log', async () => {
    const first = await sealRecords(database(), 'test', 1);
    expect(first?.id).to.equal(1);
    await spend(['KAUF'], 2000, 'B-1', '2026-06-02');
    await sell('Noch einer', 5000, '2026-06-03');
    await changeShopSettings(database(), { ...SHOP, isOpen: true }, 'test', 1);
    await changeShopSettings(database(), { ...SHOP, isOpen: false }, 'test', 2);
    expect(await problem()).to.equal(null);
    const second = await sealRecords(database(), 'test', 2);
    expect(second).to.include({ id: 2, previousHash: first?.hash });
    expect(await problem()).to.equal(null);
    expect((await lastRecordSeal(database().knex))?.rows).to.be.greaterThan(10);
  });

  it('is made once where two begin at the same time', async () => {
    const seals = await Promise.all([1, 2, 3].map((now) => sealRecords(database(), 'test', now)));
    expect(seals.filter((seal) => seal !== null).length).to.be.at.most(1);
    expect(await problem()).to.equal(null);
  });

  it('counts for nothing where it was cut off', async () => {
    await inTransaction(database(), (trx) =>
      insertSealedRecords(trx, 'settings', [{ key: 'shop', sealId: 999, fixedHash: 'half', stateHash: 'done' }]),
    );
    expect(await problem()).to.equal(null);
    expect((await sealRecords(database(), 'test', 9))?.id).to.equal(1000);
    expect(await problem()).to.equal(null);
  });

  it('never takes what nothing tells of: the next check names it still, until it is as it was', async () => {
    const attacker = await openAttacker(database());
    const set = (text: string) =>
      attacker.run(async (trx) => {
        await trx('redemptions').update({ booking_number: text });
      });
    await set('B-9');
    const named = { check: 'record_changed', place: { kind: 'record', table: 'redemptions', name: '1' } };
    expect(await problem()).to.deep.equal(named);
    await sealRecords(database(), 'test', 10);
    expect(await problem()).to.deep.equal(named);
    await set('B-1');
    expect(await problem()).to.equal(null);
    await attacker.close();
  });

  it('takes what somebody accepted by name, and from then on names what differs from that', async () => {
    const attacker = await openAttacker(database());
    const set = (text: string) => attacker.run((trx) => trx('redemptions').update({ channel: text }));
    await set('counter');
    expect(await problem()).to.deep.include({ check: 'record_changed' });
    const author = { actor: 'user:1', moment: { now: 11, today: '2026-06-04' } };
    await acceptRecord(database(), { table: 'redemptions', key: '1' }, 'von Hand berichtigt', author);
    expect(await problem()).to.equal(null);
    await sealRecords(database(), 'test', 12);
    expect(await problem()).to.equal(null);
    await set('web');
    expect(await problem()).to.deep.include({ check: 'record_changed' });
    await attacker.close();
  });
});

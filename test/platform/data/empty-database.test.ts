import { expect } from 'chai';
import { isBrokenReference } from '../../../src/platform/data/db.ts';
import { emptyDatabase } from '../../../src/platform/data/empty-database.ts';
import { migrateToLatest, pendingMigrations } from '../../../src/platform/data/migrations.ts';
import { historyOf } from '../../support/history.ts';
import { describeOnBothDatabases } from '../../support/databases.ts';

describeOnBothDatabases('a database that is emptied', (database) => {
  it('has no table left, whatever was in it, and can be filled anew', async () => {
    const { sell } = historyOf(database);
    await sell('Kauf', 10_000, '2026-06-01');
    await emptyDatabase(database());
    expect(await database().knex.schema.hasTable('vouchers')).to.equal(false);
    expect(await pendingMigrations(database())).not.to.deep.equal([]);
    await migrateToLatest(database());
    expect(await pendingMigrations(database())).to.deep.equal([]);
    await sell('Kauf', 10_000, '2026-06-01');
    expect(await database().knex('vouchers')).to.have.length(1);
  });

  it('still knows which row may point to which', async () => {
    const broken = await database()
      .knex('rule_tiers')
      .insert({ rules_id: 999_999, min_trip_price: 0, amount: 1 })
      .catch(isBrokenReference);
    expect(broken).to.equal(true);
  });
});

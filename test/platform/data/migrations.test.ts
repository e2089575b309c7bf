import { expect } from 'chai';
import type { Knex } from 'knex';
import * as voucherSending from '../../../migrations/270-voucher-sending.ts';
import { openDatabase, type Database } from '../../../src/platform/data/db.ts';
import {
  migrateToLatest,
  migrateToNothing,
  MigrationLocked,
  pendingMigrations,
  unlockMigrations,
} from '../../../src/platform/data/migrations.ts';
import { describeOnEmpty } from '../../support/databases.ts';

for (const kind of ['SQLite', 'MariaDB'] as const) {
  describeOnEmpty(kind, 'migrations', (empty) => {
    let database: Database;
    before(() => {
      database = openDatabase(empty().url);
    });
    after(() => database.close());

    it('build the schema, take it back and build the same again', async function () {
      this.timeout(120_000);
      await migrateToLatest(database);
      expect(await pendingMigrations(database)).to.deep.equal([]);
      const first = await tablesOf(database.knex);
      expect(first).to.include.members(['vouchers', 'ledger_entries', 'holds', 'redemptions']);
      await migrateToNothing(database);
      expect(await tablesOf(database.knex)).to.deep.equal([]);
      await migrateToLatest(database);
      expect(await tablesOf(database.knex)).to.deep.equal(first);
    });

    it('let agents who were there send vouchers, and nobody print who could not', async () => {
      const { knex } = database;
      await migrateToLatest(database);
      await voucherSending.down(knex);
      for (const role of ['admin', 'agent', 'accountant', 'auditor'])
        await knex('users').insert({
          email: `${role}@example.org`,
          name: role,
          role,
          password_hash: '',
          created_at: 0,
        });
      await voucherSending.up(knex);
      const rows = await knex('users')
        .orderBy('id')
        .select<{ role: string; can_send_vouchers: unknown; can_print_vouchers: unknown }[]>();
      expect(
        rows.map((row) => [row.role, Boolean(row.can_send_vouchers), Boolean(row.can_print_vouchers)]),
      ).to.deep.equal([
        ['admin', true, true],
        ['agent', true, false],
        ['accountant', false, false],
        ['auditor', false, false],
      ]);
      await knex('users').delete();
    });

    it('do nothing the second time', async () => {
      await migrateToLatest(database);
      expect(await pendingMigrations(database)).to.deep.equal([]);
    });

    it('refuse to run over one that was cut off until it is freed', async () => {
      await migrateToLatest(database);
      await database.knex('knex_migrations_lock').update({ is_locked: 1 });
      let refusal: unknown;
      await migrateToLatest(database).catch((error: unknown) => (refusal = error));
      expect(refusal).to.be.instanceOf(MigrationLocked);
      await unlockMigrations(database);
      expect(await database.knex('knex_migrations_lock').first<{ is_locked: number }>('is_locked')).to.deep.equal({
        is_locked: 0,
      });
    });
  });
}

describeOnEmpty('MariaDB', 'migrations of two processes at once', (empty) => {
  it('run once, and both find the schema', async () => {
    const databases = [openDatabase(empty().url), openDatabase(empty().url)];
    await Promise.all(databases.map((database) => migrateToLatest(database)));
    for (const database of databases) {
      expect(await pendingMigrations(database)).to.deep.equal([]);
      await database.close();
    }
  });
});

async function tablesOf(knex: Knex): Promise<string[]> {
  const isSqlite = knex.client.driverName !== 'mysql2';
  const rows = isSqlite
    ? ((await knex.raw("select name from sqlite_master where type = 'table'")) as { name: string }[])
    : (
        (await knex.raw(
          'select table_name as name from information_schema.tables where table_schema = database()',
        )) as [{ name: string }[]]
      )[0];
  return rows
    .map((row) => row.name)
    .filter((name) => !name.startsWith('knex_') && !name.startsWith('sqlite_'))
    .sort();
}

import { expect } from 'chai';
import type { Knex } from 'knex';
import * as clients from '../../../migrations/310-clients.ts';
import * as bookings from '../../../migrations/311-bookings.ts';
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

    it('give each key a client, and each booking a row with what was redeemed of it', async () => {
      const { knex } = database;
      await migrateToLatest(database);
      await bookings.down(knex);
      await clients.down(knex);
      await fillOld(knex);
      await clients.up(knex);
      await bookings.up(knex);
      expect(await readNew(knex)).to.deep.equal({
        clients: [
          [1, 'Bootstrap', '["booking","manage","read","all"]', '["web","counter","partner"]', 1],
          [2, 'Strecke', '["booking","read"]', '[]', 1],
          [3, 'Auswertung', '["read","all"]', '[]', 1],
        ],
        scopes: ['admin:voucher-new', 'client:2'],
        holds: [
          ['H-1', 2],
          ['H-2', 0],
        ],
        redemptions: [
          ['K-1', 2, 'k-1', 5],
          ['k- 1', 0, 'k-1', 9],
          ['Ä 7', 0, 'ä7', 3],
        ],
        // The first was redeemed over its price, which stays as it was: the last price and all that counts.
        bookings: [
          ['k- 1', 'k-1', 'EUR', 1000, 1700],
          ['Ä 7', 'ä7', 'EUR', 500, 0],
        ],
      });
      await bookings.down(knex);
      await clients.down(knex);
      const keys = await knex('api_keys').orderBy('id').select<{ name: string; rights: string }[]>('name', 'rights');
      expect(keys.map(({ name, rights }) => [name, rights])).to.deep.equal([
        ['Bootstrap', '["booking","manage","read"]'],
        ['Strecke', '["booking","read"]'],
        ['Auswertung', '["read"]'],
      ]);
      expect(await knex('holds').orderBy('id').pluck('created_by')).to.deep.equal(['key:2', null]);
      await emptyOld(knex);
      await clients.up(knex);
      await bookings.up(knex);
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

async function fillOld(knex: Knex): Promise<void> {
  for (const [id, name, rights] of [
    [1, 'Bootstrap', ['booking', 'manage', 'read']],
    [2, 'Strecke', ['booking', 'read']],
    [3, 'Auswertung', ['read']],
  ] as const) {
    const key = { id, name, channel: 'web', rights: JSON.stringify(rights), origins: '[]' };
    await knex('api_keys').insert({ ...key, token_hash: `hash-${id}`, created_at: 1, revoked_at: id === 3 ? 2 : null });
  }
  for (const scope of ['key:2', 'admin:voucher-new'])
    await knex('idempotency_keys').insert({ scope, key: 'a', request_hash: 'h', created_at: 1 });
  for (const [reference, by] of [
    ['H-1', 'key:2'],
    ['H-2', null],
  ]) {
    const hold = { reference, created_by: by, booking: '{}', codes: '[]', expires_at: 1 };
    await knex('holds').insert({ ...hold, created_at: 1, updated_at: 1 });
  }
  const rules = { type: 'discount', title: 'Alt', currency: 'EUR', multiplier: 'booking', residual: 'keep' };
  const [rulesId] = await knex('voucher_rules').insert({
    ...rules,
    ...(await requiredOf(knex, 'voucher_rules', rules)),
  });
  const voucher = { code: 'ALT', normalised_code: 'ALT', rules_id: rulesId, type: 'discount' };
  const [voucherId] = await knex('vouchers').insert({ ...voucher, ...(await requiredOf(knex, 'vouchers', voucher)) });
  for (const [id, number, actor, price, applied, reversed] of [
    [1, 'K-1', 'key:2', 1000, 1000, 0],
    [2, 'k- 1', 'user:2', 1000, 900, 200],
    [3, 'Ä 7', 'key', 500, 500, 500],
  ] as const) {
    const told = { currency: 'EUR', trip_price: price, payable: 0, booking: '{}', evaluation: '{}' };
    await knex('redemptions').insert({
      id,
      booking_number: number,
      channel: 'web',
      actor,
      redeemed_at: id === 1 ? 5 : 3,
      ...told,
    });
    const line = { redemption_id: id, position: 0, voucher_id: voucherId, kind: 'payment', allocation: '[]' };
    await knex('redemption_lines').insert({ ...line, applied, reversed });
  }
  await knex('reversals').insert({ redemption_id: 2, amount: 200, reason: 'x', actor: 'user:2', reversed_at: 9 });
}

async function emptyOld(knex: Knex): Promise<void> {
  const tables = ['reversals', 'redemption_lines', 'redemptions', 'vouchers', 'voucher_rules', 'holds'];
  for (const table of [...tables, 'idempotency_keys', 'api_keys']) await knex(table).delete();
}

/** What a table asks for besides, as 1 or as text, whatever columns it has got since. */
async function requiredOf(knex: Knex, table: string, known: object): Promise<object> {
  const columns = await knex(table).columnInfo();
  const missing = Object.entries(columns).filter(
    ([name, { nullable, defaultValue }]) =>
      !nullable && (defaultValue as unknown) === null && !(name in known) && name !== 'id',
  );
  return Object.fromEntries(missing.map(([name, { type }]) => [name, /char|text/.test(type) ? '{}' : 1]));
}

async function readNew(knex: Knex): Promise<object> {
  const rows = async (table: string, order: string, columns: string[]): Promise<unknown[]> =>
    (await knex(table).orderBy(order).select<Record<string, unknown>[]>(columns)).map((row) =>
      columns.map((column) => numberIn(row[column])),
    );
  const keyCount = await knex('api_keys').groupBy('client_id').orderBy('client_id').count('* as keys');
  const clientRows = (await rows('clients', 'id', ['id', 'name', 'rights', 'other_channels'])) as unknown[][];
  return {
    clients: clientRows.map((row, index) => [...row, Number(keyCount[index]?.['keys'])]),
    scopes: await knex('idempotency_keys').orderBy('scope').pluck('scope'),
    holds: await rows('holds', 'id', ['reference', 'client_id']),
    redemptions: await rows('redemptions', 'id', ['booking_number', 'client_id', 'booking_key', 'updated_at']),
    bookings: await rows('bookings', 'number_key', ['number', 'number_key', 'currency', 'price', 'redeemed']),
  };
}

function numberIn(value: unknown): unknown {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
}

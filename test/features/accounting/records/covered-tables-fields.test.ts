import { expect } from 'chai';
import { COVERED_TABLES, NOT_OF_THE_BOOKS } from '../../../../src/features/accounting/records/covered-tables-fields.ts';
import { verifyEverything } from '../../../../src/features/accounting/proof/proof-service.ts';
import { columnsIn, type CoveredTable } from '../../../../src/features/accounting/records/record-coverage-field.ts';
import { sealRecords } from '../../../../src/features/accounting/records/record-seal-service.ts';
import { sealLedger } from '../../../../src/features/accounting/proof/seal-service.ts';
import { describeOnBothDatabases, type TestDatabase } from '../../../support/databases.ts';
import { openAttacker, otherThan, schemaOf, uniqueColumns, type Attacker, type StoredRow } from './tampering.ts';
import { playBooks } from './whole-books.ts';

const keyOf = ({ key }: CoveredTable, row: StoredRow): StoredRow =>
  Object.fromEntries(columnsIn(key).map((column) => [column, row[column]]));

describeOnBothDatabases('the tables the books rest on', (database) => {
  let attacker: Attacker;
  let unsealed: Awaited<ReturnType<typeof problem>>;

  before(async function play() {
    this.timeout(180_000);
    await playBooks(database());
    unsealed = await problem();
    await sealLedger(database(), 'test', 1);
    await sealRecords(database(), 'test', 1);
    attacker = await openAttacker(database());
  });
  after(() => attacker.close());

  const problem = async () => (await verifyEverything(database().knex, 0)).problem;

  /** What is done to the books, what the check says of it, and that nothing of it is left afterwards. */
  const expectFound = async (what: string, wrong: () => Promise<void>, right: () => Promise<void>): Promise<void> => {
    await wrong();
    try {
      const found = await problem();
      expect(found, what).not.to.equal(null);
      // What follows from other rows is named by those; a sealed row by its own table.
      const isOfSeals = what.startsWith('sealed_records');
      if (found?.place.kind === 'record' && !isOfSeals) expect(what.split(/[.:]/)[0], what).to.equal(found.place.table);
    } finally {
      await right();
    }
  };

  it('are all there are: each column of the schema is covered, or said to carry nothing of the books', async () => {
    const told = new Map(
      COVERED_TABLES.map(({ table, key, fixed, state, elsewhere = {}, beside = {} }) => [
        table,
        [key, fixed, state, ...Object.values(beside)]
          .flatMap(columnsIn)
          .concat(Object.keys(elsewhere).filter((name) => name !== 'rows')),
      ]),
    );
    for (const [table, columns] of await schemaOf(database())) {
      if (NOT_OF_THE_BOOKS[table] !== undefined) continue;
      expect([...new Set(told.get(table) ?? ['the table is in no list'])].sort(), table).to.deep.equal(
        [...columns].sort(),
      );
    }
  });

  it('are sound after everything that use cases do, each of which says so in the audit log', async () => {
    expect(unsealed).to.equal(null);
    expect(await problem()).to.equal(null);
  });

  for (const covered of COVERED_TABLES) {
    const { table } = covered;
    // What the database works out by itself cannot be put back, and comes back with the rest.
    const rows = async () => {
      const columns = (await schemaOf(database())).get(table) ?? [];
      return database()
        .knex(table)
        .orderBy(columnsIn(covered.key))
        .limit(200)
        .select<StoredRow[]>([...columns]);
    };

    it(`name a row of ${table} that was changed, taken away or added behind the back of the product`, async () => {
      const all = await rows();
      const [row] = all;
      expect(row, `the history has no row of ${table}`).not.to.equal(undefined);
      if (row === undefined) return;
      const where = keyOf(covered, row);
      for (const column of watchedColumns(covered)) {
        const full = all.find((one) => one[column] !== null) ?? row;
        await expectFound(
          `${table}.${column}`,
          () =>
            attacker.run(async (trx) => {
              await trx(table)
                .where(keyOf(covered, full))
                .update({ [column]: otherThan(full[column], column) });
            }),
          () =>
            attacker.run(async (trx) => {
              await trx(table)
                .where(keyOf(covered, full))
                .update({ [column]: full[column] });
            }),
        );
      }
      await expectFound(
        `${table}: a row is gone`,
        () => attacker.run((trx) => trx(table).where(where).delete()),
        () => attacker.run((trx) => trx(table).insert(row)),
      );
      const added = await copyOf(database(), covered, all);
      await expectFound(
        `${table}: a row came`,
        () => attacker.run((trx) => trx(table).insert(added)),
        () => attacker.run((trx) => trx(table).where(keyOf(covered, added)).delete()),
      );
      expect(await problem(), `${table} as it was`).to.equal(null);
    }).timeout(300_000);
  }
});

function watchedColumns({ key, fixed, state, elsewhere = {} }: CoveredTable): string[] {
  const columns = [...columnsIn(fixed), ...columnsIn(state), ...Object.keys(elsewhere)];
  return columns.filter((name) => name !== 'rows' && !columnsIn(key).includes(name));
}

/** A row like the last one, with a key of its own, and other values wherever they have to be unique. */
async function copyOf(
  database: TestDatabase,
  { table, key }: CoveredTable,
  rows: readonly StoredRow[],
): Promise<StoredRow> {
  const last = rows.at(-1) ?? {};
  const own = columnsIn(key).at(-1) ?? '';
  const changed = new Set([own, ...(await uniqueColumns(database, table)).map((columns) => columns.at(-1) ?? '')]);
  return Object.fromEntries(
    Object.entries(last).map(([column, value]) => [
      column,
      changed.has(column) && value !== null ? otherThan(typeof value === 'number' ? value + 2 : value) : value,
    ]),
  );
}

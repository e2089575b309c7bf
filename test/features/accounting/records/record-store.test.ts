import { expect } from 'chai';
import { findRecordsOf, readRecords } from '../../../../src/features/accounting/records/record-store.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('records of any table', (database) => {
  const OF = { table: 'number_ranges', key: ['circle', 'year', 'first'], columns: ['circle', 'year', 'first'] };
  const rows = [
    ['a', 2026, 1],
    ['a', 2026, 11],
    ['a', 2027, 1],
    ['b', 2025, 5],
  ].map(([circle, year, first]) => ({ circle, year, first, last: first, issued_at: 1 }));

  it('are read in steps along a key of several columns, each once', async () => {
    const { knex } = database();
    await knex('number_ranges').insert(rows);
    const seen: unknown[][] = [];
    for (let after: unknown[] | null = null; ;) {
      const step: Readonly<Record<string, unknown>>[] = await readRecords(knex, OF, after, 2);
      for (const row of step) seen.push(OF.key.map((column) => row[column]));
      after = seen.at(-1) ?? null;
      if (step.length < 2) break;
    }
    expect(seen).to.deep.equal(rows.map(({ circle, year, first }) => [circle, year, first]));
  });

  it('are found by their keys', async () => {
    const found = await findRecordsOf(database().knex, OF, [
      { circle: 'a', year: 2027, first: 1 },
      { circle: 'a', year: 2029, first: 1 },
    ]);
    expect(found.map(({ year }) => Number(year))).to.deep.equal([2027]);
    expect(await findRecordsOf(database().knex, OF, [])).to.deep.equal([]);
  });
});

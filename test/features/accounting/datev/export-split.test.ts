import { expect } from 'chai';
import { DEFAULT_SETUP } from '../../../../src/core/books/chart-of-accounts.ts';
import { createRun, filesOfRun, readRunFile } from '../../../../src/features/accounting/datev/export-run-service.ts';
import { saveSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import { checkBatch } from './datev-checker.ts';
import { describeOn } from '../../../support/databases.ts';
import { historyOf } from '../../../support/history.ts';

const BOOKINGS = 100_001;

describeOn('SQLite', 'a month of more bookings than one file may have', (database) => {
  const { sell } = historyOf(database);

  it('is split after 99,999 rows, and nothing is lost or doubled', async function () {
    this.timeout(120_000);
    await saveSetup(
      database(),
      { ...DEFAULT_SETUP, datev: { ...DEFAULT_SETUP.datev, consultant: '29098', client: '55003' } },
      null,
      null,
      'test',
      1,
    );
    await sell('Kauf', 100, '2026-06-01');
    const { knex } = database();
    const columns = Object.keys((await knex('ledger_entries').first<Record<string, unknown> | undefined>()) ?? {});
    const copied = columns.map((name) =>
      name === 'id'
        ? '1 + n.i'
        : name === 'position'
          ? 'e.position + n.i'
          : name === 'cents'
            ? '100 + n.i'
            : name === 'hash'
              ? "printf('%064d', n.i)"
              : `e.${name}`,
    );
    await knex.raw(
      `insert into ledger_entries (${columns.join(', ')}) with recursive n(i) as (select 1 union all select i + 1 from n where i < ${BOOKINGS - 1}) select ${copied.join(', ')} from ledger_entries e, n where e.id = 1`,
    );
    const run = await createRun(database(), { fromMonth: '2026-06', toMonth: '2026-06' }, 'test', {
      today: '2026-07-03',
      now: Date.parse('2026-07-03T12:00:00Z'),
      timeZone: 'Europe/Berlin',
    });
    const files = (await filesOfRun(knex, run.id)).filter(({ kind }) => kind === 'datev');
    const amounts: number[] = [];
    const sizes: number[] = [];
    for (const { name } of files) {
      const parts: Buffer[] = [];
      for await (const part of (await readRunFile(knex, run.id, name)).content) parts.push(part);
      const batch = checkBatch(name, Buffer.concat(parts));
      expect(batch.problems.slice(0, 5)).to.deep.equal([]);
      sizes.push(batch.bookings.length);
      for (const { cents } of batch.bookings) amounts.push(cents);
    }
    expect(sizes).to.deep.equal([99_999, 2]);
    expect(new Set(files.map(({ name }) => name)).size).to.equal(2);
    expect(new Set(amounts).size).to.equal(BOOKINGS);
    expect(amounts.reduce((sum, cents) => sum + cents, 0)).to.equal(BOOKINGS * 100 + ((BOOKINGS - 1) * BOOKINGS) / 2);
  });
});

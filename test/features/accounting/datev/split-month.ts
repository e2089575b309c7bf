import { expect } from 'chai';
import { DEFAULT_SETUP } from '../../../../src/core/books/chart-of-accounts.ts';
import {
  filesOfRun,
  readRunFile,
  sealRun,
  writeRun,
} from '../../../../src/features/accounting/datev/export-run-service.ts';
import { saveSetup } from '../../../../src/features/accounting/ledger/setup-service.ts';
import type { Database } from '../../../../src/platform/data/db.ts';
import { historyOf } from '../../../support/history.ts';
import { checkBatch } from './datev-checker.ts';

export interface SplitMonth {
  readonly bookings: number;
  /** What a file takes; what DATEV takes where it is missing. */
  readonly perFile?: number;
  /** Bookings in each file, in their order. */
  readonly sizes: readonly number[];
}

/** A month of so many sales, each of another amount, is exported: every file must be right and no booking lost or doubled. */
export async function expectSplit(database: Database, { bookings, perFile, sizes }: SplitMonth): Promise<void> {
  const datev = { ...DEFAULT_SETUP.datev, consultant: '29098', client: '55003' };
  await saveSetup(database, { ...DEFAULT_SETUP, datev }, null, null, 'test', 1);
  await historyOf(() => database).sell('Kauf', 100, '2026-06-01');
  await copyEntry(database, bookings - 1);
  const moment = { today: '2026-07-03', now: Date.parse('2026-07-03T12:00:00Z'), timeZone: 'Europe/Berlin' };
  const run = await sealRun(database, { fromMonth: '2026-06', toMonth: '2026-06' }, 'test', moment);
  await writeRun(database, run, moment, perFile);
  const files = (await filesOfRun(database.knex, run)).filter(({ kind }) => kind === 'datev');
  const amounts: number[] = [];
  const found: number[] = [];
  for (const { name } of files) {
    const parts: Buffer[] = [];
    for await (const part of (await readRunFile(database.knex, run, name)).content) parts.push(part);
    const batch = checkBatch(name, Buffer.concat(parts));
    expect(batch.problems.slice(0, 5)).to.deep.equal([]);
    found.push(batch.bookings.length);
    for (const { cents } of batch.bookings) amounts.push(cents);
  }
  expect(found).to.deep.equal(sizes);
  expect(new Set(files.map(({ name }) => name)).size).to.equal(sizes.length);
  expect(new Set(amounts).size).to.equal(bookings);
  expect(amounts.reduce((sum, cents) => sum + cents, 0)).to.equal(bookings * 100 + ((bookings - 1) * bookings) / 2);
}

/** The one entry there is, so many times more, a cent dearer each time. */
async function copyEntry({ knex }: Database, times: number): Promise<void> {
  const own: Readonly<Record<string, string>> = {
    id: '1 + n.i',
    position: 'e.position + n.i',
    cents: '100 + n.i',
    hash: "printf('%064d', n.i)",
  };
  const columns = Object.keys((await knex('ledger_entries').first<Record<string, unknown> | undefined>()) ?? {});
  const copied = columns.map((name) => own[name] ?? `e.${name}`);
  await knex.raw(
    `insert into ledger_entries (${columns.join(', ')})
     with recursive n(i) as (select 1 union all select i + 1 from n where i < ${times})
     select ${copied.join(', ')} from ledger_entries e, n where e.id = 1`,
  );
}

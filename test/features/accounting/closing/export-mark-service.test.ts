import { expect } from 'chai';
import {
  importMark,
  markImported,
  unmarkedRuns,
  type MarkedRun,
} from '../../../../src/features/accounting/closing/export-mark-service.ts';
import { findMark, setMark } from '../../../../src/features/accounting/closing/export-mark-store.ts';
import type { AppError } from '../../../../src/platform/process/errors.ts';
import { inTransaction } from '../../../../src/platform/data/db.ts';
import { describeOnBothDatabases } from '../../../support/databases.ts';

describeOnBothDatabases('the mark of a run that was read in', (database) => {
  const author = { actor: 'user:1', moment: { now: 7, today: '2026-02-05', timeZone: 'UTC' } };

  async function run(state: string): Promise<MarkedRun> {
    const [id] = await database()
      .knex('export_runs')
      .insert({
        number: `EX-${state}`,
        from_month: '2026-01',
        to_month: '2026-02',
        state,
        entries: 0,
        skipped: 0,
        created_at: 1,
        created_by: 'test',
      });
    return { id: String(id), number: `EX-${state}`, fromMonth: '2026-01' };
  }

  it('is set, told and taken off, and counted for every month of the run', async () => {
    const written = await run('written');
    expect(await unmarkedRuns(database().knex, '2026-02')).to.equal(1);
    await markImported(database(), author, written, true);
    expect(await importMark(database().knex, written.id)).to.deep.equal({ at: 7, by: 'user:1' });
    expect(await unmarkedRuns(database().knex, '2026-01')).to.equal(0);
    await markImported(database(), author, written, false);
    expect(await unmarkedRuns(database().knex, '2026-01')).to.equal(1);
    expect(await unmarkedRuns(database().knex, '2026-03')).to.equal(0);
  });

  it('is of no run that is still written or taken back', async () => {
    const undone = await run('undone');
    const refusal = await markImported(database(), author, undone, true).catch((error: unknown) => error);
    expect((refusal as AppError).code).to.equal('conflict');
    expect(await findMark(database().knex, undone.id)).to.equal(null);
    expect(await inTransaction(database(), (trx) => setMark(trx, undone.id, null))).to.equal(false);
  });
});

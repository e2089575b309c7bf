import { expect } from 'chai';
import { inTransaction, openDatabase, type Database } from '../../../src/platform/data/db.ts';
import { createWorker, type JobHandler, type Worker } from '../../../src/platform/jobs/job-queue.ts';
import { findJob, insertJob } from '../../../src/platform/jobs/job-store.ts';
import { waitForJob } from '../../../src/platform/jobs/job-wait.ts';
import { systemClock } from '../../../src/platform/process/clock.ts';
import { describeOn, describeOnBothDatabases } from '../../support/databases.ts';

/** Longer than any test may take: whoever does not hear the signal never comes to an end. */
const NEVER_MS = 3_600_000;
const clock = systemClock('Europe/Berlin');

describeOnBothDatabases('job queue', (database) => {
  let worker: Worker | null = null;

  afterEach(async () => {
    await worker?.stop();
    worker = null;
    await database().knex('jobs').delete();
  });

  function work(handlers: readonly JobHandler[], from: Database = database()): void {
    worker = createWorker({
      database: from,
      handlers,
      clock,
      lookEveryMs: NEVER_MS,
      reportFailure: (error) => {
        throw error;
      },
    });
    worker.start();
  }

  const patient = (): Database => ({ ...database(), patienceMs: NEVER_MS });
  const queue = (kind: string, payload: object = {}): Promise<string> =>
    inTransaction(database(), (trx) =>
      insertJob(trx, { kind, payload, total: null, createdBy: 'system', now: clock.now() }),
    );

  it('begins a job as soon as it is queued, and tells who waits as soon as it ends', async () => {
    work([{ kind: 'double', run: ({ payload }) => Promise.resolve({ is: (payload as { n: number }).n * 2 }) }]);
    const job = await waitForJob(patient(), await queue('double', { n: 21 }));
    expect([job.state, job.result]).to.deep.equal(['done', { is: 42 }]);
  });

  it('begins nothing whose transaction is rolled back', async () => {
    const begun: unknown[] = [];
    work([
      {
        kind: 'note',
        run: ({ payload }) => {
          begun.push(payload);
          return Promise.resolve(null);
        },
      },
    ]);
    await inTransaction(database(), async (trx) => {
      await insertJob(trx, { kind: 'note', payload: 'gone', total: null, createdBy: 'system', now: clock.now() });
      throw new Error('rolled back');
    }).catch(() => undefined);
    await waitForJob(patient(), await queue('note', { text: 'kept' }));
    expect(begun).to.deep.equal([{ text: 'kept' }]);
  });

  it('does what is done in a moment while a long job is at work', async () => {
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    work([
      { kind: 'long', run: () => held },
      { kind: 'short', run: () => Promise.resolve('here') },
    ]);
    const long = await queue('long');
    expect((await waitForJob(patient(), await queue('short'))).result).to.equal('here');
    expect((await findJob(database().knex, long))?.state).to.equal('running');
    letGo();
    expect((await waitForJob(patient(), long)).state).to.equal('done');
  });

  it('shows a job as it stands when it takes longer than one waits', async () => {
    work([]);
    expect((await waitForJob({ ...database(), patienceMs: 1 }, await queue('nobody does this'))).state).to.equal(
      'queued',
    );
  });
});

describeOn('MariaDB', 'job queue of two processes', (database) => {
  it('hears of the end of a job that another process runs', async () => {
    const other = openDatabase(database().url);
    const worker = createWorker({
      database: other,
      handlers: [{ kind: 'far', run: () => Promise.resolve('done there') }],
      clock,
      reportFailure: () => undefined,
    });
    worker.start();
    try {
      const id = await inTransaction(database(), (trx) =>
        insertJob(trx, { kind: 'far', payload: {}, total: null, createdBy: 'system', now: clock.now() }),
      );
      expect((await waitForJob({ ...database(), patienceMs: NEVER_MS }, id)).result).to.equal('done there');
    } finally {
      await worker.stop();
      await other.close();
    }
  });
});

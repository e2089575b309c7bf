import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../process/clock.ts';
import type { Database, Transaction } from '../data/db.ts';
import { advanceJob, claimJob, endJob, findJob, releaseJob, type Job, type JobProgress } from './job-store.ts';

export interface RunningJob {
  readonly id: string;
  readonly payload: unknown;
  readonly done: number;
  /** Where an earlier run of the job came to; null at its first. */
  readonly cursor: unknown;
  readonly createdAtWork: number;
  /** To be called in the transaction that writes the rows, so that rows and progress stand or fall together. */
  advance(trx: Transaction, progress: JobProgress): Promise<void>;
}

export interface JobHandler {
  readonly kind: string;
  /** The job's result; an exception of `JobFailure` ends it for good, any other is tried again. */
  run(job: RunningJob): Promise<unknown>;
  /** The result of a job that was cancelled amid its work, such as a file of what was done until then. */
  cancelled?(job: RunningJob): Promise<unknown>;
}

/** A job that cannot succeed by trying again; `error` is what its page and the API show. */
export class JobFailure extends Error {
  override readonly name = 'JobFailure';
  readonly error: unknown;
  constructor(error: unknown) {
    super('job failed');
    this.error = error;
  }
}

export interface Worker {
  start(): void;
  /** Lets the running step end and puts the job back into the queue. */
  stop(): Promise<void>;
}

export interface WorkerParts {
  readonly database: Database;
  readonly handlers: readonly JobHandler[];
  readonly clock: Clock;
  readonly reportFailure: (error: unknown) => void;
}

const LEASE_MS = 30_000;
const IDLE_MS = 250;
const MAX_ATTEMPTS = 5;

class Interrupted extends Error {}

/** Runs one job after the other; several processes may have a worker each. */
export function createWorker({ database, handlers, clock, reportFailure }: WorkerParts): Worker {
  const owner = randomUUID();
  const byKind = new Map(handlers.map((handler) => [handler.kind, handler]));
  const stopping = new AbortController();
  let loop: Promise<void> | null = null;

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      const didRun = await runNext().catch((error: unknown) => {
        reportFailure(error);
        return false;
      });
      if (!didRun) await sleep(IDLE_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  async function runNext(): Promise<boolean> {
    const now = clock.now();
    const job = await claimJob(database.knex, [...byKind.keys()], owner, now, now + LEASE_MS);
    if (job === null) return false;
    try {
      const result = await byKind.get(job.kind)?.run(runningJob(job));
      await endJob(database.knex, job.id, owner, { state: 'done', result: result ?? null }, clock.now());
    } catch (error) {
      await end(job, error);
    }
    return true;
  }

  function runningJob(job: Job): RunningJob {
    return {
      id: job.id,
      payload: job.payload,
      done: job.done,
      cursor: job.cursor,
      createdAtWork: clock.now(),
      async advance(trx, progress) {
        const isOurs = await advanceJob(trx, job.id, owner, progress, clock.now() + LEASE_MS);
        if (!isOurs || stopping.signal.aborted) throw new Interrupted();
      },
    };
  }

  async function end(job: Job, error: unknown): Promise<void> {
    if (error instanceof Interrupted) {
      const newest = await findJob(database.knex, job.id);
      if (newest?.isCancelRequested === true)
        await endJob(database.knex, job.id, owner, { state: 'cancelled', result: await leftBy(newest) }, clock.now());
      else await releaseJob(database.knex, job.id, owner, clock.now());
      return;
    }
    if (error instanceof JobFailure) {
      await endJob(database.knex, job.id, owner, { state: 'failed', error: error.error }, clock.now());
      return;
    }
    reportFailure(error);
    if (job.attempts >= MAX_ATTEMPTS)
      await endJob(database.knex, job.id, owner, { state: 'failed', error: { code: 'internal' } }, clock.now());
    else await releaseJob(database.knex, job.id, owner, clock.now() + 1000 * 2 ** job.attempts);
  }

  async function leftBy(job: Job): Promise<unknown> {
    try {
      return await byKind.get(job.kind)?.cancelled?.(runningJob(job));
    } catch (error) {
      reportFailure(error);
      return undefined;
    }
  }

  return {
    start() {
      loop ??= work();
    },
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

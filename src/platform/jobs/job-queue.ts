import { randomUUID } from 'node:crypto';
import type { Clock } from '../process/clock.ts';
import type { Database, Transaction } from '../data/db.ts';
import { listenTo } from '../data/signals.ts';
import { rethrowUnexpected } from '../process/errors.ts';
import {
  advanceJob,
  claimJob,
  endJob,
  findJob,
  releaseJob,
  renewLease,
  type Job,
  type JobProgress,
} from './job-store.ts';

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

/** Ends the job for good where the work is refused: trying again would refuse it again. */
export async function failOnRefusal<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    rethrowUnexpected(error);
    throw new JobFailure({ code: error.code });
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
  /** How often it is looked for what another process queued, or what is to be tried again. */
  readonly lookEveryMs?: number;
}

const LEASE_MS = 30_000;
const LOOK_EVERY_MS = 250;
const MAX_ATTEMPTS = 5;
/** More than one, so that what is done in a moment does not wait behind a list of a million codes. */
const MAX_AT_ONCE = 3;

class Interrupted extends Error {}

/** Begins a job as soon as it is queued, a few at a time; several processes may have a worker each. */
export function createWorker(parts: WorkerParts): Worker {
  const { database, reportFailure, lookEveryMs = LOOK_EVERY_MS } = parts;
  const queued = listenTo(database.knex, 'job_queued');
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  let loop: Promise<void> | null = null;

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) if (!(await beginNext())) await queued.next(lookEveryMs);
    await Promise.all(running);
  }

  /** False: nothing is to be done, or enough is being done. */
  async function beginNext(): Promise<boolean> {
    if (running.size >= MAX_AT_ONCE) return false;
    const claim = await claimNext(parts, stopping.signal).catch(reportFailure);
    if (claim === undefined || claim === null) return false;
    const begun = run(parts, claim)
      .catch(reportFailure)
      .finally(() => {
        running.delete(begun);
        queued.wake();
      });
    running.add(begun);
    return true;
  }

  return {
    start() {
      loop ??= work();
    },
    async stop() {
      stopping.abort();
      queued.close();
      await loop;
    },
  };
}

/** A job that this process has taken. */
interface Claim {
  readonly job: Job;
  readonly handler: JobHandler;
  readonly owner: string;
  readonly stopping: AbortSignal;
}

async function claimNext({ database, handlers, clock }: WorkerParts, stopping: AbortSignal): Promise<Claim | null> {
  const [owner, now] = [randomUUID(), clock.now()];
  const kinds = handlers.map(({ kind }) => kind);
  const job = await claimJob(database.knex, kinds, owner, now, now + LEASE_MS);
  const handler = handlers.find(({ kind }) => kind === job?.kind);
  return job === null || handler === undefined ? null : { job, handler, owner, stopping };
}

async function run(parts: WorkerParts, claim: Claim): Promise<void> {
  const { database, clock, reportFailure } = parts;
  const { job, handler, owner } = claim;
  // A step may take longer than the lease, and nobody else may begin the job meanwhile.
  const heart = setInterval(() => {
    renewLease(database.knex, job.id, owner, clock.now() + LEASE_MS).catch(reportFailure);
  }, LEASE_MS / 3);
  try {
    const result = await handler.run(runningJob(parts, claim, job));
    await endJob(database.knex, job.id, owner, { state: 'done', result: result ?? null }, clock.now());
  } catch (error) {
    await endWith(parts, claim, error);
  } finally {
    clearInterval(heart);
  }
}

function runningJob({ clock }: WorkerParts, { owner, stopping }: Claim, job: Job): RunningJob {
  return {
    id: job.id,
    payload: job.payload,
    done: job.done,
    cursor: job.cursor,
    createdAtWork: clock.now(),
    async advance(trx, progress) {
      const isOurs = await advanceJob(trx, job.id, owner, progress, clock.now() + LEASE_MS);
      if (!isOurs || stopping.aborted) throw new Interrupted();
    },
  };
}

async function endWith(parts: WorkerParts, claim: Claim, error: unknown): Promise<void> {
  const { database, clock, reportFailure } = parts;
  const { job, owner } = claim;
  if (error instanceof Interrupted) {
    const newest = await findJob(database.knex, job.id);
    if (newest?.isCancelRequested !== true) return releaseJob(database.knex, job.id, owner, clock.now());
    const result = await leftBy(parts, claim, newest);
    return endJob(database.knex, job.id, owner, { state: 'cancelled', result }, clock.now());
  }
  if (error instanceof JobFailure)
    return endJob(database.knex, job.id, owner, { state: 'failed', error: error.error }, clock.now());
  reportFailure(error);
  if (job.attempts >= MAX_ATTEMPTS)
    return endJob(database.knex, job.id, owner, { state: 'failed', error: { code: 'internal' } }, clock.now());
  return releaseJob(database.knex, job.id, owner, clock.now() + 1000 * 2 ** job.attempts);
}

async function leftBy(parts: WorkerParts, claim: Claim, job: Job): Promise<unknown> {
  try {
    return await claim.handler.cancelled?.(runningJob(parts, claim, job));
  } catch (error) {
    parts.reportFailure(error);
    return undefined;
  }
}

import type { Knex } from 'knex';
import { parseJson } from '../data/json.ts';
import { emitSignal } from '../data/signals.ts';

export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface Job {
  readonly id: string;
  readonly kind: string;
  readonly state: JobState;
  readonly payload: unknown;
  readonly cursor: unknown;
  readonly done: number;
  readonly total: number | null;
  readonly result: unknown;
  readonly error: unknown;
  readonly attempts: number;
  readonly isCancelRequested: boolean;
  readonly createdBy: string;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
}

export interface NewJob {
  readonly kind: string;
  readonly payload: unknown;
  readonly total: number | null;
  readonly createdBy: string;
  readonly now: number;
  /** Of jobs with the same key there is ever only one. */
  readonly dedupeKey?: string;
}

export async function insertJob(trx: Knex.Transaction, job: NewJob): Promise<string> {
  const [id] = await trx('jobs').insert({
    kind: job.kind,
    state: 'queued',
    payload: JSON.stringify(job.payload),
    total: job.total,
    run_after: job.now,
    created_by: job.createdBy,
    dedupe_key: job.dedupeKey ?? null,
    created_at: job.now,
  });
  emitSignal(trx, 'job_queued');
  return String(id);
}

export async function findJob(knex: Knex, id: string): Promise<Job | null> {
  const row = await knex('jobs').where({ id }).first<JobRow | undefined>();
  return row === undefined ? null : toJob(row);
}

/** The one job of this key; null: there was none. */
export async function findJobByKey(
  knex: Knex,
  dedupeKey: string,
): Promise<{ readonly jobId: string; readonly state: JobState } | null> {
  const row = await knex('jobs')
    .where({ dedupe_key: dedupeKey })
    .first<{ id: number | string; state: JobState } | undefined>('id', 'state');
  return row === undefined ? null : { jobId: String(row.id), state: row.state };
}

export interface JobFilter {
  /** null: of everybody. */
  readonly createdBy: string | null;
  readonly state: JobState | null;
  readonly beforeId: string | null;
  readonly limit: number;
}

/** The newest first. */
export async function listJobs(knex: Knex, { createdBy, state, beforeId, limit }: JobFilter): Promise<Job[]> {
  const query = knex('jobs').orderBy('id', 'desc').limit(limit);
  if (createdBy !== null) void query.where({ created_by: createdBy });
  if (state !== null) void query.where({ state });
  if (beforeId !== null) void query.where('id', '<', beforeId);
  return (await query.select<JobRow[]>()).map(toJob);
}

/** The next job that waits, or whose worker has died; null: nothing to do. The guarded update lets one worker win. */
export async function claimJob(
  knex: Knex,
  kinds: readonly string[],
  owner: string,
  now: number,
  leaseUntil: number,
): Promise<Job | null> {
  const isDue = (query: Knex.QueryBuilder): void => {
    void query.where((due) => {
      void due
        .where((waiting) => void waiting.where({ state: 'queued' }).where('run_after', '<=', now))
        .orWhere((left) => void left.where({ state: 'running' }).where('lease_until', '<', now));
    });
  };
  const next = await knex('jobs')
    .whereIn('kind', [...kinds])
    .modify(isDue)
    .orderBy('id')
    .first<{ id: number | string } | undefined>('id');
  if (next === undefined) return null;
  const claimed: number = await knex('jobs')
    .where({ id: next.id })
    .modify(isDue)
    .update({
      state: 'running',
      lease_owner: owner,
      lease_until: leaseUntil,
      attempts: knex.raw('attempts + 1'),
      started_at: knex.raw('coalesce(started_at, ?)', [now]),
    });
  return claimed === 1 ? findJob(knex, String(next.id)) : null;
}

export interface JobProgress {
  readonly done: number;
  readonly cursor: unknown;
}

/** Moves the job on in the transaction of its rows; false: the lease was lost or the job is to be cancelled. */
export async function advanceJob(
  trx: Knex.Transaction,
  id: string,
  owner: string,
  progress: JobProgress,
  leaseUntil: number,
): Promise<boolean> {
  const moved: number = await trx('jobs')
    .where({ id, lease_owner: owner, state: 'running', is_cancel_requested: false })
    .update({ done: progress.done, cursor: JSON.stringify(progress.cursor ?? null), lease_until: leaseUntil });
  return moved === 1;
}

export async function endJob(
  knex: Knex,
  id: string,
  owner: string,
  end: { readonly state: 'done' | 'failed' | 'cancelled'; readonly result?: unknown; readonly error?: unknown },
  now: number,
): Promise<void> {
  await knex('jobs')
    .where({ id, lease_owner: owner })
    .update({
      state: end.state,
      result: end.result === undefined ? null : JSON.stringify(end.result),
      error: end.error === undefined ? null : JSON.stringify(end.error),
      lease_owner: null,
      lease_until: null,
      ended_at: now,
    });
  emitSignal(knex, `job_ended:${id}`);
}

/** Keeps what runs from being taken over while one step of it takes long. */
export async function renewLease(knex: Knex, id: string, owner: string, leaseUntil: number): Promise<void> {
  await knex('jobs').where({ id, lease_owner: owner, state: 'running' }).update({ lease_until: leaseUntil });
}

/** Back into the queue: after a failure that may pass, or because the worker stops. */
export async function releaseJob(knex: Knex, id: string, owner: string, runAfter: number): Promise<void> {
  await knex('jobs')
    .where({ id, lease_owner: owner })
    .update({ state: 'queued', lease_owner: null, lease_until: null, run_after: runAfter });
}

export async function requestCancel(trx: Knex.Transaction, id: string, now: number): Promise<void> {
  const ended: number = await trx('jobs')
    .where({ id, state: 'queued' })
    .update({ state: 'cancelled', is_cancel_requested: true, ended_at: now });
  if (ended > 0) emitSignal(trx, `job_ended:${id}`);
  else await trx('jobs').where({ id, state: 'running' }).update({ is_cancel_requested: true });
}

/** Jobs that ended before an instant and still name a file. */
export async function jobsWithOldFiles(knex: Knex, endedBefore: number, limit: number): Promise<Job[]> {
  const rows = await knex('jobs')
    .where({ state: 'done' })
    .where('ended_at', '<', endedBefore)
    .where('result', 'like', '%"file":{%')
    .orderBy('id')
    .limit(limit)
    .select<JobRow[]>();
  return rows.map(toJob);
}

export async function dropResultFile(knex: Knex, id: string, result: object): Promise<void> {
  await knex('jobs')
    .where({ id, state: 'done' })
    .update({ result: JSON.stringify(result) });
}

interface JobRow {
  readonly id: number | string;
  readonly kind: string;
  readonly state: JobState;
  readonly payload: string;
  readonly cursor: string | null;
  readonly done: number;
  readonly total: number | null;
  readonly result: string | null;
  readonly error: string | null;
  readonly attempts: number;
  readonly is_cancel_requested: number | boolean;
  readonly created_by: string;
  readonly created_at: number | string;
  readonly started_at: number | string | null;
  readonly ended_at: number | string | null;
}

function toJob(row: JobRow): Job {
  const json = (text: string | null): unknown => (text === null ? null : parseJson<unknown>(text));
  return {
    id: String(row.id),
    kind: row.kind,
    state: row.state,
    payload: json(row.payload),
    cursor: json(row.cursor),
    done: row.done,
    total: row.total,
    result: json(row.result),
    error: json(row.error),
    attempts: row.attempts,
    isCancelRequested: Boolean(row.is_cancel_requested),
    createdBy: row.created_by,
    createdAt: Number(row.created_at),
    startedAt: row.started_at === null ? null : Number(row.started_at),
    endedAt: row.ended_at === null ? null : Number(row.ended_at),
  };
}

export async function deleteEndedJobs(trx: Knex.Transaction, ids: readonly string[]): Promise<number> {
  return trx('jobs').whereIn('id', ids).whereIn('state', ['done', 'failed', 'cancelled']).delete();
}

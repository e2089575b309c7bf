import { may, type Permission } from '../../../core/access.ts';
import type { SignedInUser } from '../../../platform/http/auth.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { JobFile } from '../../../platform/files/files.ts';
import { findJob, listJobs, requestCancel, type Job, type JobState } from '../../../platform/jobs/job-store.ts';

/** One's own jobs; an administrator's are everybody's. */
export async function jobsOf(
  database: Database,
  user: SignedInUser,
  page: { readonly state: JobState | null; readonly beforeId: string | null; readonly limit: number },
): Promise<Job[]> {
  return listJobs(database.knex, { ...page, createdBy: may(user, 'jobs.see_all') ? null : ownerOf(user) });
}

/** Somebody else's job is told as if it were not there. */
export async function jobFor(database: Database, id: string, user: SignedInUser): Promise<Job> {
  const job = await findJob(database.knex, id);
  if (job === null || (!may(user, 'jobs.see_all') && job.createdBy !== ownerOf(user))) throw appError('not_found');
  return job;
}

export async function cancelJob(database: Database, id: string, user: SignedInUser, now: number): Promise<void> {
  await jobFor(database, id, user);
  await inTransaction(database, (trx) => requestCancel(trx, id, now));
}

/** What is asked of whoever fetches a file, by the word the job left with it; an unknown one asks for the most. */
const FILE_PERMISSIONS: Readonly<Record<string, Permission>> = { codes: 'codes.see', print: 'vouchers.print' };

/**
 * The file a job left; null where it left none. Codes in full are for those who may see them; others get the masked
 * one, where there is one.
 */
export function fileOf(job: Job, user: SignedInUser): JobFile | null {
  const result = (typeof job.result === 'object' && job.result !== null ? job.result : {}) as {
    readonly file?: JobFile;
    readonly maskedFile?: JobFile;
    readonly needs?: string;
  };
  if ((job.state !== 'done' && job.state !== 'cancelled') || result.file === undefined) return null;
  const mayFetch = result.needs === undefined || may(user, FILE_PERMISSIONS[result.needs] ?? 'codes.see');
  return mayFetch ? result.file : (result.maskedFile ?? null);
}

/** The name of a file that was removed when its time was over. */
export function goneFileOf({ result }: Job): string | null {
  const name = typeof result === 'object' && result !== null && 'goneFile' in result ? result.goneFile : null;
  return typeof name === 'string' ? name : null;
}

export interface JobPace {
  /** Hundredths, or null where the end is not known. */
  readonly percent: number | null;
  readonly perSecond: number | null;
  readonly secondsLeft: number | null;
}

/** How fast a running job is, from what it has done since it began. */
export function paceOf({ state, done, total, startedAt }: Job, now: number): JobPace {
  const percent = total === null || total === 0 ? null : Math.min(100, Math.floor((done * 100) / total));
  const seconds = startedAt === null ? 0 : (now - startedAt) / 1000;
  if (state !== 'running' || done === 0 || seconds < 1) return { percent, perSecond: null, secondsLeft: null };
  const perSecond = done / seconds;
  return {
    percent,
    perSecond: Math.round(perSecond),
    secondsLeft: total === null ? null : Math.max(1, Math.round((total - done) / perSecond)),
  };
}

function ownerOf(user: SignedInUser): string {
  return `user:${user.id}`;
}

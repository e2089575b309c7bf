import type { Request, Response } from 'express';
import type { Database } from '../data/db.ts';
import { addFlash, type Flash } from '../html/flash.ts';
import { errorSentence } from '../http/error-sentence.ts';
import { isRefusal, type ErrorCode } from '../process/errors.ts';
import type { Job } from './job-store.ts';
import { waitForJob } from './job-wait.ts';

/** What a page says once its job has ended, and where it leads. */
export interface JobAnswer {
  readonly href: string;
  readonly flashes: readonly Flash[];
}

export interface JobAnswers {
  done(result: unknown): JobAnswer | Promise<JobAnswer>;
  /** Where a refusal is told. */
  readonly refusedAt: string;
  /** Instead of the sentence of the error. */
  refused?(code: ErrorCode): Promise<Flash>;
}

export function jobPath(id: string): string {
  return `/admin/jobs/${id}`;
}

/**
 * Waits a moment for a job that was just queued: what is done by then is told as if the page itself had done it, and
 * what takes longer leads to the page of its progress.
 */
export async function answerWithJob(
  { req, res }: { readonly req: Request; readonly res: Response },
  database: Database,
  id: string,
  answers: JobAnswers,
): Promise<void> {
  const { href, flashes } = (await answerOf(await waitForJob(database, id), answers, res)) ?? {
    href: jobPath(id),
    flashes: [],
  };
  for (const flash of flashes) addFlash(req, flash);
  res.redirect(303, href);
}

async function answerOf(job: Job, { done, refusedAt, refused }: JobAnswers, res: Response): Promise<JobAnswer | null> {
  if (job.state === 'done') return done(job.result);
  const { code } = (job.error ?? {}) as { readonly code?: unknown };
  if (job.state !== 'failed' || !isRefusal(code)) return null;
  const flash: Flash =
    refused === undefined ? { kind: 'danger', text: errorSentence(code, res.locals.t) } : await refused(code);
  return { href: refusedAt, flashes: [flash] };
}

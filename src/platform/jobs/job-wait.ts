import type { Database } from '../data/db.ts';
import { listenTo } from '../data/signals.ts';
import { findJob, type Job } from './job-store.ts';

/** How long somebody waits for the answer before they are shown how far the job is. */
const PATIENCE_MS = 1000;
/** For jobs that another process runs, which nobody tells us of. */
const LOOK_EVERY_MS = 250;

/** The job at its end, or as it stands when it takes longer than one waits. */
export async function waitForJob({ knex, patienceMs = PATIENCE_MS }: Database, id: string): Promise<Job> {
  const ended = listenTo(knex, `job_ended:${id}`);
  const deadline = performance.now() + patienceMs;
  try {
    for (;;) {
      const job = await findJob(knex, id);
      if (job === null) throw new Error(`job ${id} is gone`);
      const left = deadline - performance.now();
      if (job.endedAt !== null || left <= 0) return job;
      await ended.next(Math.min(left, LOOK_EVERY_MS));
    }
  } finally {
    ended.close();
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../process/clock.ts';
import type { Database } from '../data/db.ts';
import type { FileStore, JobFile } from '../files/files.ts';
import { dropResultFile, jobsWithOldFiles } from './job-store.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const KEPT_MS = 30 * DAY_MS;
/** What was uploaded and never gone on with, and what tells which cells of a workbook were changed, by folder. */
const SWEPT_MS: ReadonlyMap<string, number> = new Map([
  ['imports', KEPT_MS],
  ['sheets', 90 * DAY_MS],
]);
const INTERVAL_MS = 60 * 60 * 1000;
const JOBS_PER_STEP = 200;

/** Files that jobs left are kept for 30 days: lists of codes must not lie about for ever, nor fill the disk. */
export function createJobFileExpiry({
  database,
  files,
  clock,
  reportFailure,
}: {
  readonly database: Database;
  readonly files: FileStore;
  readonly clock: Clock;
  readonly reportFailure: (error: unknown) => void;
}) {
  const stopping = new AbortController();
  let loop: Promise<void> | null = null;

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      await removeOld().catch(reportFailure);
      await sleep(INTERVAL_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  /** How many files were removed. */
  async function removeOld(): Promise<number> {
    for (const [folder, kept] of SWEPT_MS) await files.sweep(folder, clock.now() - kept);
    const jobs = await jobsWithOldFiles(database.knex, clock.now() - KEPT_MS, JOBS_PER_STEP);
    for (const { id, result } of jobs) {
      const { file, maskedFile, ...rest } = result as { readonly file: JobFile; readonly maskedFile?: JobFile };
      // The file first: after a crash in between it is tried again.
      await files.remove(file.key);
      if (maskedFile !== undefined) await files.remove(maskedFile.key);
      await dropResultFile(database.knex, id, { ...rest, goneFile: file.name });
    }
    return jobs.length;
  }

  return {
    removeOld,
    start() {
      loop ??= work();
    },
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

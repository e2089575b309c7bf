import type { JobFile } from '../files/files.ts';
import type { Shell } from '../process/feature.ts';
import type { ScheduledWork } from './schedule.ts';
import { dropResultFile, jobsWithOldFiles } from './job-store.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const KEPT_MS = 30 * DAY_MS;
/** What was uploaded and never gone on with, and what tells which cells of a workbook were changed, by folder. */
const SWEPT_MS: ReadonlyMap<string, number> = new Map([
  ['imports', KEPT_MS],
  ['sheets', 90 * DAY_MS],
]);
const EVERY_HOUR = '45 * * * *';
const JOBS_PER_STEP = 200;

type Parts = Pick<Shell, 'database' | 'files' | 'clock'>;

/** Files that jobs left are kept for 30 days: lists of codes must not lie about for ever, nor fill the disk. */
export function jobFileExpiry(parts: Parts): ScheduledWork {
  return {
    name: 'job files',
    at: EVERY_HOUR,
    async run() {
      await removeOldJobFiles(parts);
    },
  };
}

/** How many jobs lost their files. */
export async function removeOldJobFiles({ database, files, clock }: Parts): Promise<number> {
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

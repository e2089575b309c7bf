import type { FileStore, JobFile } from '../files/files.ts';
import { TooManyWorkbookRows } from '../files/workbook-writer.ts';
import { JobFailure } from './job-queue.ts';

/** Writes what a job leaves behind; where that fails, no half of a file stays. */
export async function writeJobFile<T>(
  files: FileStore,
  written: readonly JobFile[],
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    for (const { key } of written) await files.remove(key);
    if (error instanceof TooManyWorkbookRows) throw new JobFailure({ code: 'too_many_rows' });
    throw error;
  }
}

import type { Database } from '../../src/platform/data/db.ts';

const PATIENCE_MS = 60_000;

/** Until no job waits or runs. */
export async function jobsDone(database: Database): Promise<void> {
  for (
    const deadline = Date.now() + PATIENCE_MS;
    Date.now() < deadline;
    await new Promise((resolve) => setTimeout(resolve, 25))
  ) {
    if (
      (await database.knex('jobs').whereIn('state', ['queued', 'running']).first<object | undefined>('id')) ===
      undefined
    )
      return;
  }
  throw new Error('a job did not end');
}

import type { Knex } from 'knex';
import { parseJson } from '../../../platform/data/json.ts';
import type { JobState } from '../../../platform/jobs/job-store.ts';

/** One run that made codes for a campaign: the job, without the list it was given. */
export interface CodeRun {
  readonly id: string;
  readonly state: JobState;
  readonly done: number;
  readonly total: number | null;
  readonly createdAt: number;
}

/** The newest first; where they were started before a place in the log, which is also where the next page begins. */
export async function findCodeRuns(
  knex: Knex,
  campaignId: string,
  before: string | null,
  limit: number,
): Promise<{ runs: CodeRun[]; next: string | null }> {
  const query = knex('audit_log')
    .where({ entity: 'campaign', entity_id: campaignId, action: 'campaign.codes' })
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (before !== null) void query.where('id', '<', before);
  const started = await query.select<{ id: number | string; changes: string }[]>('id', 'changes');
  const page = started.slice(0, limit);
  const last = page.at(-1);
  const runs = await findRuns(
    knex,
    page.map(({ changes }) => parseJson<{ readonly jobId: string }>(changes).jobId),
  );
  return { runs, next: started.length > limit && last !== undefined ? String(last.id) : null };
}

export async function findRuns(knex: Knex, ids: readonly string[]): Promise<CodeRun[]> {
  const rows = await knex('jobs')
    .whereIn('id', [...ids])
    .orderBy('id', 'desc')
    .select<CodeRunRow[]>('id', 'state', 'done', 'total', 'created_at');
  return rows.map((row) => ({
    id: String(row.id),
    state: row.state,
    done: Number(row.done),
    total: row.total === null ? null : Number(row.total),
    createdAt: Number(row.created_at),
  }));
}

interface CodeRunRow {
  readonly id: number | string;
  readonly state: JobState;
  readonly done: number | string;
  readonly total: number | string | null;
  readonly created_at: number | string;
}

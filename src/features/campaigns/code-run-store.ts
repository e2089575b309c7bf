import type { Knex } from 'knex';
import { parseJson } from '../../platform/json.ts';
import type { JobState } from '../../platform/job-store.ts';

/** One run that made codes for a campaign: the job, without the list it was given. */
export interface CodeRun {
  readonly id: string;
  readonly state: JobState;
  readonly done: number;
  readonly total: number | null;
  readonly createdAt: number;
}

/** The newest first. */
export async function findCodeRuns(knex: Knex, campaignId: string, limit: number): Promise<CodeRun[]> {
  const started = await knex('audit_log')
    .where({ entity: 'campaign', entity_id: campaignId, action: 'campaign.codes' })
    .orderBy('id', 'desc')
    .limit(limit)
    .pluck<string[]>('changes');
  const ids = started.map((changes) => parseJson<{ readonly jobId: string }>(changes).jobId);
  const rows = await knex('jobs').whereIn('id', ids).orderBy('id', 'desc').select<CodeRunRow[]>('id', 'state', 'done', 'total', 'created_at');
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

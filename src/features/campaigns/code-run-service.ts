import { randomBytes } from 'node:crypto';
import { formatCode, generateCode, guessOdds, normaliseCode } from '../../core/voucher-code.ts';
import { writeAudit, readAudit } from '../../platform/audit.ts';
import { inTransaction, type Database } from '../../platform/db.ts';
import { appError } from '../../platform/errors.ts';
import { findJob, insertJob, type Job } from '../../platform/job-store.ts';
import type { Moment } from './campaign-service.ts';
import { findCampaign } from './campaign-store.ts';
import { findCodesFrom, type CodeRow } from './code-store.ts';
import { soundShape, type GenerateCodes } from './code-service.ts';

export const CODE_RUN_JOB = 'campaign-code-run';
export const RUN_ACTIONS = ['lock', 'unlock', 'pay', 'export', 'withdraw'] as const;
export type RunAction = (typeof RUN_ACTIONS)[number];

export interface RunPayload {
  readonly campaignId: string;
  readonly runId: string;
  readonly action: RunAction;
  readonly paidOn: string | null;
  readonly actor: string;
}

const MAX_RUNS = 50;
const MAX_HITS = 100;
const SAMPLES = 3;

/** The runs that made codes for a campaign, newest first. */
export async function codeRuns(database: Database, campaignId: string): Promise<Job[]> {
  const entries = (await readAudit(database.knex, 'campaign', campaignId, MAX_RUNS * 4)).filter(({ action }) => action === 'campaign.codes').slice(0, MAX_RUNS);
  const jobs = await Promise.all(entries.map(({ changes }) => findJob(database.knex, String((changes as { jobId: unknown }).jobId))));
  return jobs.filter((job): job is Job => job !== null);
}

export async function searchCodes(database: Database, campaignId: string, q: string): Promise<CodeRow[]> {
  const prefix = normaliseCode(q);
  return prefix === '' ? [] : findCodesFrom(database.knex, campaignId, prefix, MAX_HITS);
}

/** What such a run would make: samples that are kept nowhere, and how likely somebody hits a code by guessing. */
export function sampleRun(request: GenerateCodes): { readonly samples: readonly string[]; readonly oneIn: bigint } {
  const { shape, mask } = soundShape(request);
  const samples = Array.from({ length: SAMPLES }, () => formatCode(generateCode(randomBytes(shape.length), shape), shape, mask));
  return { samples, oneIn: guessOdds(shape, request.count) };
}

/** Does something with every code of one run, in the background; the job's id. */
export async function startRunAction(
  database: Database,
  wish: { readonly campaignId: string; readonly runId: string; readonly action: RunAction; readonly paidOn: string | null; readonly reason: string },
  actor: string,
  moment: Moment,
): Promise<string> {
  const { reason, ...run } = wish;
  const job = await findJob(database.knex, wish.runId);
  const payload = job?.payload as { readonly campaignId?: string } | undefined;
  if (job === null || payload?.campaignId !== wish.campaignId) throw appError('not_found');
  return inTransaction(database, async (trx) => {
    if ((await findCampaign(trx, wish.campaignId)) === null) throw appError('not_found');
    const id = await insertJob(trx, { kind: CODE_RUN_JOB, payload: { ...run, actor } satisfies RunPayload, total: job.done, createdBy: actor, now: moment.now });
    await writeAudit(trx, [{ recordedAt: moment.now, actor, action: `campaign.run_${wish.action}`, entity: 'campaign', entityId: wish.campaignId, changes: { run: wish.runId, jobId: id, reason } }]);
    return id;
  });
}

import { drawCode } from '../../vouchers/rows/code-draw-service.ts';
import { requireToldDay } from '../../staff/people/told-day-service.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { formatCode, guessOdds, normaliseCode } from '../../../core/engine/voucher-code.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { findJob, insertJob } from '../../../platform/jobs/job-store.ts';
import { markHandedOut } from './code-removal-service.ts';
import { findCampaign } from '../record/campaign-store.ts';
import { findCodeRuns, findRuns, type CodeRun } from './code-run-store.ts';
import { findCodesFrom, findWholeCode, listRunCodes, type CodeRow } from './code-store.ts';
import { CAMPAIGN_CODES_JOB, soundShape, type GenerateCodes } from './code-service.ts';

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

const MAX_RUNS = 20;
const MAX_HITS = 100;
const SAMPLES = 3;

/** The runs that made codes for a campaign, newest first, by pages. */
export function codeRuns(
  database: Database,
  campaignId: string,
  before: string | null,
): Promise<{ readonly runs: readonly CodeRun[]; readonly next: string | null }> {
  return findCodeRuns(database.knex, campaignId, before, MAX_RUNS);
}

/** One run of a campaign; null: there is none such. */
export async function codeRun(database: Database, campaignId: string, runId: string): Promise<CodeRun | null> {
  const job = await findJob(database.knex, runId);
  if (job?.kind !== CAMPAIGN_CODES_JOB || (job.payload as { readonly campaignId: string }).campaignId !== campaignId)
    return null;
  return (await findRuns(database.knex, [runId]))[0] ?? null;
}

/** The vouchers of a run in the order they were made, after this one. */
export async function vouchersOfRun(
  database: Database,
  runId: string,
  afterId: string,
  limit: number,
): Promise<string[]> {
  return (await listRunCodes(database.knex, runId, afterId, limit)).map(({ id }) => id);
}

/** Those that begin so; for people who may not see codes only the one that is so as a whole. */
export async function searchCodes(
  database: Database,
  campaignId: string,
  q: string,
  isWholeCodeOnly: boolean,
): Promise<CodeRow[]> {
  const typed = normaliseCode(q);
  if (typed === '') return [];
  return isWholeCodeOnly
    ? findWholeCode(database.knex, campaignId, typed)
    : findCodesFrom(database.knex, campaignId, typed, MAX_HITS);
}

/** What such a run would make: samples that are kept nowhere, and how likely somebody hits a code by guessing. */
export function sampleRun(request: GenerateCodes): { readonly samples: readonly string[]; readonly oneIn: bigint } {
  const { shape, mask } = soundShape(request);
  const samples = Array.from({ length: SAMPLES }, () => formatCode(drawCode(shape), shape, mask));
  return { samples, oneIn: guessOdds(shape, request.count) };
}

/** Does something with every code of one run, in the background; the job's id. */
export async function startRunAction(
  database: Database,
  wish: {
    readonly campaignId: string;
    readonly runId: string;
    readonly action: RunAction;
    readonly paidOn: string | null;
    readonly reason: string;
  },
  actor: string,
  moment: Moment,
): Promise<string> {
  const { reason, ...run } = wish;
  const job = await findJob(database.knex, wish.runId);
  const payload = job?.payload as { readonly campaignId?: string } | undefined;
  if (job === null || payload?.campaignId !== wish.campaignId) throw appError('not_found');
  return inTransaction(database, async (trx) => {
    if ((await findCampaign(trx, wish.campaignId)) === null) throw appError('not_found');
    if (wish.paidOn !== null) await requireToldDay({ trx, actor, moment }, wish.paidOn, 'paidOn');
    const id = await insertJob(trx, {
      kind: CODE_RUN_JOB,
      payload: { ...run, actor } satisfies RunPayload,
      total: job.done,
      createdBy: actor,
      now: moment.now,
    });
    if (wish.action === 'export') await markHandedOut(trx, [wish.campaignId], moment.now);
    await writeAudit(trx, [
      {
        recordedAt: moment.now,
        actor,
        action: `campaign.run_${wish.action}`,
        entity: 'campaign',
        entityId: wish.campaignId,
        changes: { run: wish.runId, jobId: id, reason },
      },
    ]);
    return id;
  });
}

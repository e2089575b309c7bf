import { drawCode } from '../../vouchers/rows/code-draw-service.ts';
import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { formatCode, normaliseCode } from '../../../core/engine/voucher-code.ts';
import type { CodeShape } from '../../../core/engine/voucher.ts';
import type { Clock } from '../../../platform/process/clock.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { inTransaction, isDuplicateKey, type Database, type Transaction } from '../../../platform/data/db.ts';
import { JobFailure, type JobHandler, type RunningJob } from '../../../platform/jobs/job-queue.ts';
import { nextNumbers, yearOf } from '../../accounting/ledger/number-service.ts';
import { bookCodes } from './code-booking-service.ts';
import { findCampaign, type CampaignRecord } from '../record/campaign-store.ts';
import { CAMPAIGN_CODES_JOB, type CodeJobPayload } from './code-service.ts';
import { findCodeIds, insertCodes } from './code-store.ts';
import type { NewCode } from '../../vouchers/rows/code-row.ts';
import { readRules, type StoredRules } from '../../vouchers/rules/rules-service.ts';

/** Codes made in one transaction: its progress is never further from the truth than this. */
const CODES_PER_STEP = 1000;
const BOOKED_PER_STEP = 500;
/** Two random codes that are the same are a wonder; a step that meets more of them than this has another fault. */
const MAX_STEP_ATTEMPTS = 5;

export function campaignCodesJob({ database, clock }: Shell): JobHandler {
  return {
    kind: CAMPAIGN_CODES_JOB,
    async run(job) {
      const payload = job.payload as CodeJobPayload;
      const made =
        'codes' in payload
          ? await listed(database, clock, job, payload)
          : await generated(database, clock, job, payload);
      return { campaignId: payload.campaignId, codes: made };
    },
  };
}

async function listed(
  database: Database,
  clock: Clock,
  job: RunningJob,
  payload: Extract<CodeJobPayload, { codes: readonly string[] }>,
): Promise<number> {
  const codes = payload.codes.map((code) => ({ code, normalisedCode: normaliseCode(code) }));
  if (job.done >= codes.length) return codes.length;
  try {
    await inTransaction(database, async (trx) => {
      await writeCodes(trx, clock, job, payload, codes);
      await job.advance(trx, { done: codes.length, cursor: null });
    });
  } catch (error) {
    if (isDuplicateKey(error)) throw new JobFailure({ code: 'code_taken' });
    throw error;
  }
  return codes.length;
}

async function generated(
  database: Database,
  clock: Clock,
  job: RunningJob,
  payload: Extract<CodeJobPayload, { count: number }>,
): Promise<number> {
  let done = job.done;
  while (done < payload.count) {
    const step = Math.min(CODES_PER_STEP, payload.count - done);
    await generateStep(database, clock, job, payload, done, step);
    done += step;
    await nextTurn();
  }
  return done;
}

async function generateStep(
  database: Database,
  clock: Clock,
  job: RunningJob,
  payload: Extract<CodeJobPayload, { count: number }>,
  done: number,
  step: number,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const codes = randomCodes(payload.shape, payload.mask, step);
    try {
      await inTransaction(database, async (trx) => {
        await writeCodes(trx, clock, job, payload, codes);
        await job.advance(trx, { done: done + step, cursor: null });
      });
      return;
    } catch (error) {
      if (!isDuplicateKey(error) || attempt === MAX_STEP_ATTEMPTS) throw error;
    }
  }
}

function randomCodes(shape: CodeShape, mask: string, count: number): NewCode[] {
  const bytes = randomBytes(count * shape.length);
  const byCode = new Map<string, NewCode>();
  for (let index = 0; byCode.size < count; index++) {
    const own =
      index < count ? bytes.subarray(index * shape.length, (index + 1) * shape.length) : randomBytes(shape.length);
    const normalisedCode = drawCode(shape, own);
    byCode.set(normalisedCode, { code: formatCode(normalisedCode, shape, mask), normalisedCode });
  }
  return [...byCode.values()];
}

async function writeCodes(
  trx: Transaction,
  clock: Clock,
  job: RunningJob,
  payload: CodeJobPayload,
  codes: readonly NewCode[],
): Promise<void> {
  const { campaign, rules } = await readCampaignRules(trx, payload.campaignId);
  const isStored = rules.originalValue !== null;
  const now = clock.now();
  await insertCodes(
    trx,
    {
      campaignId: campaign.id,
      rulesId: campaign.rulesId,
      type: rules.type,
      generationId: job.id,
      originalValue: rules.originalValue,
      balance: isStored ? 0 : null,
      now,
    },
    codes,
    await nextNumbers(trx, 'voucher', yearOf(clock.today()), codes.length, { now, subject: `job:${job.id}` }),
  );
  // Counting the codes has locked the campaign. Whoever paid or changed it while these were being written did not see them.
  const settled = await readCampaignRules(trx, payload.campaignId);
  if (settled.rules.type !== rules.type || settled.rules.originalValue !== rules.originalValue)
    throw new Error('the campaign was changed while its codes were being written');
  if (!isStored || settled.campaign.paidOn === null) return;
  for (let from = 0; from < codes.length; from += BOOKED_PER_STEP) {
    const ids = await findCodeIds(trx, codes.slice(from, from + BOOKED_PER_STEP));
    const act = { trx, actor: payload.actor, moment: { now, today: clock.today() } };
    await bookCodes(
      act,
      { campaignId: campaign.id, rules: settled.rules, paidOn: settled.campaign.paidOn },
      { limit: ids.length, ids },
    );
  }
}

async function readCampaignRules(
  trx: Transaction,
  id: string,
): Promise<{ readonly campaign: CampaignRecord; readonly rules: StoredRules }> {
  const campaign = await findCampaign(trx, id);
  const rules = campaign === null ? undefined : (await readRules(trx, [campaign.rulesId])).get(campaign.rulesId);
  if (campaign === null || rules === undefined) throw new JobFailure({ code: 'not_found' });
  return { campaign, rules };
}

import { isWeakOwnCode, requireStrongOwnCode, weakCode } from '../../vouchers/rows/own-code-service.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import {
  formatCode,
  isMalformedCode,
  MAX_GENERATED_LENGTH,
  MIN_GENERATED_LENGTH,
  normaliseCode,
} from '../../../core/engine/voucher-code.ts';
import type { CodeShape } from '../../../core/engine/voucher.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Database, type Transaction } from '../../../platform/data/db.ts';
import { appError, type FieldError } from '../../../platform/process/errors.ts';
import { findJob, insertJob, type Job } from '../../../platform/jobs/job-store.ts';
import { nextNumber, yearOf } from '../../accounting/ledger/number-service.ts';
import { bookCodes } from './code-booking-service.ts';
import { findCampaign, type CampaignRecord } from '../record/campaign-store.ts';
import { markHandedOut } from './code-removal-service.ts';
import { findCodeId, findTakenCodes, insertCodes, listCodes as listRows, type CodeRow } from './code-store.ts';
import { addCodeShape, readRules } from '../../vouchers/rules/rules-service.ts';

export const CAMPAIGN_CODES_JOB = 'campaign-codes';
export const MAX_GENERATED_CODES = 1_000_000;
/** A list longer than this is imported, not sent in one request. */
export const MAX_LISTED_CODES = 50_000;
const MAX_NAMED_PROBLEMS = 1000;

export interface GenerateCodes {
  readonly count: number;
  readonly prefix?: string | null;
  readonly format?: string | null;
}

export type CodesRequest = GenerateCodes | { readonly codes: readonly string[] };

export type CodeJobPayload =
  | {
      readonly campaignId: string;
      readonly count: number;
      readonly shape: CodeShape;
      readonly mask: string;
      readonly actor: string;
    }
  | { readonly campaignId: string; readonly codes: readonly string[]; readonly actor: string };

const DEFAULT_MASK = 'XXXX-XXXX-XXXX-XXXX';

/** Puts the making of codes into the queue. A fixed list is checked first: all of it is good, or nothing is queued. */
export async function requestCodes(
  trx: Transaction,
  campaignId: string,
  request: CodesRequest,
  actor: string,
  moment: Moment,
): Promise<Job> {
  const campaign = await findCampaign(trx, campaignId);
  if (campaign === null) throw appError('not_found');
  const payload: CodeJobPayload =
    'codes' in request
      ? { campaignId, codes: await soundCodes(trx, campaign, request.codes, actor), actor }
      : { campaignId, count: request.count, ...(await shapeOf(trx, request)), actor };
  if ('count' in payload) await requireSoundSum(trx, campaign, payload.count);
  // A list of codes comes from where they are handed out.
  if ('codes' in payload) await markHandedOut(trx, [campaignId], moment.now);
  const total = 'codes' in payload ? payload.codes.length : payload.count;
  const id = await insertJob(trx, { kind: CAMPAIGN_CODES_JOB, payload, total, createdBy: actor, now: moment.now });
  await writeAudit(trx, [
    {
      recordedAt: moment.now,
      actor,
      action: 'campaign.codes',
      entity: 'campaign',
      entityId: campaignId,
      changes: { jobId: id, total },
    },
  ]);
  const job = await findJob(trx, id);
  if (job === null) throw new Error('a job that was just queued is gone');
  return job;
}

/** The same for a program, which may do with them what it likes: the codes count as handed out. */
export async function listCodesForProgram(
  database: Database,
  campaignId: string,
  page: { readonly afterId: string | null; readonly limit: number },
  now: number,
): Promise<CodeRow[]> {
  await handOutCodes(database, campaignId, now);
  return listRows(database.knex, campaignId, page.afterId, page.limit);
}

/** Codes of the campaign leave the house; to be called before they do, so that none is deleted meanwhile. */
export async function handOutCodes(database: Database, campaignId: string, now: number): Promise<void> {
  const campaign = await findCampaign(database.knex, campaignId);
  if (campaign === null) throw appError('not_found');
  if (campaign.handedOutAt === null) await inTransaction(database, (trx) => markHandedOut(trx, [campaignId], now));
}

export async function listCodes(
  database: Database,
  campaignId: string,
  page: { readonly afterId: string | null; readonly limit: number },
): Promise<CodeRow[]> {
  if ((await findCampaign(database.knex, campaignId)) === null) throw appError('not_found');
  return listRows(database.knex, campaignId, page.afterId, page.limit);
}

/** One more code at once, which the caller made or was given; its id. A code that exists fails as a duplicate key. */
export async function addCode(
  trx: Transaction,
  campaignId: string,
  code: string,
  actor: string,
  moment: Moment,
): Promise<string> {
  const campaign = await findCampaign(trx, campaignId, 'locked');
  const rules = campaign === null ? undefined : (await readRules(trx, [campaign.rulesId])).get(campaign.rulesId);
  if (campaign === null || rules === undefined)
    throw appError('unknown_reference', {
      fields: [{ path: 'campaign', code: 'unknown_reference', params: { id: campaignId } }],
    });
  const { originalValue, type } = rules;
  requireStrongOwnCode(actor, type, code);
  const balance = originalValue === null ? null : 0;
  const normalisedCode = normaliseCode(code);
  const origin = {
    campaignId,
    rulesId: campaign.rulesId,
    type,
    generationId: null,
    originalValue,
    balance,
    now: moment.now,
  };
  await insertCodes(
    trx,
    origin,
    [{ code, normalisedCode }],
    [await nextNumber(trx, 'voucher', yearOf(moment.today), { now: moment.now })],
  );
  if (originalValue !== null && campaign.paidOn !== null)
    await bookCodes({ trx, actor, moment }, { campaignId, rules, paidOn: campaign.paidOn }, { limit: 1 });
  return findCodeId(trx, normalisedCode);
}

/** The family the codes of such a run belong to; refused where its pattern makes no codes. */
export function soundShape({ prefix, format }: GenerateCodes): { readonly shape: CodeShape; readonly mask: string } {
  const mask = format ?? DEFAULT_MASK;
  const shape = {
    prefix: normaliseCode(prefix ?? ''),
    length: [...mask].filter((character) => character === 'X').length,
  };
  const isSound =
    shape.length >= MIN_GENERATED_LENGTH && shape.length <= MAX_GENERATED_LENGTH && /^[X\-. _/]*$/.test(mask);
  if (!isSound || formatCode('', shape, mask).length + shape.length > 100) {
    throw appError('rule_broken', { fields: [{ path: 'format', code: 'format', text: 'campaigns:refusal.format' }] });
  }
  return { shape, mask };
}

/** What all codes of one run are worth together stays far below what can be counted exactly. */
const MAX_RUN_CENTS = 10_000_000_000_000;

async function requireSoundSum(trx: Transaction, { rulesId }: CampaignRecord, count: number): Promise<void> {
  const value = (await readRules(trx, [rulesId])).get(rulesId)?.originalValue ?? 0;
  const most = Math.floor(MAX_RUN_CENTS / Math.max(value, 1));
  if (count > most)
    throw appError('rule_broken', {
      fields: [{ path: 'count', code: 'too_much_value', text: 'campaigns:refusal.too_much_value', params: { most } }],
    });
}

async function soundCodes(
  trx: Transaction,
  { rulesId }: CampaignRecord,
  codes: readonly string[],
  actor: string,
): Promise<string[]> {
  const trimmed = codes.map((code) => code.trim());
  const normalised = trimmed.map(normaliseCode);
  const taken = await findTakenCodes(trx, normalised);
  const type = (await readRules(trx, [rulesId])).get(rulesId)?.type ?? 'discount';
  const seen = new Set<string>();
  const fields: FieldError[] = [];
  trimmed.forEach((code, index) => {
    const key = normalised[index] ?? '';
    const problem =
      isMalformedCode(code) || code.length > 100
        ? 'malformed_code'
        : seen.has(key)
          ? 'duplicate_code'
          : taken.has(key)
            ? 'code_taken'
            : null;
    seen.add(key);
    if (problem === null && isWeakOwnCode(actor, type, code) && fields.length < MAX_NAMED_PROBLEMS)
      fields.push(weakCode(`codes.${index}`));
    if (problem !== null && fields.length < MAX_NAMED_PROBLEMS)
      fields.push({ path: `codes.${index}`, code: problem, text: `campaigns:refusal.${problem}` });
  });
  if (fields.length > 0) throw appError('rule_broken', { fields });
  return trimmed;
}

async function shapeOf(
  trx: Transaction,
  request: GenerateCodes,
): Promise<{ readonly shape: CodeShape; readonly mask: string }> {
  const sound = soundShape(request);
  await addCodeShape(trx, sound.shape);
  return sound;
}

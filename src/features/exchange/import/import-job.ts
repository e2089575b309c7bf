import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { maskedCode } from '../../../core/engine/code-mask.ts';
import { normaliseCode } from '../../../core/engine/voucher-code.ts';
import type { Act } from '../../../platform/data/act.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { csvStream, type CsvValue } from '../../../platform/files/csv.ts';
import { inTransaction, type Database, type Transaction } from '../../../platform/data/db.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { JobFailure, type JobHandler, type RunningJob } from '../../../platform/jobs/job-queue.ts';
import { TableError } from '../../../platform/files/table-file.ts';
import { rulesOfCampaigns, type CampaignRules } from '../../campaigns/record/campaign-service.ts';
import { migrateVouchers, takenCodes, type MigratedVoucher } from '../../vouchers/life/voucher-migration-service.ts';
import { judgedSteps, type JudgedRow } from './import-judge-service.ts';
import type { RowProblem } from './import-cell-service.ts';
import { campaignProblem } from './import-row-service.ts';
import { nightCounter, QUIET_NIGHT } from './import-night-service.ts';
import { IMPORT_JOB, importKey, type ImportCheck, type ImportPayload } from './import-service.ts';
import { countByCampaign, deleteOutcomes, insertOutcomes, readOutcomes, type ImportOutcome } from './import-store.ts';

interface Progress {
  readonly row: number;
  readonly created: number;
  readonly skipped: number;
  readonly failed: number;
  /** The campaigns' logs have their line. */
  readonly isTold?: boolean;
}

const NOTHING_YET: Progress = { row: 0, created: 0, skipped: 0, failed: 0 };
const MAX_TOLD = 200;
const MAX_CODE = 100;
const MAX_DETAIL = 500;
/** Problems whose value is a code. */
const SHOW_CODES: ReadonlySet<string> = new Set(['twice', 'exists', 'code_malformed']);
const ROWS_PER_READ = 500;

/** Takes over codes of another system, 500 rows a transaction; rows and progress are committed together, so none is met twice. */
export function voucherImportJob(parts: Shell): JobHandler {
  return {
    kind: IMPORT_JOB,
    async run(job) {
      const payload = job.payload as ImportPayload;
      if (!(await parts.files.exists(importKey(payload.token)))) throw new JobFailure({ code: 'file_gone' });
      try {
        return await (payload.isCheck ? check(parts, job, payload) : take(parts, job, payload));
      } catch (error) {
        if (error instanceof TableError) throw new JobFailure({ code: 'table_unreadable' });
        throw error;
      }
    },
    // What was taken over stays, and the file says which rows that were.
    async cancelled(job) {
      const payload = job.payload as ImportPayload;
      return payload.isCheck ? undefined : end(parts, job, payload, (job.cursor as Progress | null) ?? NOTHING_YET);
    },
  };
}

async function check(parts: Shell, job: RunningJob, payload: ImportPayload): Promise<ImportCheck> {
  const t = parts.i18n.translator(payload.locale);
  const found = { good: 0, bad: 0, skipped: 0, value: 0, rest: 0, withoutFunding: 0 };
  const count = await nightCounter(parts.database.knex, parts.clock.today());
  let night = QUIET_NIGHT;
  const problems: { row: number; code: string; text: string }[] = [];
  let done = 0;
  for await (const judged of judgedSteps(parts, payload, { jobId: job.id, row: 0 })) {
    for (const { row, code, voucher, problem, isDuplicate } of judged) {
      if (problem === null && voucher !== null) {
        found.good += 1;
        found.value += voucher.rules.originalValue ?? 0;
        found.rest += voucher.rules.funding === 'goodwill' ? 0 : (voucher.rest ?? 0);
        night = count(night, voucher);
        continue;
      }
      if (problem?.code === 'funding_missing') found.withoutFunding += 1;
      if (isDuplicate) found.skipped += 1;
      else found.bad += 1;
      if (problems.length < MAX_TOLD) problems.push({ row, code: maskedCode(code), text: sentence(t, problem) });
    }
    done += judged.length;
    await inTransaction(parts.database, (trx) => job.advance(trx, { done, cursor: null }));
  }
  return { ...found, night, problems };
}

async function take(parts: Shell, job: RunningJob, payload: ImportPayload): Promise<object> {
  const { database, clock, i18n } = parts;
  const t = i18n.translator(payload.locale);
  let progress = (job.cursor as Progress | null) ?? NOTHING_YET;
  let done = job.done;
  for await (const judged of judgedSteps(parts, payload, { jobId: job.id, row: progress.row })) {
    const before = progress;
    progress = await inTransaction(database, async (trx) => {
      const next = await takeStep(trx, job.id, payload, judged, before, clock.moment(), t);
      await job.advance(trx, { done: done + judged.length, cursor: next });
      return next;
    });
    done += judged.length;
    await nextTurn();
  }
  if (progress.isTold !== true) {
    await inTransaction(database, async (trx) => {
      await tellCampaigns(trx, job.id, payload, clock.now());
      await job.advance(trx, { done, cursor: { ...progress, isTold: true } });
    });
    progress = { ...progress, isTold: true };
  }
  return end(parts, job, payload, progress);
}

/** The rows that were met with their outcomes as files, in full and shortened. */
async function end(
  { database, clock, files, i18n }: Shell,
  job: RunningJob,
  payload: ImportPayload,
  progress: Progress,
): Promise<object> {
  const t = i18n.translator(payload.locale);
  if (progress.isTold !== true)
    await inTransaction(database, (trx) => tellCampaigns(trx, job.id, payload, clock.now()));
  const name = `${t('exchange:import.file')}-${job.id}.csv`;
  const file = { key: `jobs/${job.id}/import.csv`, name, mediaType: 'text/csv' };
  const maskedFile = { ...file, key: `jobs/${job.id}/import-masked.csv` };
  await pipeline(csvStream(outcomeLines(database, job.id, t, (code) => code)), await files.write(file.key));
  await pipeline(csvStream(outcomeLines(database, job.id, t, maskedCode)), await files.write(maskedFile.key));
  await deleteOutcomes(database.knex, [job.id]);
  await files.remove(importKey(payload.token));
  return {
    file,
    maskedFile,
    needs: 'codes',
    created: progress.created,
    skipped: progress.skipped,
    failed: progress.failed,
  };
}

async function takeStep(
  trx: Transaction,
  jobId: string,
  payload: ImportPayload,
  judged: readonly JudgedRow[],
  before: Progress,
  moment: Moment,
  t: Translate,
): Promise<Progress> {
  // Asked again inside: a code may have come in since or a campaign been changed, and that must not break the step.
  const taken = await takenCodes(
    trx,
    judged.map(({ code }) => normaliseCode(code)),
  );
  const campaigns = await rulesOfCampaigns(
    trx,
    [...new Set(judged.flatMap(({ voucher }) => voucher?.campaign?.id ?? []))],
    'locked',
  );
  const outcomes = judged.map((one) => outcomeOf(one, taken, campaigns, t));
  if (payload.policy === 'stop' && outcomes.some(({ outcome }) => outcome !== 'created'))
    throw new JobFailure({ code: 'import_stopped' });
  const created = judged.flatMap(({ voucher }, index) =>
    outcomes[index]?.outcome === 'created' && voucher !== null ? [voucher] : [],
  );
  await migrateVouchers({ trx, actor: payload.actor, moment }, jobId, created);
  await tellStep({ trx, actor: payload.actor, moment }, jobId, created.length);
  await insertOutcomes(trx, jobId, outcomes);
  const count = (outcome: ImportOutcome['outcome']): number => outcomes.filter((one) => one.outcome === outcome).length;
  return {
    row: judged.at(-1)?.row ?? before.row,
    created: before.created + count('created'),
    skipped: before.skipped + count('skipped'),
    failed: before.failed + count('failed'),
  };
}

function outcomeOf(
  { row, code, voucher, problem, isDuplicate }: JudgedRow,
  taken: ReadonlySet<string>,
  campaigns: ReadonlyMap<string, CampaignRules>,
  t: Translate,
): ImportOutcome {
  const told = { row, code: code.slice(0, MAX_CODE) };
  if (isDuplicate || (problem === null && taken.has(normaliseCode(code))))
    return { ...told, outcome: 'skipped', detail: sentence(t, problem ?? { code: 'exists', value: code }) };
  const late = problem ?? lateProblem(voucher, campaigns);
  return late === null
    ? { ...told, outcome: 'created', detail: null }
    : { ...told, outcome: 'failed', detail: sentence(t, late).slice(0, MAX_DETAIL) };
}

function lateProblem(
  voucher: MigratedVoucher | null,
  campaigns: ReadonlyMap<string, CampaignRules>,
): RowProblem | null {
  if (voucher?.campaign == null) return null;
  const { id } = voucher.campaign;
  const campaign = campaigns.get(id);
  const problem = campaign === undefined ? 'campaign_unknown' : campaignProblem(voucher, campaign);
  return problem === null ? null : { code: problem, value: id };
}

/** Each step says what it made, so that what came is known from the moment on at which it is there. */
async function tellStep({ trx, actor, moment }: Act, jobId: string, vouchers: number): Promise<void> {
  if (vouchers === 0) return;
  const told = { actor, action: 'voucher.import_step', entity: 'job', entityId: jobId, changes: { vouchers } };
  await writeAudit(trx, [{ ...told, recordedAt: moment.now }]);
}

/** Each campaign's own log says how many codes it was given. */
async function tellCampaigns(trx: Transaction, jobId: string, { actor }: ImportPayload, now: number): Promise<void> {
  const counts = await countByCampaign(trx, jobId);
  await writeAudit(
    trx,
    counts.map(({ campaignId, count }) => ({
      recordedAt: now,
      actor,
      action: 'campaign.import',
      entity: 'campaign',
      entityId: campaignId,
      changes: { jobId, codes: count },
    })),
  );
}

function sentence(t: Translate, problem: RowProblem | null): string {
  if (problem === null) return '';
  const value = SHOW_CODES.has(problem.code) ? maskedCode(problem.value) : problem.value;
  return t(`exchange:import.problem.${problem.code.startsWith('rule_') ? 'rule' : problem.code}`, { value });
}

async function* outcomeLines(
  database: Database,
  jobId: string,
  t: Translate,
  shown: (code: string) => string,
): AsyncGenerator<CsvValue[]> {
  yield ['row', 'code', 'outcome', 'detail'].map((column) => t(`exchange:import.result.${column}`));
  for (let after = 0; ;) {
    const rows = await readOutcomes(database.knex, jobId, after, ROWS_PER_READ);
    for (const { row, code, outcome, detail } of rows)
      yield [row, shown(code), t(`exchange:import.outcome.${outcome}`), detail];
    if (rows.length < ROWS_PER_READ) return;
    after = rows.at(-1)?.row ?? after;
  }
}

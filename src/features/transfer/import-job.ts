import { pipeline } from 'node:stream/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { normaliseCode } from '../../core/voucher-code.ts';
import type { Clock } from '../../platform/clock.ts';
import { csvStream, type CsvValue } from '../../platform/csv.ts';
import { inTransaction, type Database } from '../../platform/db.ts';
import type { FileStore } from '../../platform/files.ts';
import type { I18n, Translate } from '../../platform/i18n.ts';
import { JobFailure, type JobHandler, type RunningJob } from '../../platform/job-queue.ts';
import { readTable, TableError, type TableRow } from '../../platform/table-file.ts';
import { generalSettings } from '../settings/settings-service.ts';
import { MAX_MIGRATED, migrateVouchers, takenCodes, type MigratedVoucher } from '../vouchers/voucher-migration-service.ts';
import { readRow, type ImportContext, type RowProblem } from './import-row-service.ts';
import { entriesByName, IMPORT_JOB, importKey, type ImportCheck, type ImportPayload } from './import-service.ts';
import { deleteOutcomes, insertOutcomes, readOutcomes, type ImportOutcome } from './import-store.ts';

export interface ImportJobParts {
  readonly database: Database;
  readonly files: FileStore;
  readonly clock: Clock;
  readonly i18n: I18n;
}

interface Progress {
  readonly row: number;
  readonly created: number;
  readonly skipped: number;
  readonly failed: number;
}

interface Judged {
  readonly row: number;
  readonly code: string;
  readonly voucher: MigratedVoucher | null;
  readonly problem: RowProblem | null;
  readonly isDuplicate: boolean;
}

const MAX_TOLD = 200;
const ROWS_PER_READ = 500;

/** Takes over codes of another system, 500 rows a transaction; rows and progress are committed together, so none is met twice. */
export function voucherImportJob(parts: ImportJobParts): JobHandler {
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
  };
}

async function check(parts: ImportJobParts, job: RunningJob, payload: ImportPayload): Promise<ImportCheck> {
  const t = parts.i18n.translator(payload.locale);
  const found = { good: 0, bad: 0, skipped: 0, value: 0, rest: 0 };
  const problems: { row: number; code: string; text: string }[] = [];
  let done = 0;
  for await (const judged of judgedSteps(parts, payload, 0)) {
    for (const { row, code, voucher, problem, isDuplicate } of judged) {
      if (problem === null && voucher !== null) {
        found.good += 1;
        found.value += voucher.rules.originalValue ?? 0;
        found.rest += voucher.rest ?? 0;
        continue;
      }
      if (isDuplicate) found.skipped += 1;
      else found.bad += 1;
      if (problems.length < MAX_TOLD) problems.push({ row, code: tail(code), text: sentence(t, problem) });
    }
    done += judged.length;
    await inTransaction(parts.database, (trx) => job.advance(trx, { done, cursor: null }));
  }
  return { ...found, problems };
}

async function take(parts: ImportJobParts, job: RunningJob, payload: ImportPayload): Promise<object> {
  const { database, clock, files, i18n } = parts;
  const t = i18n.translator(payload.locale);
  let progress = (job.cursor as Progress | null) ?? { row: 0, created: 0, skipped: 0, failed: 0 };
  let done = job.done;
  for await (const judged of judgedSteps(parts, payload, progress.row)) {
    const moment = { now: clock.now(), today: clock.today() };
    const before = progress;
    progress = await inTransaction(database, async (trx) => {
      // Read again inside: another code may have come in since, and an unwritten duplicate must not break the step.
      const taken = await takenCodes(trx, judged.map(({ code }) => normaliseCode(code)));
      const outcomes = judged.map((one) => outcomeOf(one, taken, t));
      if (payload.policy === 'stop' && outcomes.some(({ outcome }) => outcome !== 'created')) throw new JobFailure({ code: 'import_stopped' });
      const created = judged.filter((_one, index) => outcomes[index]?.outcome === 'created');
      await migrateVouchers(trx, job.id, created.flatMap(({ voucher }) => voucher ?? []), payload.actor, moment);
      await insertOutcomes(trx, job.id, outcomes);
      const count = (outcome: ImportOutcome['outcome']): number => outcomes.filter((one) => one.outcome === outcome).length;
      const next = { row: judged.at(-1)?.row ?? before.row, created: before.created + count('created'), skipped: before.skipped + count('skipped'), failed: before.failed + count('failed') };
      await job.advance(trx, { done: done + judged.length, cursor: next });
      return next;
    });
    done += judged.length;
    await nextTurn();
  }
  const file = { key: `jobs/${job.id}/import.csv`, name: `${t('transfer:import.file')}-${job.id}.csv`, mediaType: 'text/csv' };
  await pipeline(csvStream(outcomeLines(database, job.id, t)), await files.write(file.key));
  await deleteOutcomes(database.knex, job.id);
  await files.remove(importKey(payload.token));
  return { file, needs: 'codes', created: progress.created, skipped: progress.skipped, failed: progress.failed };
}

function outcomeOf({ row, code, problem, isDuplicate }: Judged, taken: ReadonlySet<string>, t: Translate): ImportOutcome {
  if (isDuplicate || (problem === null && taken.has(normaliseCode(code)))) return { row, outcome: 'skipped', code: code.slice(0, 100), detail: sentence(t, problem ?? { code: 'exists', value: tail(code) }) };
  if (problem !== null) return { row, outcome: 'failed', code: code.slice(0, 100), detail: sentence(t, problem).slice(0, 500) };
  return { row, outcome: 'created', code, detail: null };
}

/** The rows after `afterRow`, at most 500 at a time, each read and held against what exists. */
async function* judgedSteps({ database, files, clock }: ImportJobParts, payload: ImportPayload, afterRow: number): AsyncGenerator<readonly Judged[]> {
  const context: ImportContext = {
    mapping: payload.mapping,
    title: payload.title,
    type: payload.type,
    currency: (await generalSettings(database.knex)).currency,
    today: clock.today(),
    brands: await entriesByName(database, 'brand'),
    partners: await entriesByName(database, 'partner'),
  };
  const seen = new Set<string>();
  let isHeading = true;
  let step: TableRow[] = [];
  for await (const row of readTable(await files.path(importKey(payload.token)))) {
    if (isHeading) {
      isHeading = false;
      continue;
    }
    if (row.number <= afterRow) {
      // What an interrupted run has met stays known, so that a code twice in the file is told the same.
      if (readRow(row.cells, context).problem === null) seen.add(normaliseCode(textOf(row, payload)));
      continue;
    }
    step.push(row);
    if (step.length === MAX_MIGRATED) {
      yield await judgeStep(database, step, context, payload, seen);
      step = [];
    }
  }
  if (step.length > 0) yield await judgeStep(database, step, context, payload, seen);
}

async function judgeStep(database: Database, rows: readonly TableRow[], context: ImportContext, payload: ImportPayload, seen: Set<string>): Promise<Judged[]> {
  const taken = await takenCodes(database.knex, rows.map((row) => normaliseCode(textOf(row, payload))));
  return rows.map((row) => {
    const code = textOf(row, payload);
    const key = normaliseCode(code);
    const { voucher, problem } = readRow(row.cells, context);
    const duplicate = problem !== null ? null : seen.has(key) ? 'twice' : taken.has(key) ? 'exists' : null;
    // A row that cannot be taken over does not use up its code: a later one that is right may have it.
    if (problem === null) seen.add(key);
    if (duplicate !== null) return { row: row.number, code, voucher: null, problem: { code: duplicate, value: tail(code) }, isDuplicate: true };
    return { row: row.number, code, voucher, problem, isDuplicate: false };
  });
}

function textOf(row: TableRow, { mapping }: ImportPayload): string {
  return mapping.code === null ? '' : ((row.cells[mapping.code] as { readonly text: string } | undefined)?.text ?? '');
}

function sentence(t: Translate, problem: RowProblem | null): string {
  return problem === null ? '' : t(`transfer:import.problem.${problem.code.startsWith('rule_') ? 'rule' : problem.code}`, { value: problem.value });
}

function tail(code: string): string {
  return `…${code.slice(-Math.min(4, Math.floor(code.length / 2)))}`;
}

async function* outcomeLines(database: Database, jobId: string, t: Translate): AsyncGenerator<CsvValue[]> {
  yield ['row', 'code', 'outcome', 'detail'].map((column) => t(`transfer:import.result.${column}`));
  for (let after = 0; ; ) {
    const rows = await readOutcomes(database.knex, jobId, after, ROWS_PER_READ);
    for (const { row, code, outcome, detail } of rows) yield [row, code, t(`transfer:import.outcome.${outcome}`), detail];
    if (rows.length < ROWS_PER_READ) return;
    after = rows.at(-1)?.row ?? after;
  }
}

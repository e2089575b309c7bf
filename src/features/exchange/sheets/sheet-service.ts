import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, isDuplicateKey, type Database } from '../../../platform/data/db.ts';
import type { FileStore } from '../../../platform/files/files.ts';
import type { Locale } from '../../../platform/html/i18n.ts';
import { parseJson } from '../../../platform/data/json.ts';
import type { ErrorCode, FieldError } from '../../../platform/process/errors.ts';
import { findJob, insertJob, type JobState, findJobByKey } from '../../../platform/jobs/job-store.ts';
import { waitForJob } from '../../../platform/jobs/job-wait.ts';
import { readTable } from '../../../platform/files/table-file.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import type { ListQuery } from '../../vouchers/list/voucher-list-service.ts';
import type { ShortEnd } from '../../vouchers/record/voucher-warning-service.ts';
import type { SheetCells, SheetValue } from './sheet-columns-service.ts';

export const SHEET_JOB = 'voucher-sheet';
export const SHEET_CHECK_JOB = 'voucher-sheet-check';
export const SHEET_APPLY_JOB = 'voucher-sheet-apply';

/** In one workbook: all of it is changed in one transaction, which must not keep others waiting. */
export const MAX_SHEET_ROWS = 2000;

export interface SheetPayload {
  readonly query: ListQuery;
  /** Those chosen one by one; null: all that the query finds. */
  readonly ids: readonly string[] | null;
  readonly userName: string;
  readonly filterText: string;
  readonly actor: string;
  readonly locale: Locale;
}

export interface CheckPayload {
  readonly token: string;
  readonly fileName: string;
  readonly actor: string;
}

export interface ApplyPayload {
  readonly checkId: string;
  readonly token: string;
  readonly fileName: string;
  readonly actor: string;
}

/** What stood in a workbook when it was written, by voucher. */
export interface SheetBase {
  readonly writtenAt: number;
  readonly rows: Readonly<Record<string, { readonly version: number; readonly cells: SheetCells }>>;
}

export interface SheetChange {
  readonly row: number;
  readonly id: string;
  readonly number: string;
  readonly title: string;
  readonly currency: string;
  readonly version: number;
  readonly before: SheetCells;
  readonly after: SheetCells;
  readonly shortEnd: ShortEnd | null;
}

export interface SheetRefusal {
  readonly row: number;
  readonly id: string | null;
  readonly number: string | null;
  /** null: the row as a whole. */
  readonly column: string | null;
  readonly code: string;
  /** What was typed, and what stood there. */
  readonly typed: string | null;
  readonly known: SheetValue;
  /** What the rules themselves say. */
  readonly error: { readonly code: ErrorCode; readonly field: FieldError | null } | null;
  /** Who changed the voucher meanwhile. */
  readonly by: { readonly actor: string; readonly at: number } | null;
}

export interface SheetReport {
  readonly rows: number;
  readonly unchanged: number;
  readonly changes: readonly SheetChange[];
  /** At most the first 500. */
  readonly refusals: readonly SheetRefusal[];
  readonly refused: number;
  /** Headings that are none of ours. */
  readonly ignored: readonly string[];
}

export async function startSheet(
  database: Database,
  payload: SheetPayload,
  total: number,
  now: number,
): Promise<string> {
  return inTransaction(database, async (trx) => {
    const id = await insertJob(trx, { kind: SHEET_JOB, payload, total, createdBy: payload.actor, now });
    const { query, ids, actor } = payload;
    const asked = { ...query, q: query.q === undefined ? undefined : '…' };
    await writeAudit(trx, [
      {
        recordedAt: now,
        actor,
        action: 'export.sheet',
        entity: 'job',
        entityId: id,
        changes: { query: asked, ...(ids === null ? {} : { chosen: ids.length }) },
      },
    ]);
    return id;
  });
}

/** Keeps an uploaded file and starts to look at it. null: there is nothing in it. Throws a `TableError`. */
export async function startCheck(
  database: Database,
  files: FileStore,
  upload: { readonly path: string; readonly name: string },
  actor: string,
  now: number,
): Promise<string | null> {
  if (!(await hasRows(upload.path))) return null;
  const token = generateToken('v');
  await files.adopt(upload.path, uploadKey(token));
  return queueCheck(database, { token, fileName: upload.name, actor }, now);
}

export async function queueCheck(database: Database, payload: CheckPayload, now: number): Promise<string> {
  return inTransaction(database, (trx) =>
    insertJob(trx, { kind: SHEET_CHECK_JOB, payload, total: null, createdBy: payload.actor, now }),
  );
}

/** Starts to write what a check found; of one check there is only ever one such job, however often it is asked for. */
export async function startApply(database: Database, payload: ApplyPayload, total: number, now: number): Promise<void> {
  try {
    await inTransaction(database, async (trx) => {
      const id = await insertJob(trx, {
        kind: SHEET_APPLY_JOB,
        payload,
        total,
        createdBy: payload.actor,
        now,
        dedupeKey: applyKey(payload.checkId),
      });
      await writeAudit(trx, [
        {
          recordedAt: now,
          actor: payload.actor,
          action: 'voucher.sheet',
          entity: 'job',
          entityId: id,
          changes: { fileName: payload.fileName, vouchers: total },
        },
      ]);
    });
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
  }
}

export interface ApplyState {
  readonly jobId: string;
  readonly state: JobState;
}

export interface CheckState {
  readonly state: JobState;
  readonly payload: CheckPayload;
  /** What could not be read at all. */
  readonly error: string | null;
  readonly report: SheetReport | null;
  /** null: nobody has asked for it to be written. */
  readonly apply: ApplyState | null;
}

/** A check and what became of it; null: there is no such check. */
export async function checkState(database: Database, files: FileStore, jobId: string): Promise<CheckState | null> {
  const job = await findJob(database.knex, jobId);
  if (job?.kind !== SHEET_CHECK_JOB) return null;
  const report = job.state === 'done' ? await readKept<SheetReport>(files, reportKey(jobId)) : null;
  const { code = null } = (job.error ?? {}) as { readonly code?: string };
  return {
    state: job.state,
    payload: job.payload as CheckPayload,
    error: code,
    report,
    apply: await findJobByKey(database.knex, applyKey(jobId)),
  };
}

/** The same, a moment later while something is at work: small files are done before their page is shown. */
export async function awaitedCheck(database: Database, files: FileStore, jobId: string): Promise<CheckState | null> {
  const found = await checkState(database, files, jobId);
  if (found === null || !isAtWork(found)) return found;
  await waitForJob(database, found.apply?.jobId ?? jobId);
  return checkState(database, files, jobId);
}

export function isAtWork({ state, apply }: CheckState): boolean {
  return [state, apply?.state].some((one) => one === 'queued' || one === 'running');
}

export async function isUploadKept(files: FileStore, { token }: CheckPayload): Promise<boolean> {
  return files.exists(uploadKey(token));
}

export function uploadKey(token: string): string {
  return `imports/sheet-${token}`;
}

export function baseKey(sheetId: string): string {
  return `sheets/${sheetId}-base.json`;
}

export function reportKey(checkId: string): string {
  return `sheets/${checkId}-report.json`;
}

/** null: it was removed when its time was over. */
export async function readKept<T>(files: FileStore, key: string): Promise<T | null> {
  const found = await files.read(key);
  if (found === null) return null;
  const parts: Buffer[] = [];
  for await (const part of found.stream) parts.push(part as Buffer);
  return parseJson<T>(Buffer.concat(parts).toString());
}

export async function keep(files: FileStore, key: string, value: object): Promise<void> {
  const target = await files.write(key);
  await new Promise<void>((resolve, reject) => {
    target.once('error', reject);
    target.end(JSON.stringify(value), resolve);
  });
}

function applyKey(checkId: string): string {
  return `voucher-sheet:${checkId}`;
}

async function hasRows(path: string): Promise<boolean> {
  for await (const _row of readTable(path)) return true;
  return false;
}

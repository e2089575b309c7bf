import { exportChecker, type ExportCheck } from '../../../core/books/export-check.ts';
import type { AccountingSetup } from '../../../core/books/chart-of-accounts.ts';
import { addDays } from '../../../core/calendar.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database, type Transaction } from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import { appError } from '../../../platform/process/errors.ts';
import { requireUndoable } from '../closing/export-mark-service.ts';
import { openEntries, runEntries } from './export-entry-service.ts';
import { readFileParts } from './export-file-service.ts';
import type { DaySpan } from './export-row-store.ts';
import {
  claimEntries,
  completeRun,
  countOpenEntries,
  findFiles,
  findRun,
  findRuns,
  hasBookings,
  insertBookings,
  insertRun,
  numberEntries,
  setRunWritten,
  skipEntries,
  undoRunRow,
  type ExportFile,
  type ExportRun,
} from './export-store.ts';
import type { RunSummary } from './export-protocol-service.ts';
import { writeRunFiles } from './export-write-service.ts';
import { firstDayOf, lastDayOf, monthsBetween } from '../../../core/month.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import { nextNumber, yearOf } from '../ledger/number-service.ts';
import { takeLock } from '../ledger/period-store.ts';
import { currentSetup, setupVersion } from '../ledger/setup-service.ts';
import { accountLiabilities, accountVersions, exportSetups } from '../ledger/account-version-service.ts';

export type { ExportFile, ExportRun };

export interface ExportMonths {
  readonly fromMonth: string;
  readonly toMonth: string;
}

/** What the job of a run tells the page. */
export interface ExportJobResult {
  readonly runId: string;
  readonly number: string;
  readonly rows: number;
  readonly skipped: number;
}

export interface RunMoment {
  readonly now: number;
  readonly today: string;
  readonly timeZone: string;
}

/** A year and a month of the next one: what one run takes at most. */
export const MAX_MONTHS = 13;
/** With more entries they are checked when the run is made; the preview does not wait for it. */
export const MAX_CHECKED_IN_PREVIEW = 5000;

/** What a run of these months would hold now, with every problem; nothing is written. */
export async function previewRun(connection: Connection, months: ExportMonths): Promise<ExportCheck> {
  const { setup } = await currentSetup(connection);
  const checker = exportChecker(setup, await exportSetups(connection, setup));
  for await (const entries of openEntries(connection, spanOf(months))) for (const entry of entries) checker.look(entry);
  return checker.end().check;
}

/** How many entries of these months are in no run yet. */
export function countOpen(connection: Connection, months: ExportMonths): Promise<number> {
  return countOpenEntries(connection, spanOf(months));
}

/**
 * Seals all entries of the months that no run has yet into a new one; its id. One transaction: with any problem there is
 * no run. What `remember` writes is committed with it.
 */
export async function sealRun(
  database: Database,
  months: ExportMonths,
  actor: string,
  moment: RunMoment,
  remember?: (trx: Transaction, runId: string) => Promise<void>,
): Promise<string> {
  return inTransaction(database, async (trx) => {
    await takeLock(trx, 'export', moment.now);
    const { id: setupId, setup } = await currentSetup(trx);
    const number = await nextNumber(trx, 'export', yearOf(moment.today), { now: moment.now });
    const runId = await insertRun(trx, { number, setupId, ...months, createdAt: moment.now, createdBy: actor });
    await claimEntries(trx, runId, spanOf(months));
    await numberEntries(trx, runId);
    const check = await judgeRun(trx, runId, setup);
    if (check.problemCount > 0) throw appError('export_problems');
    if (check.entries === 0) throw appError('nothing_to_export');
    const summary = await summaryOf(trx, months, check);
    const skippedCount = summary.skipped.reduce((sum, one) => sum + one.entries, 0);
    await completeRun(trx, runId, { entries: check.entries, skipped: skippedCount, summary });
    await writeAudit(trx, [
      {
        recordedAt: moment.now,
        actor,
        action: 'accounting.export',
        entity: 'accounting',
        entityId: `run:${runId}`,
        changes: { number, ...months, entries: check.entries, skipped: skippedCount },
      },
    ]);
    await remember?.(trx, runId);
    return runId;
  });
}

async function summaryOf(trx: Transaction, months: ExportMonths, check: ExportCheck): Promise<RunSummary> {
  const { from, to } = spanOf(months);
  const versions = await accountVersions(trx);
  return {
    accounts: check.accounts,
    currencies: check.currencies,
    ownCurrency: (await generalSettings(trx)).currency,
    notes: check.notes,
    skipped: [...check.skipped].map(([reason, ids]) => ({ reason, entries: ids.length })),
    skippedCurrencies: check.skippedCurrencies,
    opening: await accountLiabilities(trx, versions, addDays(from, -1)),
    closing: await accountLiabilities(trx, versions, to),
  };
}

/** The files of a sealed run, all of them or none. A run that is written already stays as it is. */
export async function writeRun(
  database: Database,
  runId: string,
  { now, timeZone }: Pick<RunMoment, 'now' | 'timeZone'>,
  bookingsPerFile?: number,
): Promise<void> {
  await inTransaction(database, async (trx) => {
    await takeLock(trx, 'export', 0);
    const run = await readRun(trx, runId);
    if (run.state !== 'sealed') return;
    const setup = await setupVersion(trx, run.setupId);
    // Versions until 0.1 kept no bookings, and such a run may still wait for its files.
    if (!(await hasBookings(trx, runId))) await judgeRun(trx, runId, setup);
    await writeRunFiles(trx, { run, setup, summary: run.summary as RunSummary, timeZone, bookingsPerFile });
    await setRunWritten(trx, runId);
    const of = {
      actor: run.createdBy,
      entity: 'accounting',
      entityId: `run:${runId}`,
      changes: { number: run.number },
    };
    await writeAudit(trx, [{ ...of, action: 'accounting.export_files', recordedAt: now }]);
  });
}

/** Frees the entries of a run for another one. The run, its files and their bytes stay, with who took it back and why. */
export async function undoRun(
  database: Database,
  runId: string,
  reason: string,
  actor: string,
  now: number,
): Promise<ExportRun> {
  await inTransaction(database, async (trx) => {
    await takeLock(trx, 'export', now);
    const run = await readRun(trx, runId);
    if (run.state === 'written') await requireUndoable(trx, run);
    if (!(await undoRunRow(trx, runId, { at: now, by: actor, reason }))) throw appError('conflict');
    await writeAudit(trx, [
      {
        recordedAt: now,
        actor,
        action: 'accounting.export_undo',
        entity: 'accounting',
        entityId: `run:${runId}`,
        changes: { number: run.number, reason, entries: run.entries },
      },
    ]);
  });
  return readRun(database.knex, runId);
}

export async function readRun(connection: Connection, id: string): Promise<ExportRun> {
  const run = await findRun(connection, id);
  if (run === null) throw appError('not_found');
  return run;
}

export function runPage(connection: Connection, beforeId: string | null, limit: number): Promise<Page<ExportRun>> {
  return readPage(limit, (most) => findRuns(connection, beforeId, most));
}

export function filesOfRun(connection: Connection, runId: string): Promise<ExportFile[]> {
  return findFiles(connection, runId);
}

/** A stored file by its name, to be sent as it is. */
export async function readRunFile(
  connection: Connection,
  runId: string,
  name: string,
): Promise<{ readonly file: ExportFile; readonly content: AsyncIterable<Buffer> }> {
  const file = (await findFiles(connection, runId)).find((one) => one.name === name);
  if (file === undefined) throw appError('not_found');
  return { file, content: readFileParts(connection, file.id) };
}

/** Whether the months are in order and not more than one run takes. */
export function areMonthsSound({ fromMonth, toMonth }: ExportMonths): boolean {
  const months = monthsBetween(fromMonth, toMonth).length;
  return months > 0 && months <= MAX_MONTHS;
}

function spanOf({ fromMonth, toMonth }: ExportMonths): DaySpan {
  return { from: firstDayOf(fromMonth), to: lastDayOf(toMonth) };
}

/** Judges every entry of a run once, and keeps with it what the files will say. */
async function judgeRun(trx: Transaction, runId: string, setup: AccountingSetup): Promise<ExportCheck> {
  const checker = exportChecker(setup, await exportSetups(trx, setup));
  for await (const entries of runEntries(trx, runId)) {
    const bookings = entries.flatMap((entry) => checker.look(entry) ?? []);
    await insertBookings(trx, runId, bookings);
  }
  const { check, late } = checker.end();
  await insertBookings(trx, runId, late);
  for (const [reason, ids] of check.skipped) await skipEntries(trx, runId, ids, reason);
  return check;
}

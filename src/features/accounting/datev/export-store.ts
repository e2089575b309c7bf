import type { Knex } from 'knex';
import type { EntryBooking } from '../../../core/books/export-check.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';
import type { DaySpan } from './export-row-store.ts';

export type RunState = 'sealed' | 'written' | 'undone';

export interface ExportRun {
  readonly id: string;
  readonly number: string;
  readonly setupId: string | null;
  readonly fromMonth: string;
  readonly toMonth: string;
  readonly state: RunState;
  readonly entries: number;
  readonly skipped: number;
  readonly summary: unknown;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly undoneAt: number | null;
  readonly undoneBy: string | null;
  readonly undoReason: string | null;
}

export interface ExportFile {
  readonly id: string;
  readonly runId: string;
  readonly kind: 'datev' | 'generic' | 'protocol' | 'profile';
  readonly month: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly bookings: number;
}

/** knex binds each value; SQLite takes some 32,000 of them. */
const MAX_IDS_PER_STATEMENT = 1000;

export async function insertRun(
  trx: Knex.Transaction,
  run: Pick<ExportRun, 'number' | 'setupId' | 'fromMonth' | 'toMonth' | 'createdAt' | 'createdBy'>,
): Promise<string> {
  const [id] = await trx('export_runs').insert({
    number: run.number,
    setup_id: run.setupId,
    from_month: run.fromMonth,
    to_month: run.toMonth,
    state: 'sealed',
    entries: 0,
    skipped: 0,
    created_at: run.createdAt,
    created_by: run.createdBy,
  });
  return String(id);
}

/** Puts every entry of these days that no run has yet into this one, in one statement. */
export async function claimEntries(trx: Knex.Transaction, runId: string, span: DaySpan): Promise<void> {
  await trx.raw(
    `insert into export_entries (entry_id, run_id)
     select e.id, ? from ledger_entries e left join export_entries x on x.entry_id = e.id
     where x.entry_id is null and e.posted_on >= ? and e.posted_on <= ?`,
    [runId, span.from, span.to],
  );
}

/** Gives the entries of the run that have none yet the next journal numbers, by day and order of recording. */
export async function numberEntries(trx: Knex.Transaction, runId: string): Promise<void> {
  const last = await trx('journal_numbers')
    .orderBy('number', 'desc')
    .first<{ number: number | string } | undefined>('number');
  await trx.raw(
    `insert into journal_numbers (entry_id, number)
     select e.id, ? + row_number() over (order by e.posted_on, e.id)
     from export_entries x join ledger_entries e on e.id = x.entry_id left join journal_numbers j on j.entry_id = e.id
     where x.run_id = ? and j.entry_id is null`,
    [toSafeInteger(last?.number), runId],
  );
}

export async function skipEntries(
  trx: Knex.Transaction,
  runId: string,
  entryIds: readonly number[],
  reason: string,
): Promise<void> {
  for (let from = 0; from < entryIds.length; from += MAX_IDS_PER_STATEMENT) {
    await trx('export_entries')
      .where({ run_id: runId })
      .whereIn('entry_id', entryIds.slice(from, from + MAX_IDS_PER_STATEMENT))
      .update({ skip_reason: reason });
  }
}

/** SQLite reads rows to insert as parts of one compound select, of which it takes 500. */
const MAX_ROWS_PER_INSERT = 500;

/** Keeps what was judged of entries until the files of their run are written. */
export async function insertBookings(
  trx: Knex.Transaction,
  runId: string,
  bookings: readonly EntryBooking[],
): Promise<void> {
  for (let from = 0; from < bookings.length; from += MAX_ROWS_PER_INSERT)
    await trx('export_bookings').insert(
      bookings
        .slice(from, from + MAX_ROWS_PER_INSERT)
        .map(({ entryId, booking }) => ({ entry_id: entryId, run_id: runId, booking: JSON.stringify(booking) })),
    );
}

export async function hasBookings(trx: Knex.Transaction, runId: string): Promise<boolean> {
  return (await trx('export_bookings').where({ run_id: runId }).first<unknown>('entry_id')) !== undefined;
}

export async function completeRun(
  trx: Knex.Transaction,
  runId: string,
  done: { readonly entries: number; readonly skipped: number; readonly summary: unknown },
): Promise<void> {
  await trx('export_runs')
    .where({ id: runId })
    .update({ entries: done.entries, skipped: done.skipped, summary: JSON.stringify(done.summary) });
}

/** What was judged stands in the files from now on. */
export async function setRunWritten(trx: Knex.Transaction, runId: string): Promise<void> {
  await trx('export_runs').where({ id: runId, state: 'sealed' }).update({ state: 'written' });
  await trx('export_bookings').where({ run_id: runId }).delete();
}

/** Frees the entries for another run; false: somebody took it back already, or it is not written yet. */
export async function undoRunRow(
  trx: Knex.Transaction,
  runId: string,
  undo: { readonly at: number; readonly by: string; readonly reason: string },
): Promise<boolean> {
  const undone: number = await trx('export_runs')
    .where({ id: runId, state: 'written' })
    .update({ state: 'undone', undone_at: undo.at, undone_by: undo.by, undo_reason: undo.reason });
  if (undone === 0) return false;
  await trx('export_entries').where({ run_id: runId }).delete();
  return true;
}

export async function findRun(knex: Knex, id: string): Promise<ExportRun | null> {
  const row = await knex('export_runs').where({ id }).first<RunRow | undefined>();
  return row === undefined ? null : toRun(row);
}

/** The newest first. */
export async function findRuns(knex: Knex, beforeId: string | null, limit: number): Promise<ExportRun[]> {
  const query = knex('export_runs').orderBy('id', 'desc').limit(limit);
  if (beforeId !== null) void query.where('id', '<', beforeId);
  return (await query.select<RunRow[]>()).map(toRun);
}

export async function insertFile(trx: Knex.Transaction, file: Omit<ExportFile, 'id'>): Promise<string> {
  const { runId, ...columns } = file;
  const [id] = await trx('export_files').insert({ run_id: runId, ...columns });
  return String(id);
}

export async function completeFile(
  trx: Knex.Transaction,
  id: string,
  done: Pick<ExportFile, 'sha256' | 'bytes' | 'bookings'>,
): Promise<void> {
  await trx('export_files')
    .where({ id })
    .update({ ...done });
}

export async function insertFilePart(
  trx: Knex.Transaction,
  fileId: string,
  position: number,
  content: Buffer,
): Promise<void> {
  await trx('export_file_parts').insert({ file_id: fileId, position, content });
}

export async function findFiles(knex: Knex, runId: string): Promise<ExportFile[]> {
  const rows = await knex('export_files')
    .where({ run_id: runId })
    .orderBy('id')
    .select<Record<string, string | number>[]>();
  return rows.map((row) => ({
    id: String(row['id']),
    runId: String(row['run_id']),
    kind: row['kind'] as ExportFile['kind'],
    month: String(row['month']),
    name: String(row['name']),
    sha256: String(row['sha256']),
    bytes: toSafeInteger(row['bytes']),
    bookings: toSafeInteger(row['bookings']),
  }));
}

export async function readFilePart(knex: Knex, fileId: string, position: number): Promise<Buffer | null> {
  const row = await knex('export_file_parts')
    .where({ file_id: fileId, position })
    .first<{ content: Buffer } | undefined>('content');
  return row?.content ?? null;
}

/** Entries of these days that no run has yet. */
export async function countOpenEntries(knex: Knex, span: DaySpan): Promise<number> {
  const row = await knex('ledger_entries as e')
    .leftJoin('export_entries as x', 'x.entry_id', 'e.id')
    .whereNull('x.entry_id')
    .whereBetween('e.posted_on', [span.from, span.to])
    .first<Record<string, unknown> | undefined>(knex.raw('count(*) as entries'));
  return toSafeInteger(row?.['entries']);
}

interface RunRow {
  readonly id: number | string;
  readonly number: string;
  readonly setup_id: number | string | null;
  readonly from_month: string;
  readonly to_month: string;
  readonly state: RunState;
  readonly entries: number;
  readonly skipped: number;
  readonly summary: string | null;
  readonly created_at: number | string;
  readonly created_by: string;
  readonly undone_at: number | string | null;
  readonly undone_by: string | null;
  readonly undo_reason: string | null;
}

function toRun(row: RunRow): ExportRun {
  return {
    id: String(row.id),
    number: row.number,
    setupId: row.setup_id === null ? null : String(row.setup_id),
    fromMonth: row.from_month,
    toMonth: row.to_month,
    state: row.state,
    entries: row.entries,
    skipped: row.skipped,
    summary: row.summary === null ? null : parseJson<unknown>(row.summary),
    createdAt: toSafeInteger(row.created_at),
    createdBy: row.created_by,
    undoneAt: row.undone_at === null ? null : toSafeInteger(row.undone_at),
    undoneBy: row.undone_by,
    undoReason: row.undo_reason,
  };
}

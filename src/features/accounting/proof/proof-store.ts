import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';
import type { Difference } from '../../../core/books/verification.ts';

export interface StoredVerification {
  readonly id: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly vouchers: number;
  readonly entries: number;
  readonly seals: number;
  /** `unknown`: found by an earlier release, which wrote it down in words. */
  readonly problem: Difference | 'unknown' | null;
  readonly actor: string;
}

export async function insertVerification(trx: Knex.Transaction, done: Omit<StoredVerification, 'id'>): Promise<void> {
  await trx('verifications').insert({
    started_at: done.startedAt,
    ended_at: done.endedAt,
    vouchers: done.vouchers,
    entries: done.entries,
    seals: done.seals,
    problem: done.problem === null ? null : JSON.stringify(done.problem),
    actor: done.actor,
  });
}

/** The newest first. */
export async function findVerifications(
  knex: Knex,
  beforeId: string | null,
  limit: number,
): Promise<StoredVerification[]> {
  const query = knex('verifications').orderBy('id', 'desc').limit(limit);
  if (beforeId !== null) void query.where('id', '<', beforeId);
  const rows = await query.select<Record<string, string | number | null>[]>();
  return rows.map((row) => ({
    id: String(row['id']),
    startedAt: toSafeInteger(row['started_at']),
    endedAt: toSafeInteger(row['ended_at']),
    vouchers: toSafeInteger(row['vouchers']),
    entries: toSafeInteger(row['entries']),
    seals: toSafeInteger(row['seals']),
    problem: toProblem(row['problem']),
    actor: String(row['actor']),
  }));
}

function toProblem(stored: string | number | null | undefined): StoredVerification['problem'] {
  if (stored === null || stored === undefined) return null;
  const problem = parseJson<Partial<Difference>>(String(stored));
  return problem.check === undefined ? 'unknown' : (problem as Difference);
}

/** What a month holds now, to be compared with what it held when it was closed. */
export async function countMonth(
  knex: Knex,
  from: string,
  to: string,
): Promise<{ readonly entries: number; readonly cents: number }> {
  const row = await knex('ledger_entries')
    .whereBetween('posted_on', [from, to])
    .first<Record<string, unknown> | undefined>(knex.raw('count(*) as entries, coalesce(sum(cents), 0) as cents'));
  return { entries: toSafeInteger(row?.['entries']), cents: toSafeInteger(row?.['cents']) };
}

/** Journal numbers: as many as the highest one says, or there is a gap. */
export async function countJournalNumbers(knex: Knex): Promise<{ readonly numbers: number; readonly highest: number }> {
  const row = await knex('journal_numbers').first<Record<string, unknown> | undefined>(
    knex.raw('count(*) as numbers, coalesce(max(number), 0) as highest'),
  );
  return { numbers: toSafeInteger(row?.['numbers']), highest: toSafeInteger(row?.['highest']) };
}

export interface StoredFile {
  readonly id: string;
  /** Empty: no file of an export run. */
  readonly runId: string;
  readonly name: string;
  readonly sha256: string;
  readonly parts: number;
}

/** The files of all runs, from the first on, with how many parts are kept of each. */
export async function findStoredFiles(knex: Knex, afterId: string, limit: number): Promise<StoredFile[]> {
  const rows = await knex('export_files as f')
    .where('f.id', '>', afterId)
    .orderBy('f.id')
    .limit(limit)
    .select<Record<string, string | number>[]>(
      'f.id',
      'f.run_id',
      'f.name',
      'f.sha256',
      knex.raw('(select count(*) from export_file_parts p where p.file_id = f.id) as parts'),
    );
  return rows.map((row) => ({
    id: String(row['id']),
    runId: String(row['run_id']),
    name: String(row['name']),
    sha256: String(row['sha256']),
    parts: toSafeInteger(row['parts']),
  }));
}

/** The files that went out to partners, from the first on. */
export async function findPartnerFiles(knex: Knex, afterId: string, limit: number): Promise<StoredFile[]> {
  const rows = await knex('partner_files as f')
    .where('f.id', '>', afterId)
    .orderBy('f.id')
    .limit(limit)
    .select<Record<string, string | number>[]>(
      'f.id',
      'f.name',
      'f.sha256',
      knex.raw('(select count(*) from partner_file_parts p where p.file_id = f.id) as parts'),
    );
  return rows.map((row) => ({
    id: String(row['id']),
    runId: '',
    name: String(row['name']),
    sha256: String(row['sha256']),
    parts: toSafeInteger(row['parts']),
  }));
}

export async function* readPartnerParts(knex: Knex, fileId: string): AsyncGenerator<Buffer> {
  for (let position = 0; ; position += 1) {
    const row = await knex('partner_file_parts')
      .where({ file_id: fileId, position })
      .first<{ content: Buffer } | undefined>('content');
    if (row === undefined) return;
    yield row.content;
  }
}

/** The first clean check after each of these: what was found then is right again. */
export async function findCleanAfter(
  knex: Knex,
  ids: readonly string[],
): Promise<Map<string, { readonly id: string; readonly endedAt: number }>> {
  const found = new Map<string, { readonly id: string; readonly endedAt: number }>();
  for (const id of ids) {
    const row = await knex('verifications')
      .where('id', '>', id)
      .whereNull('problem')
      .orderBy('id')
      .first<{ id: number | string; ended_at: number | string } | undefined>('id', 'ended_at');
    if (row !== undefined) found.set(id, { id: String(row.id), endedAt: toSafeInteger(row.ended_at) });
  }
  return found;
}

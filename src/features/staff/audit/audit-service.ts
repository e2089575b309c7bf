import type { Database } from '../../../platform/data/db.ts';
import { listAudit, type AuditFilter, type AuditRow } from './audit-store.ts';

export type { AuditFilter, AuditRow };

const ROWS_PER_STEP = 500;
const MAX_EXPORTED = 1_000_000;
/** Rows that one page looks through for the words of a search. */
const MAX_EXAMINED = 10_000;
const MAX_WORDS = 8;

/** Words that must all occur in what an entry says: what was done, to what, by whom, which fields, old and new values. */
export interface AuditSearch {
  readonly words: readonly string[];
  /** What the page shows of an entry besides its values, such as the name of who did it. */
  readonly textOf: (row: AuditRow) => string;
}

export interface AuditPage {
  readonly rows: readonly AuditRow[];
  /** Where the next page goes on; null: that was all. */
  readonly nextCursor: string | null;
  /** It looked through as many entries as one page may, and there are more. */
  readonly isPartial: boolean;
}

/** The newest entries of a filter. */
export function newestAudit(database: Database, filter: AuditFilter, limit: number): Promise<AuditRow[]> {
  return listAudit(database.knex, filter, null, limit);
}

/** `Preis  "Müller"` is the words `preis` and `müller`; case does not matter, the order neither. */
export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[\s"]+/)
    .filter((word) => word !== '')
    .slice(0, MAX_WORDS);
}

/** Who did what, newest first. A search goes through the entries of the filter, so many a page. */
export async function auditPage(
  database: Database,
  filter: AuditFilter,
  search: AuditSearch,
  beforeId: string | null,
  limit: number,
): Promise<AuditPage> {
  const rows: AuditRow[] = [];
  let after = beforeId;
  for (let examined = 0; examined < MAX_EXAMINED;) {
    const step = await listAudit(database.knex, filter, after, search.words.length === 0 ? limit + 1 : ROWS_PER_STEP);
    for (const row of step) {
      if (!says(row, search)) continue;
      if (rows.length === limit) return { rows, nextCursor: rows.at(-1)?.id ?? null, isPartial: false };
      rows.push(row);
    }
    after = step.at(-1)?.id ?? after;
    examined += step.length;
    if (search.words.length === 0 || step.length < ROWS_PER_STEP) return { rows, nextCursor: null, isPartial: false };
  }
  return { rows, nextCursor: after, isPartial: true };
}

function says(row: AuditRow, { words, textOf }: AuditSearch): boolean {
  if (words.length === 0) return true;
  const text =
    `${row.action} ${row.entity} ${row.entityId} ${textOf(row)} ${JSON.stringify(row.changes)}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** Everything the filter finds, step by step, so that no list is held in memory. */
export async function* auditRows(
  database: Database,
  filter: AuditFilter,
  search: AuditSearch,
): AsyncGenerator<AuditRow> {
  let beforeId: string | null = null;
  for (let told = 0; told < MAX_EXPORTED;) {
    const rows: AuditRow[] = await listAudit(database.knex, filter, beforeId, ROWS_PER_STEP);
    yield* rows.filter((row) => says(row, search));
    told += rows.length;
    beforeId = rows.at(-1)?.id ?? null;
    if (rows.length < ROWS_PER_STEP) return;
  }
}

export interface Change {
  /** The way to the field, such as `value.maxAmount`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

const MAX_LINES = 40;

/** Field by field what was and what is; of entries without both states, what they say. */
export function changesOf(changes: unknown): Change[] {
  if (typeof changes !== 'object' || changes === null) return [];
  const { before, after } = changes as { readonly before?: unknown; readonly after?: unknown };
  const found =
    isRecord(before) || isRecord(after) ? compared(before, after, '') : said(changes as Record<string, unknown>, '');
  return found.slice(0, MAX_LINES);
}

function compared(before: unknown, after: unknown, path: string): Change[] {
  if (!isRecord(before) && !isRecord(after)) {
    return JSON.stringify(before ?? null) === JSON.stringify(after ?? null) ? [] : [{ path, before, after }];
  }
  const [was, is] = [isRecord(before) ? before : {}, isRecord(after) ? after : {}];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) =>
    compared(was[key], is[key], join(path, key)),
  );
}

function said(changes: Record<string, unknown>, path: string): Change[] {
  return Object.entries(changes).flatMap(([key, value]) => {
    const here = join(path, key);
    if (!isRecord(value) || 'check' in value) return [{ path: here, before: null, after: value }];
    return 'before' in value && 'after' in value ? compared(value['before'], value['after'], here) : said(value, here);
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

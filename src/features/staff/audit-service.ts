import type { Database } from '../../platform/db.ts';
import { listAudit, type AuditFilter, type AuditRow } from './audit-store.ts';

export type { AuditFilter, AuditRow };

const ROWS_PER_STEP = 500;
const MAX_EXPORTED = 1_000_000;

/** Who did what, newest first. */
export async function auditPage(database: Database, filter: AuditFilter, beforeId: string | null, limit: number): Promise<AuditRow[]> {
  return listAudit(database.knex, filter, beforeId, limit);
}

/** Everything the filter finds, step by step, so that no list is held in memory. */
export async function* auditRows(database: Database, filter: AuditFilter): AsyncGenerator<AuditRow> {
  let beforeId: string | null = null;
  for (let told = 0; told < MAX_EXPORTED; ) {
    const rows: AuditRow[] = await listAudit(database.knex, filter, beforeId, ROWS_PER_STEP);
    yield* rows;
    told += rows.length;
    beforeId = rows.at(-1)?.id ?? null;
    if (rows.length < ROWS_PER_STEP) return;
  }
}

export interface ChangeLine {
  /** The way to the field, such as `value.maxAmount`; empty where the entry says what happened as a whole. */
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

const MAX_LINES = 40;
const MAX_TEXT = 200;

/** Field by field what was and what is; of entries without both states, what they say. */
export function changeLines(changes: unknown): ChangeLine[] {
  if (typeof changes !== 'object' || changes === null) return [];
  const { before, after } = changes as { readonly before?: unknown; readonly after?: unknown };
  const lines = isRecord(before) || isRecord(after) ? compared(before, after, '') : said(changes as Record<string, unknown>, '');
  return lines.slice(0, MAX_LINES);
}

function compared(before: unknown, after: unknown, path: string): ChangeLine[] {
  if (!isRecord(before) && !isRecord(after)) {
    return JSON.stringify(before ?? null) === JSON.stringify(after ?? null) ? [] : [{ field: path, before: text(before), after: text(after) }];
  }
  const [was, is] = [isRecord(before) ? before : {}, isRecord(after) ? after : {}];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((key) => compared(was[key], is[key], join(path, key)));
}

function said(changes: Record<string, unknown>, path: string): ChangeLine[] {
  return Object.entries(changes).flatMap(([key, value]) => {
    const field = join(path, key);
    if (!isRecord(value)) return [{ field, before: null, after: text(value) }];
    return 'before' in value && 'after' in value ? compared(value['before'], value['after'], field) : said(value, field);
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function text(value: unknown): string | null {
  if (value === null || value === undefined || value === '') return null;
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, MAX_TEXT);
}

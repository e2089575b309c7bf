import { oneLine } from '../../core/text.ts';
import { isDeepStrictEqual } from 'node:util';
import { inTransaction, type Database } from '../../platform/data/db.ts';
import type { FileStore } from '../../platform/files/files.ts';
import { insertJob } from '../../platform/jobs/job-store.ts';
import { readTable, type Cell } from '../../platform/files/table-file.ts';
import { generateToken } from '../../platform/secrets/tokens.ts';
import { findEntries, type CatalogueEntry, type CatalogueKind } from './catalogue-store.ts';
import { listParents } from './region-store.ts';

export const CATALOGUE_IMPORT_JOB = 'catalogue-import';
export const MAX_IMPORT_ROWS = 20_000;
const MAX_REGIONS = 100_000;
const MAX_PROBLEMS = 100;
const MAX_ID = 64;
const MAX_NAME = 200;
const ROWS_PER_STATEMENT = 500;

export type ImportProblemCode =
  | 'no_columns'
  | 'too_many'
  | 'id_missing'
  | 'id_long'
  | 'name_missing'
  | 'name_long'
  | 'twice'
  | 'parent_unknown'
  | 'circle';

export interface ImportProblem {
  /** As the spreadsheet counts; null: the file as a whole. */
  readonly row: number | null;
  readonly code: ImportProblemCode;
  readonly value: string;
}

/** What taking over a file would do. Nothing is taken over while there is a problem. */
export interface ImportPlan {
  readonly created: readonly CatalogueEntry[];
  readonly changed: readonly { readonly before: CatalogueEntry; readonly after: CatalogueEntry }[];
  readonly unchanged: number;
  /** The first hundred. */
  readonly problems: readonly ImportProblem[];
  readonly problemCount: number;
}

/** Keeps an uploaded file until it is taken over; answers what names it. */
export async function keepImport(files: FileStore, path: string): Promise<string> {
  const token = generateToken('i');
  await files.adopt(path, keyOf(token));
  return token;
}

/** Reads the kept file and compares it with what is stored; null: the file is gone. */
export async function planImport(
  database: Database,
  files: FileStore,
  kind: CatalogueKind,
  token: string,
): Promise<ImportPlan | null> {
  if (!isToken(token) || !(await files.exists(keyOf(token)))) return null;
  const problems: (ImportProblem & { readonly at: number })[] = [];
  const entries = new Map<string, { readonly entry: CatalogueEntry; readonly row: number }>();
  let columns: Columns | null = null;
  for await (const { number, cells } of readTable(await files.path(keyOf(token)))) {
    const wrong = (code: ImportProblemCode, value: string): void =>
      void problems.push({ row: number, code, value, at: number });
    if (columns === null) {
      columns = columnsOf(cells, kind);
      if (columns === null)
        return {
          created: [],
          changed: [],
          unchanged: 0,
          problems: [{ row: number, code: 'no_columns', value: '' }],
          problemCount: 1,
        };
      continue;
    }
    if (entries.size >= MAX_IMPORT_ROWS) {
      wrong('too_many', String(MAX_IMPORT_ROWS));
      break;
    }
    const text = (column: number | null): string => (column === null ? '' : oneLine(cells[column]?.text ?? ''));
    const id = text(columns.id);
    const name = text(columns.name);
    if (id === '') wrong('id_missing', name);
    else if (id.length > MAX_ID) wrong('id_long', id);
    else if (entries.has(id)) wrong('twice', id);
    if (name === '') wrong('name_missing', id);
    else if (name.length > MAX_NAME) wrong('name_long', name);
    if (id !== '' && !entries.has(id))
      entries.set(id, { entry: { id, name, parent: text(columns.parent) || null }, row: number });
  }
  const stored = await storedEntries(database, kind, [...entries.keys()]);
  // A file without a column for it says nothing of where a region lies.
  const wanted = [...entries.values()].map(({ entry, row }) => ({
    row,
    entry: columns?.parent == null ? { ...entry, parent: stored.get(entry.id)?.parent ?? null } : entry,
  }));
  if (kind === 'region')
    await checkParents(database, wanted, (row, code, value) => void problems.push({ row, code, value, at: row }));
  const created = wanted.filter(({ entry }) => !stored.has(entry.id)).map(({ entry }) => entry);
  const changed = wanted.flatMap(({ entry: after }) => {
    const before = stored.get(after.id);
    return before === undefined || isDeepStrictEqual(before, after) ? [] : [{ before, after }];
  });
  const sorted = problems
    .sort((a, b) => a.at - b.at)
    .slice(0, MAX_PROBLEMS)
    .map(({ row, code, value }) => ({ row, code, value }));
  return {
    created,
    changed,
    unchanged: wanted.length - created.length - changed.length,
    problems: sorted,
    problemCount: problems.length,
  };
}

export async function startImport(
  database: Database,
  kind: CatalogueKind,
  token: string,
  total: number,
  actor: string,
  now: number,
): Promise<string> {
  return inTransaction(database, (trx) =>
    insertJob(trx, { kind: CATALOGUE_IMPORT_JOB, payload: { kind, token, actor }, total, createdBy: actor, now }),
  );
}

interface Columns {
  readonly id: number;
  readonly name: number;
  readonly parent: number | null;
}

const HEADINGS: Readonly<Record<keyof Columns, readonly string[]>> = {
  id: ['id', 'kennung', 'nummer', 'nr', 'code', 'key', 'schlüssel'],
  name: ['name', 'bezeichnung', 'titel', 'title'],
  parent: ['parent', 'liegt in', 'übergeordnet', 'oberregion'],
};

function columnsOf(cells: readonly Cell[], kind: CatalogueKind): Columns | null {
  const headings = cells.map(({ text }) => text.toLowerCase().replace(/[.:*]+$/, ''));
  const find = (column: keyof Columns): number => headings.findIndex((heading) => HEADINGS[column].includes(heading));
  const [id, name, parent] = [find('id'), find('name'), find('parent')];
  return id < 0 || name < 0 ? null : { id, name, parent: kind !== 'region' || parent < 0 ? null : parent };
}

async function storedEntries(
  database: Database,
  kind: CatalogueKind,
  ids: readonly string[],
): Promise<Map<string, CatalogueEntry>> {
  const stored = new Map<string, CatalogueEntry>();
  for (const chunk of chunks(ids)) {
    for (const [id, { name, parent, isArchived }] of await findEntries(database.knex, kind, chunk)) {
      // What is archived comes back by an import, and that is a change.
      stored.set(id, isArchived ? { id, name: '', parent } : { id, name, parent });
    }
  }
  return stored;
}

async function checkParents(
  database: Database,
  wanted: readonly { readonly entry: CatalogueEntry; readonly row: number }[],
  wrong: (row: number, code: ImportProblemCode, value: string) => void,
): Promise<void> {
  const parents = await listParents(database.knex, MAX_REGIONS);
  for (const { entry } of wanted) parents.set(entry.id, entry.parent);
  for (const { entry, row } of wanted) {
    if (entry.parent === null) continue;
    if (!parents.has(entry.parent)) wrong(row, 'parent_unknown', entry.parent);
    else if (isInCircle(entry.id, parents)) wrong(row, 'circle', entry.id);
  }
}

function isInCircle(id: string, parents: ReadonlyMap<string, string | null>): boolean {
  const seen = new Set<string>();
  for (let above: string | null = id; above !== null; above = parents.get(above) ?? null) {
    if (seen.has(above)) return true;
    seen.add(above);
  }
  return false;
}

function isToken(token: string): boolean {
  return /^i[A-Za-z0-9_-]{20,100}$/.test(token);
}

export function keyOf(token: string): string {
  return `imports/catalogue-${token}`;
}

export function chunks<T>(list: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(list.length / ROWS_PER_STATEMENT) }, (_, index) =>
    list.slice(index * ROWS_PER_STATEMENT, (index + 1) * ROWS_PER_STATEMENT),
  );
}

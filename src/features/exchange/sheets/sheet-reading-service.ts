import { LOCALES } from '../../../../locales/languages.ts';
import type { FileStore } from '../../../platform/files/files.ts';
import type { I18n } from '../../../platform/html/i18n.ts';
import { readTable, type Cell, type TableRow } from '../../../platform/files/table-file.ts';
import { headingKey, readCell, sheetColumns, type SheetCells, type SheetValue } from './sheet-columns-service.ts';
import { baseKey, MAX_SHEET_ROWS, readKept, uploadKey, type SheetBase, type SheetRefusal } from './sheet-service.ts';

/** A row of which something was changed, before it is held against the voucher. */
export interface TypedRow {
  readonly row: number;
  readonly id: string;
  readonly number: string | null;
  readonly version: number;
  readonly writtenAt: number;
  /** The open cells that differ from what was exported. */
  readonly after: SheetCells;
}

export interface ReadSheet {
  readonly rows: number;
  readonly typed: readonly TypedRow[];
  readonly refusals: readonly SheetRefusal[];
  readonly ignored: readonly string[];
}

/** The file as a whole cannot be read as one of ours; `code` names its sentence. */
export class SheetError extends Error {
  override readonly name = 'SheetError';
  readonly code: 'sheet_no_key' | 'sheet_heading_twice' | 'sheet_too_long';
  constructor(code: SheetError['code']) {
    super(code);
    this.code = code;
  }
}

const KEY = /^E(\d{1,18})-G(\d{1,18})-V(\d{1,9})$/;
const MAX_SHEETS = 20;
const MAX_IGNORED = 20;
const EMPTY: Cell = { text: '', number: null, day: null };

/** What differs in an uploaded workbook from what was exported, and what of it cannot be read or may not be changed. */
export async function readSheet(files: FileStore, i18n: I18n, token: string): Promise<ReadSheet> {
  const places = new Map<string, number>();
  const bases = new Map<string, SheetBase | null>();
  const rowOfVoucher = new Map<string, number>();
  const refusals: SheetRefusal[] = [];
  const typed: TypedRow[] = [];
  const toldSheets = new Set<string>();
  let ignored: string[] = [];
  let rows = 0;
  let isHeading = true;
  for await (const row of readTable(await files.path(uploadKey(token)))) {
    if (isHeading) {
      ignored = readHeadings(row, i18n, places);
      isHeading = false;
      continue;
    }
    if (++rows > MAX_SHEET_ROWS) throw new SheetError('sheet_too_long');
    const keyText = cellAt(row, places.get('key')).text;
    const key = KEY.exec(keyText);
    if (key === null) {
      refusals.push(
        refusalOf(row.number, { column: 'key', code: keyText === '' ? 'key_missing' : 'key_wrong', typed: keyText }),
      );
      continue;
    }
    const [, sheetId = '', id = '', version = ''] = key;
    const base = await baseOf(sheetId);
    if (base === null) {
      if (!toldSheets.has(sheetId))
        refusals.push(refusalOf(row.number, { column: 'key', code: 'sheet_gone', typed: keyText }));
      toldSheets.add(sheetId);
      continue;
    }
    const known = base.rows[id];
    if (known?.version !== Number(version)) {
      refusals.push(refusalOf(row.number, { column: 'key', code: 'key_wrong', typed: keyText }));
      continue;
    }
    const number = known.cells['number'] === undefined ? null : String(known.cells['number']);
    const first = rowOfVoucher.get(id);
    if (first !== undefined) {
      refusals.push(refusalOf(row.number, { id, number, code: 'twice', known: first }));
      continue;
    }
    rowOfVoucher.set(id, row.number);
    const { after, refused } = readCells(row, known.cells, places);
    refusals.push(...refused.map((one) => refusalOf(row.number, { id, number, ...one })));
    if (Object.keys(after).length > 0)
      typed.push({ row: row.number, id, number, version: known.version, writtenAt: base.writtenAt, after });
  }
  if (isHeading) throw new SheetError('sheet_no_key');
  return { rows, typed, refusals, ignored };

  async function baseOf(sheetId: string): Promise<SheetBase | null> {
    if (!bases.has(sheetId))
      bases.set(sheetId, bases.size >= MAX_SHEETS ? null : await readKept<SheetBase>(files, baseKey(sheetId)));
    return bases.get(sheetId) ?? null;
  }
}

export function refusalOf(row: number, about: Partial<SheetRefusal> & { readonly code: string }): SheetRefusal {
  return { row, id: null, number: null, column: null, typed: null, known: null, error: null, by: null, ...about };
}

/** Fills in which column stands where; answers the headings that are none of ours. Every language is understood. */
function readHeadings({ cells }: TableRow, i18n: I18n, places: Map<string, number>): string[] {
  const names = new Map<string, string>();
  for (const locale of LOCALES) {
    const t = i18n.translator(locale);
    for (const name of ['key', ...sheetColumns().map((column) => column.name)])
      names.set(t(headingKey(name)).toLowerCase(), name);
  }
  const ignored: string[] = [];
  cells.forEach(({ text }, index) => {
    const name = names.get(text.toLowerCase());
    if (name === undefined) {
      if (text !== '') ignored.push(text);
      return;
    }
    if (places.has(name)) throw new SheetError('sheet_heading_twice');
    places.set(name, index);
  });
  if (!places.has('key')) throw new SheetError('sheet_no_key');
  return ignored.slice(0, MAX_IGNORED);
}

function cellAt({ cells }: TableRow, place: number | undefined): Cell {
  // Cells a workbook leaves out are holes.
  return (place === undefined ? undefined : cells[place]) ?? EMPTY;
}

type RefusedCell = Pick<SheetRefusal, 'column' | 'code' | 'typed' | 'known'>;

/** A column that was taken out of the file is not changed. */
function readCells(
  row: TableRow,
  known: SheetCells,
  places: ReadonlyMap<string, number>,
): { readonly after: SheetCells; readonly refused: RefusedCell[] } {
  const after: Record<string, SheetValue> = {};
  const refused: RefusedCell[] = [];
  for (const column of sheetColumns()) {
    const { name } = column;
    if (!places.has(name)) continue;
    const cell = cellAt(row, places.get(name));
    const before = known[name] ?? null;
    const read = readCell(column, cell);
    if ('value' in read && read.value === before) continue;
    const about = { column: name, typed: cell.text, known: before };
    if (!column.isOpen) refused.push({ ...about, code: 'locked' });
    else if ('problem' in read) refused.push({ ...about, code: read.problem });
    else after[name] = read.value;
  }
  return { after, refused };
}

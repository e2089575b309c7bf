import { oneLine } from '../../../core/text.ts';
import { nested, valueAt } from '../../../platform/data/json-path.ts';
import { amountLimit } from '../../../platform/process/amount-limit.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import type { Cell } from '../../../platform/files/table-file.ts';
import { parseAmount, parseCount, parseDay } from '../../../platform/html/typed-input.ts';
import type { WorkbookKind } from '../../../platform/files/workbook-writer.ts';
import type { VoucherBody } from '../../vouchers/record/voucher-service.ts';
import type { VoucherView } from '../../vouchers/record/voucher-view-service.ts';
import { labelKeyOf, type VoucherField } from '../../vouchers/rules/voucher-field.ts';
import { voucherFields } from '../../vouchers/rules/known-fields.ts';

/** As it stands in the file: text, a day `YYYY-MM-DD`, whole cents or a count; null: an empty cell. */
export type SheetValue = string | number | null;
export type SheetKind = Extract<WorkbookKind, 'text' | 'day' | 'money' | 'number'>;

export interface SheetColumn {
  readonly name: string;
  readonly kind: SheetKind;
  readonly width: number;
  /** May be changed in the file; what else differs is refused. */
  readonly isOpen: boolean;
  /** Of the rules, which a code of a campaign shares with all others. */
  readonly isRule: boolean;
  /** Where the service tells of a problem with it. */
  readonly path: string;
  /** Characters of a text, or the highest number. */
  readonly most: number;
  /** Of a text that may have several lines. */
  readonly hasLines: boolean;
  readonly read: (seen: SeenVoucher) => SheetValue;
}

/** A voucher with what its rows tell in words. */
export interface SeenVoucher {
  readonly voucher: VoucherView;
  readonly number: string;
  readonly code: string;
  readonly campaign: string | null;
  readonly t: Translate;
}

const SHOWN = { isOpen: false, isRule: false, path: '', most: 0, hasLines: true } as const;

/** What only identifies a voucher and tells its state. */
const SHOWN_COLUMNS: readonly SheetColumn[] = [
  { ...SHOWN, name: 'number', kind: 'text', width: 17, read: ({ number }) => number },
  { ...SHOWN, name: 'code', kind: 'text', width: 9, read: ({ code }) => code },
  { ...SHOWN, name: 'type', kind: 'text', width: 12, read: ({ voucher, t }) => t(`vouchers:type.${voucher.type}`) },
  { ...SHOWN, name: 'campaign', kind: 'text', width: 22, read: ({ campaign }) => campaign },
  {
    ...SHOWN,
    name: 'status',
    kind: 'text',
    width: 15,
    read: ({ voucher, t }) => t(`vouchers:status.${voucher.status}`),
  },
  { ...SHOWN, name: 'paidOn', kind: 'day', width: 12, read: ({ voucher }) => voucher.paidAt },
  { ...SHOWN, name: 'balance', kind: 'money', width: 12, read: ({ voucher }) => voucher.balance },
];

/** Made once for a table of fields: a sheet asks for them with every cell. */
const COLUMNS_OF = new WeakMap<readonly VoucherField[], ReadonlyMap<string, SheetColumn>>();

/** In the order of the sheet, which never changes. The key comes before all of them. */
export function sheetColumns(): readonly SheetColumn[] {
  return [...columnsByName().values()];
}

export function sheetColumn(name: string): SheetColumn | undefined {
  return columnsByName().get(name);
}

function columnsByName(): ReadonlyMap<string, SheetColumn> {
  const fields = voucherFields();
  const known = COLUMNS_OF.get(fields);
  if (known !== undefined) return known;
  const open = fields
    .flatMap((field) => (field.sheet === undefined ? [] : [{ field, ...field.sheet }]))
    .sort((a, b) => a.place - b.place)
    .map(({ field, width }) => openColumn(field, width));
  const columns = new Map([...SHOWN_COLUMNS, ...open].map((column) => [column.name, column]));
  COLUMNS_OF.set(fields, columns);
  return columns;
}

/** The heading of a column in the reader's language. */
export function headingKey(name: string): string {
  const field = voucherFields().find((one) => one.name === name && one.sheet !== undefined);
  return field === undefined || field.sheet?.hasOwnWords === true ? `exchange:sheet.column.${name}` : labelKeyOf(field);
}

function openColumn(field: VoucherField, width: number): SheetColumn {
  const { name, of, path, most = 0, lines } = field;
  const kind = kindOf(field);
  return {
    ...{ name, kind, width, path, isOpen: true, isRule: of === 'rules' },
    most,
    hasLines: lines !== undefined,
    read: ({ voucher }) => (valueAt(voucher, path) ?? null) as SheetValue,
  };
}

function kindOf({ kind, name }: VoucherField): SheetKind {
  if (kind === 'day' || kind === 'money' || kind === 'text') return kind;
  if (kind === 'count') return 'number';
  throw new Error(`no cell of a sheet can hold ${name}`);
}

export type SheetCells = Readonly<Record<string, SheetValue>>;

/** What the sheet shows of a voucher, as it would be read again. */
export function cellsOf(seen: SeenVoucher): SheetCells {
  return Object.fromEntries(
    sheetColumns().map(({ name, kind, read }) => [name, kind === 'text' ? tidyText(read(seen)) : read(seen)]),
  );
}

export type ReadCell = { readonly value: SheetValue } | { readonly problem: CellProblem };
export type CellProblem =
  | 'day_wrong'
  | 'no_such_day'
  | 'money_wrong'
  | 'count_wrong'
  | 'number_range'
  | 'money_range'
  | 'text_long'
  | 'title_missing';

/** A cell as somebody left it: real dates and numbers, or what people type. */
export function readCell(
  { name, kind, most, hasLines }: Pick<SheetColumn, 'name' | 'kind' | 'most' | 'hasLines'>,
  cell: Cell,
): ReadCell {
  if (cell.text === '') return name === 'title' ? { problem: 'title_missing' } : { value: null };
  switch (kind) {
    case 'text': {
      const value = tidyText(hasLines ? cell.text : oneLine(cell.text));
      return value !== null && most > 0 && value.length > most ? { problem: 'text_long' } : { value };
    }
    case 'day':
      return readDay(cell);
    case 'money': {
      const cents = readMoney(cell);
      if (cents === null) return { problem: 'money_wrong' };
      return cents > amountLimit() ? { problem: 'money_range' } : { value: cents };
    }
    case 'number': {
      const typed = cell.number === null ? parseCount(cell.text) : { ok: true as const, value: cell.number };
      if (!typed.ok || !Number.isInteger(typed.value)) return { problem: 'count_wrong' };
      return typed.value < 1 || typed.value > most ? { problem: 'number_range' } : { value: typed.value };
    }
  }
}

/** The changed cells as a change of the voucher. */
export function bodyOfCells(cells: SheetCells): Partial<VoucherBody> {
  return nested(Object.entries(cells).map(([name, value]) => [sheetColumn(name)?.path ?? name, value]));
}

const FIRST_SERIAL = 36_526;
const LAST_SERIAL = 109_574;
const EPOCH_SERIAL = 25_569;
const MS_PER_DAY = 86_400_000;

function readDay({ day, number, text }: Cell): ReadCell {
  if (day !== null) return { value: day };
  // A date whose cell lost its format stands there as the number of its day; 2000 to 2199.
  if (number !== null && Number.isInteger(number) && number >= FIRST_SERIAL && number <= LAST_SERIAL) {
    return { value: new Date((number - EPOCH_SERIAL) * MS_PER_DAY).toISOString().slice(0, 10) };
  }
  const typed = parseDay(text);
  if (typed.ok) return { value: typed.value };
  return { problem: typed.error === 'input.no_such_day' ? 'no_such_day' : 'day_wrong' };
}

/** A sum of a workbook may carry the dust of its floating point; a tenth of a cent is none. */
function readMoney({ number, text }: Cell): number | null {
  if (number === null) {
    const typed = parseAmount(text);
    return typed.ok ? typed.value : null;
  }
  const cents = Math.round(number * 100);
  return Math.abs(number * 100 - cents) < 1e-6 && Number.isSafeInteger(cents) ? cents : null;
}

/** As a spreadsheet gives it back: other ends of lines, marks for a carriage return, no blanks around it. */
function tidyText(value: SheetValue): string | null {
  if (value === null) return null;
  const text = String(value)
    .replaceAll('_x000D_', '')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .trim();
  return text === '' ? null : text;
}

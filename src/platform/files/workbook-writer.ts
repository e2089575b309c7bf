import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import {
  columnName,
  contentTypes,
  PACKAGE_RELATIONS,
  sheetEnd,
  sheetStart,
  STYLE,
  STYLES,
  decimalOf,
  moneyCell,
  textCell,
  workbookRelations,
  workbookXml,
} from './workbook-xml.ts';
import { createZipWriter } from './zip-writer.ts';

/** `money`: whole cents, written with two decimals; `day`: `YYYY-MM-DD`; `instant`: ms since 1970, shown in `timeZone`. */
export type WorkbookKind = 'text' | 'money' | 'number' | 'day' | 'instant';
export type WorkbookValue = string | number | null;
export type WorkbookRows = Iterable<readonly WorkbookValue[]> | AsyncIterable<readonly WorkbookValue[]>;

export interface WorkbookColumn {
  readonly heading: string;
  readonly kind: WorkbookKind;
  /** In characters. */
  readonly width: number;
  /** Added up in the last row; for `money` and `number`. */
  readonly isSummed?: boolean;
  /** To be changed by whoever opens the file; then all other cells of the sheet are locked, without a password. */
  readonly isOpen?: boolean;
}

export interface Workbook {
  readonly sheet: string;
  readonly columns: readonly WorkbookColumn[];
  readonly rows: WorkbookRows;
  readonly timeZone: string;
  /** What stands in the first column of the last row; null: no row of sums. */
  readonly totalLabel: string | null;
  /** The column that says in which currency a row is. Different ones are never added up: each has a row of sums of its own. */
  readonly currencyColumn?: number | null;
  /** Whether a row's cell of an open column is open; all are where nothing else is said. */
  readonly isCellOpen?: (values: readonly WorkbookValue[], column: number) => boolean;
  /** Small sheets between the rows and the parameters. */
  readonly others?: readonly SmallSheet[];
  readonly parameters: {
    readonly sheet: string;
    readonly headings: readonly [string, string];
    /** Asked for when all rows are written. */
    readonly rows: (written: WrittenRows) => readonly (readonly [label: string, value: string | number])[];
  };
}

/** A sheet of few rows, without sums. They are asked for when all rows of the first sheet are written. */
export interface SmallSheet {
  readonly sheet: string;
  readonly columns: readonly WorkbookColumn[];
  readonly rows: Iterable<readonly WorkbookValue[]>;
}

export { WORKBOOK_TYPE } from './workbook-xml.ts';

export interface WrittenRows {
  readonly count: number;
  /** By column, in the unit of the values given; null where none is asked for. */
  readonly sums: readonly (number | null)[];
  /** SHA-256 of the sheet's XML, `xl/worksheets/sheet1.xml` in the file. */
  readonly hash: string;
}

/** What a sheet of Excel takes besides headings and sums. */
export const MAX_WORKBOOK_ROWS = 1_048_574;

export class TooManyWorkbookRows extends Error {
  override readonly name = 'TooManyWorkbookRows';
}

const PIECE_CHARACTERS = 64 * 1024;
const MS_PER_DAY = 86_400_000;
/** Days from 30 December 1899 to 1 January 1970. */
const EPOCH_SERIAL = 25_569;
/** Excel counts a 29 February 1900 that never was. */
const FIRST_SOUND_SERIAL = 61;

/** Writes a workbook while its rows are read: of a million rows only a few hundred are ever in memory. Ends the target. */
export async function writeWorkbook(target: Writable, workbook: Workbook): Promise<WrittenRows> {
  const failure = Promise.withResolvers<never>();
  const fail = (error: Error): void => {
    failure.reject(error);
  };
  failure.promise.catch(() => undefined);
  target.on('error', fail);
  try {
    return await Promise.race([write(target, workbook), failure.promise]);
  } catch (error) {
    target.destroy();
    throw error;
  }
}

async function write(
  target: Writable,
  {
    sheet,
    columns,
    rows,
    timeZone,
    totalLabel,
    currencyColumn = null,
    isCellOpen = () => true,
    others = [],
    parameters,
  }: Workbook,
): Promise<WrittenRows> {
  const zip = createZipWriter(target, { packing: 'deflated', changedAt: null });
  const sheets = [sheet, ...others.map((other) => other.sheet), parameters.sheet];
  await zip.add('[Content_Types].xml', contentTypes(sheets.length));
  await zip.add('_rels/.rels', PACKAGE_RELATIONS);
  const data = createSheet(columns, timeZone, { isFirst: true, currencyColumn, isCellOpen });
  await zip.add('xl/worksheets/sheet1.xml', data.pieces(rows, totalLabel));
  const written = data.written();
  const last: WorkbookColumn[] = parameters.headings.map((heading, index) => ({
    heading,
    kind: 'text',
    width: index === 0 ? 28 : 80,
  }));
  const small = [
    ...others,
    { columns: last, rows: parameters.rows(written).map(([label, value]) => [label, String(value)]) },
  ];
  for (const [index, other] of small.entries()) {
    await zip.add(
      `xl/worksheets/sheet${index + 2}.xml`,
      createSheet(other.columns, timeZone, { isFirst: false, currencyColumn: null, isCellOpen }).pieces(
        other.rows,
        null,
      ),
    );
  }
  const filter = `A1:${columnName(columns.length - 1)}${written.count + 1}`;
  await zip.add('xl/workbook.xml', workbookXml(sheets, filter));
  await zip.add('xl/_rels/workbook.xml.rels', workbookRelations(sheets.length));
  await zip.add('xl/styles.xml', STYLES);
  await zip.end();
  return written;
}

interface Sheet {
  pieces(rows: WorkbookRows, totalLabel: string | null): AsyncGenerator<Buffer>;
  written(): WrittenRows;
}

interface SheetWay extends Pick<Required<Workbook>, 'isCellOpen' | 'currencyColumn'> {
  readonly isFirst: boolean;
}

function createSheet(
  columns: readonly WorkbookColumn[],
  timeZone: string,
  { isFirst, currencyColumn, isCellOpen }: SheetWay,
): Sheet {
  const isProtected = columns.some(({ isOpen }) => isOpen === true);
  const names = columns.map((_, index) => columnName(index));
  const zeros: readonly (number | null)[] = columns.map(({ isSummed }) => (isSummed === true ? 0 : null));
  const sums = [...zeros];
  const byCurrency = new Map<string, (number | null)[]>();
  const localSerial = createLocalSerial(timeZone);
  const hash = createHash('sha256');
  let count = 0;

  function rowXml(values: readonly WorkbookValue[]): string {
    const number = count + 1;
    let xml = `<row r="${number}">`;
    const own = currencyColumn === null ? null : sumsOf(values[currencyColumn]);
    for (let index = 0; index < columns.length; index++) {
      const value = values[index];
      const kind = columns[index]?.kind ?? 'text';
      const isOpen = columns[index]?.isOpen === true && isCellOpen(values, index);
      if (value === null || value === undefined || value === '') {
        if (isOpen) xml += `<c r="${names[index] ?? ''}${number}" s="${OPEN_STYLES[kind]}"/>`;
        continue;
      }
      if (typeof value === 'number' && zeros[index] === 0) {
        sums[index] = (sums[index] ?? 0) + value;
        if (own !== null) own[index] = (own[index] ?? 0) + value;
      }
      xml += cellXml(`${names[index] ?? ''}${number}`, kind, value, localSerial, isOpen ? OPEN_STYLES : STYLES_OF);
    }
    return `${xml}</row>`;
  }

  function sumsOf(currency: WorkbookValue | undefined): (number | null)[] {
    const key = String(currency ?? '');
    const known = byCurrency.get(key) ?? [...zeros];
    byCurrency.set(key, known);
    return known;
  }

  function totalsXml(label: string): string {
    const each = [...byCurrency].sort(([a], [b]) => (a < b ? -1 : 1));
    // 109: of what the filter leaves, so that the sum follows it.
    if (currencyColumn === null || each.length < 2)
      return totalXml(label, count + 2, sums, (name) => `SUBTOTAL(109,${name}2:${name}${count + 1})`);
    const currencies = `$${names[currencyColumn] ?? ''}$2:$${names[currencyColumn] ?? ''}$${count + 1}`;
    return each
      .map(([currency, own], index) =>
        totalXml(
          `${label} ${currency}`,
          count + 2 + index,
          own,
          (name) => `SUMIF(${currencies},&quot;${currency}&quot;,${name}2:${name}${count + 1})`,
        ),
      )
      .join('');
  }

  function totalXml(
    label: string,
    number: number,
    of: readonly (number | null)[],
    formulaOf: (name: string) => string,
  ): string {
    const cells = columns.map(({ kind }, index) => {
      const sum = of[index] ?? null;
      const name = names[index] ?? '';
      if (index === 0) return textCell(`${name}${number}`, label, STYLE.totalText);
      if (sum === null || !Number.isSafeInteger(sum)) return `<c r="${name}${number}" s="${STYLE.totalText}"/>`;
      const value = kind === 'money' ? decimalOf(sum) : String(sum);
      const style: number = kind === 'money' ? STYLE.totalMoney : STYLE.totalNumber;
      return `<c r="${name}${number}" s="${style}">${count === 0 ? '' : `<f>${formulaOf(name)}</f>`}<v>${value}</v></c>`;
    });
    return `<row r="${number}">${cells.join('')}</row>`;
  }

  return {
    async *pieces(rows, totalLabel) {
      const bytes = (text: string): Buffer => {
        const piece = Buffer.from(text);
        hash.update(piece);
        return piece;
      };
      const headings = columns
        .map(({ heading }, index) => textCell(`${names[index] ?? ''}1`, heading, STYLE.heading))
        .join('');
      let text = `${sheetStart(
        columns.map(({ width }) => width),
        isFirst,
      )}<row r="1">${headings}</row>`;
      for await (const values of rows) {
        if (++count > MAX_WORKBOOK_ROWS) throw new TooManyWorkbookRows();
        text += rowXml(values);
        if (text.length >= PIECE_CHARACTERS) {
          yield bytes(text);
          text = '';
        }
      }
      if (totalLabel !== null) text += totalsXml(totalLabel);
      yield bytes(text + sheetEnd(isFirst ? `A1:${names.at(-1) ?? 'A'}${count + 1}` : null, isProtected));
    },
    written: () => ({ count, sums, hash: hash.digest('hex') }),
  };
}

const STYLES_OF: Readonly<Record<WorkbookKind, number>> = {
  text: STYLE.text,
  money: STYLE.money,
  number: STYLE.number,
  day: STYLE.day,
  instant: STYLE.instant,
};
const OPEN_STYLES: Readonly<Record<WorkbookKind, number>> = {
  text: STYLE.openText,
  money: STYLE.openMoney,
  number: STYLE.openNumber,
  day: STYLE.openDay,
  instant: STYLE.openDay,
};

function cellXml(
  reference: string,
  kind: WorkbookKind,
  value: string | number,
  localSerial: (instant: number) => number,
  styles: Readonly<Record<WorkbookKind, number>>,
): string {
  if (kind === 'text' || (typeof value === 'string' && kind !== 'day'))
    return textCell(reference, String(value), styles.text);
  if (typeof value === 'string') {
    const serial = serialOf(value);
    return serial === null
      ? textCell(reference, value, styles.text)
      : `<c r="${reference}" s="${styles.day}"><v>${serial}</v></c>`;
  }
  if (kind === 'money') return moneyCell(reference, value, styles);
  if (kind === 'instant') return `<c r="${reference}" s="${styles.instant}"><v>${localSerial(value)}</v></c>`;
  return `<c r="${reference}" s="${styles.number}"><v>${value}</v></c>`;
}

function serialOf(day: string): number | null {
  const serial =
    Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10))) / MS_PER_DAY +
    EPOCH_SERIAL;
  return Number.isInteger(serial) && serial >= FIRST_SOUND_SERIAL ? serial : null;
}

/** Offsets change at full quarters of an hour at the most, so that they are asked for once each. */
function createLocalSerial(timeZone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  const offsets = new Map<number, number>();
  const quarter = 15 * 60 * 1000;
  return (instant) => {
    const key = Math.floor(instant / quarter);
    let offset = offsets.get(key);
    if (offset === undefined) {
      const name = format.formatToParts(instant).find(({ type }) => type === 'timeZoneName')?.value ?? '';
      const [, sign = '+', hours = '0', minutes = '0'] = /([+-])(\d+):(\d+)/.exec(name) ?? [];
      offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
      if (offsets.size > 10_000) offsets.clear();
      offsets.set(key, offset);
    }
    // To the second, which is what people read.
    return Math.round(((instant + offset) / MS_PER_DAY + EPOCH_SERIAL) * 86_400) / 86_400;
  };
}

import { parse } from 'csv-parse';
import ExcelJS from 'exceljs';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Open, type File as ZipPart } from 'unzipper';

/** One cell of a table somebody sent. */
export interface Cell {
  /** As people read it; trimmed. */
  readonly text: string;
  /** Set where the workbook holds a real number. */
  readonly number: number | null;
  /** Set where the workbook holds a real date: `YYYY-MM-DD`. */
  readonly day: string | null;
}

export interface TableRow {
  /** As the spreadsheet counts, from 1; the headings are a row too. */
  readonly number: number;
  readonly cells: readonly Cell[];
}

export const MAX_TABLE_ROWS = 1_000_000;
const MAX_COLUMNS = 200;
const MAX_CELL_LENGTH = 10_000;
const MAX_RECORD_BYTES = 1024 * 1024;
const MAX_UNPACKED_BYTES = 2 * 1024 * 1024 * 1024;
const SAMPLE_BYTES = 64 * 1024;

export type TableProblem = 'table.unreadable' | 'table.too_many_rows' | 'table.too_large';

/** The file is no table we can read; `problem` is the key of its sentence in `common:`. */
export class TableError extends Error {
  override readonly name = 'TableError';
  readonly problem: TableProblem;
  constructor(problem: TableProblem) {
    super(problem);
    this.problem = problem;
  }
}

/**
 * The rows of a CSV file or of a workbook's first sheet, one after the other, so that no list is held in memory. CSV may
 * be separated by `;`, `,` or tabs, with or without BOM, in UTF-8 or as a German Excel writes it (Windows-1252). Rows
 * without any text are left out. Throws a `TableError`.
 */
export async function* readTable(path: string): AsyncGenerator<TableRow> {
  const sample = await firstBytes(path);
  const rows = sample.subarray(0, 2).toString('latin1') === 'PK' ? sheetRows(path) : csvRows(path, sample);
  let count = 0;
  try {
    for await (const row of rows) {
      if (row.cells.every(({ text }) => text === '')) continue;
      if (++count > MAX_TABLE_ROWS) throw new TableError('table.too_many_rows');
      yield row;
    }
  } catch (error) {
    throw error instanceof TableError ? error : new TableError('table.unreadable');
  }
}

async function* csvRows(path: string, sample: Buffer): AsyncGenerator<TableRow> {
  const decoder = new TextDecoder(isUtf8(sample) ? 'utf-8' : 'windows-1252');
  const text = Readable.from(decoded(path, decoder));
  const parser = parse({
    delimiter: delimiterOf(sample),
    relax_column_count: true,
    relax_quotes: true,
    info: true,
    max_record_size: MAX_RECORD_BYTES,
  });
  text.on('error', (error) => parser.destroy(error));
  text.pipe(parser);
  let number = 0;
  for await (const { record } of parser as AsyncIterable<{ record: string[] }>) {
    number++;
    yield { number, cells: record.slice(0, MAX_COLUMNS).map((cell) => textCell(cell)) };
  }
}

async function* decoded(path: string, decoder: TextDecoder): AsyncGenerator<string> {
  for await (const chunk of createReadStream(path)) {
    const text = decoder.decode(chunk as Buffer, { stream: true });
    if (text.includes('\u0000')) throw new TableError('table.unreadable');
    yield text;
  }
  yield decoder.decode();
}

async function* sheetRows(path: string): AsyncGenerator<TableRow> {
  const { files } = await Open.file(path);
  // A small file may unpack to more than the machine has.
  if (files.reduce((sum, file) => sum + file.uncompressedSize, 0) > MAX_UNPACKED_BYTES)
    throw new TableError('table.too_large');
  for await (const row of await firstSheet(path, files)) {
    const cells: Cell[] = [];
    row.eachCell({ includeEmpty: true }, (cell, column) => {
      const format = (cell.numFmt as string | undefined) ?? '';
      if (column <= MAX_COLUMNS)
        cells[column - 1] =
          cell.type === ExcelJS.ValueType.Formula
            ? formulaCell(cell.result, cell.formula, format)
            : sheetCell(cell.value, format);
    });
    yield { number: row.number, cells };
  }
}

/** The steps of the stream reader, which it takes in the order of the file. */
interface SheetParser {
  readonly model?: { readonly sheets?: readonly { readonly rId: string }[] };
  readonly workbookRels?: readonly { readonly Id: string; readonly Target: string }[];
  _parseRels(part: Readable): Promise<void>;
  _parseWorkbook(part: Readable): Promise<void>;
  _parseStyles(part: Readable): Promise<void>;
  _parseSharedStrings(part: Readable): AsyncIterable<unknown>;
  _parseWorksheet(part: Readable, number: string): Iterable<{ readonly value: AsyncIterable<ExcelJS.Row> }>;
}

/**
 * exceljs walks through the ZIP as it comes, and on a busy machine now and then loses its last parts: the order of the
 * sheets, styles or texts. So the parts are opened by name, each when it is needed.
 */
async function firstSheet(path: string, files: readonly ZipPart[]): Promise<AsyncIterable<ExcelJS.Row>> {
  const part = (name: string): ZipPart | undefined => files.find((file) => file.path === name);
  const whole = async (name: string): Promise<Readable> => {
    const found = part(name);
    return Readable.from(found === undefined ? [] : [await found.buffer()]);
  };
  const options = {
    worksheets: 'emit',
    sharedStrings: 'cache',
    hyperlinks: 'ignore',
    styles: 'cache',
    entries: 'ignore',
  } as const;
  const parser = new ExcelJS.stream.xlsx.WorkbookReader(path, options) as unknown as SheetParser;
  await parser._parseRels(await whole('xl/_rels/workbook.xml.rels'));
  await parser._parseWorkbook(await whole('xl/workbook.xml'));
  if (part('xl/styles.xml') !== undefined) await parser._parseStyles(await whole('xl/styles.xml'));
  const texts = part('xl/sharedStrings.xml');
  if (texts !== undefined) for await (const _text of parser._parseSharedStrings(texts.stream())) continue;
  const target = parser.workbookRels
    ?.find(({ Id }) => Id === parser.model?.sheets?.[0]?.rId)
    ?.Target.replace(/^(\/?xl)?\//, '');
  const number = /^worksheets\/sheet(\d+)\.xml$/.exec(target ?? '')?.[1];
  const sheet = number === undefined ? undefined : part(`xl/worksheets/sheet${number}.xml`);
  if (number === undefined || sheet === undefined) throw new TableError('table.unreadable');
  for (const { value } of parser._parseWorksheet(sheet.stream(), number)) return value;
  throw new TableError('table.unreadable');
}

/**
 * What the program that saved the file worked out. exceljs leaves out a result of 0 or nothing from a formula's value,
 * gives days as numbers and errors as no number. What was never worked out stands as the formula itself, so that nobody
 * takes it for empty.
 */
function formulaCell(result: ExcelJS.CellValue, formula: string, format: string): Cell {
  if (result === undefined || Number.isNaN(result)) return textCell(`=${formula}`);
  if (typeof result === 'number' && isDayFormat(format))
    return sheetCell(new Date(Math.round((result - UNIX_SERIAL) * MS_PER_DAY)));
  return sheetCell(result);
}

/** Days from 30 December 1899 to 1 January 1970. */
const UNIX_SERIAL = 25_569;
const MS_PER_DAY = 86_400_000;

/** `dd.mm.yyyy` is one, `#,##0.00 "Tage"` and `[Red]0` are none. */
function isDayFormat(format: string): boolean {
  return /[dy]/i.test(format.replaceAll(/"[^"]*"|\\.|\[[^\]]*\]/g, ''));
}

function sheetCell(value: ExcelJS.CellValue, format = ''): Cell {
  if (typeof value === 'number') return { text: String(value), number: value, day: null };
  if (value instanceof Date) {
    const day = Number.isNaN(value.getTime()) ? null : value.toISOString().slice(0, 10);
    return { text: day ?? '', number: null, day };
  }
  if (value === null || value === undefined) return textCell('');
  if (typeof value !== 'object') return textCell(String(value));
  if ('richText' in value) return textCell(value.richText.map(({ text }) => text).join(''));
  // A formula that goes on from the cell above comes without its text.
  if ('result' in value) return formulaCell(value.result, '', format);
  // Such as #N/A: told as it stands, so that it is refused where a value is wanted.
  if ('error' in value) return textCell(value.error);
  if ('text' in value) return textCell(String(value.text));
  return textCell('');
}

function textCell(text: string): Cell {
  return { text: text.slice(0, MAX_CELL_LENGTH).trim(), number: null, day: null };
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function isUtf8(sample: Buffer): boolean {
  try {
    // The sample may end amid a character.
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function delimiterOf(sample: Buffer): string {
  const line = sample.toString('latin1').split(/\r?\n/, 1)[0] ?? '';
  const count = (mark: string): number => line.split(mark).length;
  return [';', ',', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

import { readableText } from '../../../core/text.ts';

/** One cell of a table somebody sent. */
export interface Cell {
  /** As people read it: without what cannot be seen, trimmed, of one line or several. */
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

export const MAX_COLUMNS = 200;
const MAX_CELL_LENGTH = 10_000;

export type TableProblem =
  | 'table.unreadable'
  | 'table.too_many_rows'
  | 'table.too_large'
  | 'table.encoding'
  | 'table.old_excel'
  | 'table.binary_excel'
  | 'table.protected'
  | 'table.open_document'
  | 'table.numbers'
  | 'table.archive'
  | 'table.markup'
  | 'table.pdf';

/** The file is no table we can read; `problem` is the key of its sentence in `common:`. */
export class TableError extends Error {
  override readonly name = 'TableError';
  readonly problem: TableProblem;
  constructor(problem: TableProblem, options?: ErrorOptions) {
    super(problem, options);
    this.problem = problem;
  }
}

export function textCell(text: string): Cell {
  return { text: readableText(text.slice(0, MAX_CELL_LENGTH)).trim(), number: null, day: null };
}

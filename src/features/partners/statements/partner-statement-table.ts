import type { StatementKind } from '../../../core/books/partner-model.ts';
import type { StatementColumns } from '../../../core/books/partner-statement.ts';
import { readTable, type Cell } from '../../../platform/files/table-file.ts';
import { parseAmount } from '../../../platform/html/typed-input.ts';

export interface StatementHead {
  readonly headingRow: number;
  readonly headings: readonly string[];
  readonly samples: readonly (readonly string[])[];
  /** null: not both columns have a heading we know. */
  readonly guessed: StatementColumns | null;
}

export interface StatementFileRow {
  readonly rowNumber: number;
  readonly code: string;
  readonly cents: number;
}

export interface StatementFile {
  readonly rows: readonly StatementFileRow[];
  /** Rows with a code whose amount cannot be read. */
  readonly problems: readonly { readonly rowNumber: number; readonly text: string }[];
  readonly isTooLong: boolean;
}

export const MAX_STATEMENT_ROWS = 5000;
const MAX_PREAMBLE = 20;
const SAMPLES = 4;
const MAX_PROBLEMS = 20;
const CODE =
  /^(gutschein-?codes?|codes?|voucher ?codes?|vouchercode|coupon ?codes?|deal ?codes?|gutschein(-?nr\.?|nummer)?|voucher( ?(number|no\.?|id))?)$/i;
const AMOUNT =
  /^(betrag.*|auszahlung.*|auszahlungsbetrag.*|gutschrift.*|vergütung.*|amount.*|payout.*|net ?amount.*|zahlbetrag.*|paid.*)$/i;
const PRICE = /^((kauf|verkaufs)?preis.*|betrag.*|umsatz.*|(sales? |selling )?price.*|amount.*)$/i;
const STATUS = /^(status|zustand|state)$/i;
const REFUNDED = /erstattet|storniert|zurückgegeben|refund|cancel/i;
const REFUSED = /abgelehnt|zurückgewiesen|ungültig|rejected|refused|invalid|declined/i;

interface Reading {
  /** The heading of the column with the amounts. */
  readonly amount: RegExp;
  /** The amount of a row with this status; null: it cannot be read. */
  readonly centsBy: (status: string, cents: number | null) => number | null;
}

/** How each kind of file says its amounts. */
const READING: Readonly<Record<StatementKind, Reading>> = {
  settlement: { amount: AMOUNT, centsBy: (status, cents) => (REFUSED.test(status) ? 0 : cents) },
  sales: {
    amount: PRICE,
    centsBy: (status, cents) => (cents !== null && REFUNDED.test(status) ? -Math.abs(cents) : cents),
  },
};

/** The headings and some rows, to choose columns by; null: the file has no row of two cells. */
export async function readStatementHead(path: string, kind: StatementKind): Promise<StatementHead | null> {
  let first: { readonly headingRow: number; readonly cells: readonly Cell[] } | null = null;
  const below: (readonly Cell[])[] = [];
  let seen = 0;
  for await (const { number, cells } of readTable(path)) {
    const guessed = columnsIn(cells, number, kind);
    if (guessed !== null) return { headingRow: number, headings: textsOf(cells), samples: [], guessed };
    if (first !== null && below.length < SAMPLES) below.push(cells);
    if (first === null && cells.filter(({ text }) => text !== '').length >= 2) first = { headingRow: number, cells };
    if (++seen >= MAX_PREAMBLE) break;
  }
  return first === null
    ? null
    : { headingRow: first.headingRow, headings: textsOf(first.cells), samples: below.map(textsOf), guessed: null };
}

/** The rows below the headings that name a code. In a report of sales a refunded one counts below zero. */
export async function readStatementRows(
  path: string,
  columns: StatementColumns,
  kind: StatementKind,
): Promise<StatementFile> {
  const rows: StatementFileRow[] = [];
  const problems: { rowNumber: number; text: string }[] = [];
  for await (const { number, cells } of readTable(path)) {
    if (number <= columns.headingRow) continue;
    const code = textAt(cells, columns.code).slice(0, 100);
    if (code === '') continue;
    const status = columns.status === null ? '' : textAt(cells, columns.status);
    const cents = READING[kind].centsBy(status, centsOf(cells[columns.amount]));
    if (cents === null) problems.push({ rowNumber: number, text: textAt(cells, columns.amount).slice(0, 100) });
    else rows.push({ rowNumber: number, code, cents });
    if (rows.length > MAX_STATEMENT_ROWS || problems.length >= MAX_PROBLEMS) break;
  }
  return { rows, problems, isTooLong: rows.length > MAX_STATEMENT_ROWS };
}

function columnsIn(cells: readonly Cell[], headingRow: number, kind: StatementKind): StatementColumns | null {
  const at = (pattern: RegExp): number => cells.findIndex(({ text }) => pattern.test(text));
  const [code, amount, status] = [at(CODE), at(READING[kind].amount), at(STATUS)];
  return code < 0 || amount < 0 ? null : { headingRow, code, amount, status: status < 0 ? null : status };
}

function textsOf(cells: readonly Cell[]): string[] {
  return Array.from(cells, (cell: Cell | undefined) => cell?.text ?? '');
}

function textAt(cells: readonly Cell[], index: number): string {
  return cells[index]?.text.trim() ?? '';
}

function centsOf(cell: Cell | undefined): number | null {
  if (cell === undefined) return null;
  if (cell.number !== null) return Math.round(cell.number * 100);
  // Some programs put the sign behind the amount.
  const parsed = parseAmount(cell.text.trim().replace(/^(.*\d)\s?[-−]$/, '-$1'));
  return parsed.ok ? parsed.value : null;
}

import { isCurrency } from '../../../core/currency.ts';
import type { StatementContent, StatementLine } from '../../../core/sale/bank-statement.ts';
import { readTable, type Cell } from '../../../platform/files/table-file.ts';
import { parseDay, parseAmount } from '../../../platform/html/typed-input.ts';

type Column = 'day' | 'amount' | 'currency' | 'payer' | 'purpose' | 'account' | 'side';

/** How banks of three countries head these columns; the first that fits counts. */
const HEADINGS: Readonly<Record<Column, RegExp>> = {
  day: /^(buchungstag|buchungsdatum|buchung|booking ?date|datum|date)$/i,
  amount: /^(betrag( ?\(.*\))?|umsatz( in .*)?|amount|gutschrift|credit|betrag in .*)$/i,
  currency: /^(währung|waehrung|currency|ccy)$/i,
  payer:
    /^(beg(ü|ue)nstigter ?\/ ?zahlungspflichtiger|name zahlungsbeteiligter|zahlungspflichtige\*?r?|auftraggeber.*|name|payer|partner ?name|auftraggeber ?\/ ?beg(ü|ue)nstigter)$/i,
  purpose:
    /^(verwendungszweck|vwz.*|buchungstext|purpose|zahlungsreferenz|buchungsinformation(en)?|beschreibung|mitteilungstext|reference)$/i,
  account: /^(auftragskonto|iban auftragskonto|eigenes konto|own account)$/i,
  side: /^(soll\/haben|s\/h|soll \/ haben)$/i,
};
const MAX_LINES = 10_000;
const MAX_PREAMBLE = 20;

/** The credits of a bank's CSV or Excel file; null where no heading of day, amount and purpose stands in it. */
export async function readStatementTable(path: string, currency: string): Promise<StatementContent | null> {
  let columns: Partial<Record<Column, number>> | null = null;
  const lines: StatementLine[] = [];
  const debits: StatementLine[] = [];
  let skipped = 0;
  let seen = 0;
  for await (const { cells } of readTable(path)) {
    if (columns === null) {
      columns = columnsOf(cells);
      if (columns === null && ++seen > MAX_PREAMBLE) return null;
      continue;
    }
    const { side, line } = lineOf(cells, columns, currency);
    if (line !== null) (side === 'credit' ? lines : debits).push(line);
    if (line === null || side === 'debit') skipped += 1;
    if (lines.length + skipped > MAX_LINES) return null;
  }
  return columns === null ? null : { lines, debits, skipped };
}

function columnsOf(cells: readonly Cell[]): Partial<Record<Column, number>> | null {
  const columns: Partial<Record<Column, number>> = {};
  for (const [name, pattern] of Object.entries(HEADINGS) as [Column, RegExp][]) {
    const index = cells.findIndex(({ text }) => pattern.test(text));
    if (index >= 0) columns[name] = index;
  }
  return columns.day !== undefined && columns.amount !== undefined && columns.purpose !== undefined ? columns : null;
}

function lineOf(
  cells: readonly Cell[],
  columns: Partial<Record<Column, number>>,
  currency: string,
): { readonly side: 'credit' | 'debit'; readonly line: StatementLine | null } {
  const cell = (name: Column): Cell | undefined => (columns[name] === undefined ? undefined : cells[columns[name]]);
  const text = (name: Column): string => cell(name)?.text.replaceAll(/\s+/g, ' ').trim() ?? '';
  const day = cell('day')?.day ?? dayOf(text('day'));
  const cents = centsOf(cell('amount'));
  const isDebit = /^s/i.test(text('side')) || (cents ?? 0) < 0;
  const side = isDebit ? 'debit' : 'credit';
  if (day === null || cents === null || cents === 0) return { side, line: null };
  const line = {
    account: text('account').replaceAll(' ', ''),
    bankReference: '',
    bookedOn: day,
    cents: Math.abs(cents),
    currency: isCurrency(text('currency')) ? text('currency') : currency,
    payer: text('payer').slice(0, 200),
    purpose: text('purpose').slice(0, 500),
  };
  return { side, line };
}

function dayOf(text: string): string | null {
  const parsed = parseDay(text);
  return parsed.ok ? parsed.value : null;
}

function centsOf(cell: Cell | undefined): number | null {
  if (cell?.number !== null && cell?.number !== undefined) return Math.round(cell.number * 100);
  const parsed = parseAmount((cell?.text ?? '').replace(/^\+/, '').replace(/\s?[HC]$/, ''));
  return parsed.ok ? parsed.value : null;
}

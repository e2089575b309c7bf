import { MAX_COLUMNS, TableError, textCell, type Cell, type TableRow } from './table.ts';
import { workbookCell, type RawCell, type WorkbookFacts } from './workbook-cell.ts';
import type { XmlHandler } from './xml-stream.ts';

/** As many as a sheet of Excel has. */
const MAX_ROW = 1_048_576;
const MAX_CELLS = 50_000_000;
const EMPTY = textCell('');

type Part = 'value' | 'text' | 'formula';
const PARTS: Readonly<Record<string, Part>> = { v: 'value', t: 'text', f: 'formula' };

/**
 * Takes a sheet's XML and emits its rows. Where a row or a cell does not say where it stands, it follows the one before;
 * what the sheet says about its own size is not believed.
 */
export function sheetRows(facts: WorkbookFacts, emit: (row: TableRow) => void): XmlHandler {
  let row: { readonly number: number; readonly cells: Cell[]; column: number } | null = null;
  let cell: RawCell | null = null;
  let part: Part | null = null;
  let lastNumber = 0;
  let count = 0;
  // How Japanese is pronounced stands beside the text and is no part of it.
  let isPhonetic = false;
  return {
    open(name, attributes) {
      if (name === 'row') {
        row = { number: rowNumber(attributes['r'], lastNumber), cells: [], column: -1 };
        lastNumber = row.number;
      } else if (name === 'c' && row !== null) {
        if (++count > MAX_CELLS) throw new TableError('table.too_large');
        row.column = attributes['r'] === undefined ? row.column + 1 : columnOf(attributes['r']);
        const style = Number(attributes['s'] ?? 0);
        cell = { type: attributes['t'] ?? 'n', style, value: null, text: null, formula: null };
      } else if (name === 'rPh') isPhonetic = true;
      else if (cell !== null && !isPhonetic) {
        part = PARTS[name] ?? null;
        if (part !== null) cell[part] ??= '';
      }
    },
    text(text) {
      if (cell !== null && part !== null) cell[part] = (cell[part] ?? '') + text;
    },
    close(name) {
      part = null;
      if (name === 'rPh') isPhonetic = false;
      else if (name === 'c' && cell !== null && row !== null) {
        place(row.cells, row.column, workbookCell(cell, facts));
        cell = null;
      } else if (name === 'row' && row !== null) {
        emit({ number: row.number, cells: row.cells });
        row = null;
      }
    },
  };
}

function place(cells: Cell[], column: number, cell: Cell): void {
  if (column >= MAX_COLUMNS) return;
  while (cells.length < column) cells.push(EMPTY);
  cells[column] = cell;
}

function rowNumber(written: string | undefined, last: number): number {
  const number = written === undefined ? last + 1 : Number(written);
  if (!Number.isInteger(number) || number < 1 || number > MAX_ROW) throw new TableError('table.unreadable');
  return number;
}

/** `B7` → 1. */
function columnOf(reference: string): number {
  let column = 0;
  for (let at = 0; at < reference.length; at++) {
    const letter = reference.charCodeAt(at) | 0x20;
    if (letter < 0x61 || letter > 0x7a) break;
    column = column * 26 + letter - 0x60;
  }
  if (column === 0 || column > 16_384) throw new TableError('table.unreadable');
  return column - 1;
}

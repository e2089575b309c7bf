import { stringify } from 'csv-stringify/sync';
import { csvCell } from '../../../platform/files/csv-text.ts';

export type CsvCell = string | number;

/** Marks the file as UTF-8 for spreadsheets. */
export const CSV_BEGIN = '\ufeff';

/** Rows as every spreadsheet and most ledgers read them; a text that would be a formula there is made harmless. */
export function csvLines(rows: readonly (readonly CsvCell[])[]): string {
  return stringify(
    rows.map((row) => row.map(csvCell)),
    { delimiter: ';', record_delimiter: '\r\n' },
  );
}

/** 123450 cents: `1234,50`; a sum that is too large to be exact: what a spreadsheet shows where it has no room. */
export function csvAmount(cents: number): string {
  if (!Number.isSafeInteger(cents)) return '#####';
  const text = String(Math.abs(cents)).padStart(3, '0');
  return `${cents < 0 ? '-' : ''}${text.slice(0, -2)},${text.slice(-2)}`;
}

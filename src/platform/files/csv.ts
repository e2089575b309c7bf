import { stringify } from 'csv-stringify';
import { Readable } from 'node:stream';

export type CsvValue = string | number | null;

/**
 * Rows as a German Excel opens them: `;`, BOM, CRLF. Text that a spreadsheet would take for a formula is made harmless
 * by an apostrophe in front; numbers stay numbers. Amounts are to be given as text with a decimal comma.
 */
export function csvStream(rows: Iterable<readonly CsvValue[]> | AsyncIterable<readonly CsvValue[]>): Readable {
  const source = Readable.from(rows);
  const csv = stringify({ delimiter: ';', record_delimiter: '\r\n', bom: true, escape_formulas: true });
  source.on('error', (error) => csv.destroy(error));
  return source.pipe(csv);
}

import { stringify } from 'csv-stringify';
import { Readable } from 'node:stream';
import { csvCell } from './csv-text.ts';

export type CsvValue = string | number | null;

/**
 * Rows as a German Excel opens them: `;`, BOM, CRLF. Text that a spreadsheet would take for a formula is made harmless
 * by an apostrophe in front; numbers stay numbers, those below zero as well. Amounts are to be given as text with a decimal comma.
 */
export function csvStream(rows: Iterable<readonly CsvValue[]> | AsyncIterable<readonly CsvValue[]>): Readable {
  const source = Readable.from(guarded(rows));
  const csv = stringify({ delimiter: ';', record_delimiter: '\r\n', bom: true });
  source.on('error', (error) => csv.destroy(error));
  return source.pipe(csv);
}

async function* guarded(
  rows: Iterable<readonly CsvValue[]> | AsyncIterable<readonly CsvValue[]>,
): AsyncGenerator<readonly CsvValue[]> {
  for await (const row of rows) yield row.map(csvCell);
}

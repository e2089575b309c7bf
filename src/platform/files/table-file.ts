import { open, readFile } from 'node:fs/promises';
import { csvRows } from './tables/csv-table.ts';
import { TableError, type TableProblem, type TableRow } from './tables/table.ts';
import { workbookRows } from './tables/workbook-table.ts';

export { TableError, type Cell, type TableRow } from './tables/table.ts';

export const MAX_TABLE_ROWS = 1_000_000;
const SAMPLE_BYTES = 64 * 1024;

/**
 * The rows of a CSV file or of a workbook's first visible sheet with anything on it, one after the other, so that no
 * list is held in memory. What the file is called does not matter. CSV may be separated by `;`, `,`, `|` or tabs, in
 * UTF-8, UTF-16 or as a German Excel writes it (Windows-1252). Rows without any text are left out. Throws a
 * `TableError`.
 */
export async function* readTable(path: string): AsyncGenerator<TableRow> {
  let count = 0;
  try {
    const sample = await firstBytes(path);
    const problem = await foreignKind(path, sample);
    if (problem !== null) throw new TableError(problem);
    for await (const row of startsWith(sample, 'PK') ? workbookRows(path) : csvRows(path, sample)) {
      if (row.cells.every(({ text }) => text === '')) continue;
      if (++count > MAX_TABLE_ROWS) throw new TableError('table.too_many_rows');
      yield row;
    }
  } catch (error) {
    throw error instanceof TableError ? error : new TableError('table.unreadable', { cause: error });
  }
}

/** Files that people take for a table, told by what they are. */
async function foreignKind(path: string, sample: Buffer): Promise<TableProblem | null> {
  if (startsWith(sample, '\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1'))
    // A workbook with a password is packed into the same kind of file as those of Excel 97.
    return (await readFile(path)).includes('EncryptedPackage', 0, 'utf16le') ? 'table.protected' : 'table.old_excel';
  if (startsWith(sample, '%PDF-')) return 'table.pdf';
  const text = sample.subarray(0, 512).toString('latin1').replaceAll('\u0000', '');
  return /^[^\w<"']*<(!doctype|html|head|table|meta|\?xml)/i.test(text) ? 'table.markup' : null;
}

function startsWith(sample: Buffer, bytes: string): boolean {
  return sample.subarray(0, bytes.length).toString('latin1') === bytes;
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

import { parse } from 'csv-parse';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { MAX_COLUMNS, TableError, textCell, type TableRow } from './table.ts';

const MAX_RECORD_BYTES = 1024 * 1024;
const SAMPLE_LINES = 20;
/** In the order in which they are taken where nothing tells them apart. */
const DELIMITERS = [';', '\t', ',', '|'] as const;
type Delimiter = (typeof DELIMITERS)[number];

/** The rows of a CSV file. `sample` is its beginning. */
export async function* csvRows(path: string, sample: Buffer): AsyncGenerator<TableRow> {
  const encoding = await encodingOf(path, sample);
  const { delimiter, isNamed } = delimiterOf(new TextDecoder(encoding).decode(sample, { stream: true }));
  const parser = parse({
    delimiter,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    relax_quotes: true,
    info: true,
    max_record_size: MAX_RECORD_BYTES,
  });
  const text = Readable.from(decoded(path, encoding));
  text.on('error', (error) => parser.destroy(error));
  text.pipe(parser);
  let number = 0;
  try {
    for await (const { record } of parser as AsyncIterable<{ record: string[] }>) {
      number++;
      if (number > 1 || !isNamed) yield { number, cells: record.slice(0, MAX_COLUMNS).map(textCell) };
    }
  } finally {
    text.destroy();
  }
}

async function* decoded(path: string, encoding: string): AsyncGenerator<string> {
  for await (const text of decodedChunks(path, encoding)) {
    if (text.includes('\u0000')) throw new TableError('table.unreadable');
    yield text;
  }
}

async function* decodedChunks(path: string, encoding: string): AsyncGenerator<string> {
  // What says by its mark how it is written and is not written so is damaged.
  const decoder = new TextDecoder(encoding, { fatal: encoding !== 'windows-1252' });
  try {
    for await (const chunk of createReadStream(path)) yield decoder.decode(chunk as Buffer, { stream: true });
    yield decoder.decode();
  } catch (error) {
    throw error instanceof TypeError ? new TableError('table.encoding', { cause: error }) : error;
  }
}

/** By its mark; without one UTF-8 where all of the file is sound, otherwise as a German Excel writes it. */
async function encodingOf(path: string, sample: Buffer): Promise<string> {
  const [first = 0, second = 0, third = 0] = sample;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const unmarked = wideEncodingOf(sample);
  if (unmarked !== null) return unmarked;
  try {
    for await (const _text of decodedChunks(path, 'utf-8')) continue;
    return 'utf-8';
  } catch (error) {
    if (error instanceof TableError) return 'windows-1252';
    throw error;
  }
}

/** Two bytes a character: in a table nearly every second byte is 0 then, and hardly ever one of the others. */
function wideEncodingOf(sample: Buffer): string | null {
  const zeros = [0, 0];
  for (const [index, byte] of sample.entries()) if (byte === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const many = sample.length / 4;
  if (odd > many && even < odd / 10) return 'utf-16le';
  if (even > many && odd < even / 10) return 'utf-16be';
  return null;
}

/** `isNamed`: the first line names it for Excel (`sep=;`) and is no row of the table. */
function delimiterOf(sample: string): { readonly delimiter: Delimiter; readonly isNamed: boolean } {
  const named = /^sep=([;\t,|])(?:\r|\n|$)/i.exec(sample)?.[1];
  const isOne = (mark: string | undefined): mark is Delimiter => DELIMITERS.some((one) => one === mark);
  if (isOne(named)) return { delimiter: named, isNamed: true };
  const lines = countedLines(sample);
  const linesWith = (mark: Delimiter): number => lines.filter((line) => (line.get(mark) ?? 0) > 0).length;
  const rank = (mark: Delimiter): number => linesWith(mark) * 1_000_000 + (lines[0]?.get(mark) ?? 0);
  const delimiter = DELIMITERS.reduce<Delimiter>((best, mark) => (rank(mark) > rank(best) ? mark : best), ';');
  return { delimiter, isNamed: false };
}

/** How often each mark stands in the first lines outside of quotes; a comma between two digits is one of a number. */
function countedLines(sample: string): Map<string, number>[] {
  const lines = [new Map<string, number>()];
  let isQuoted = false;
  for (let at = 0; at < sample.length; at++) {
    const character = sample[at] ?? '';
    if (character === '"') isQuoted = isQuoted ? false : at === 0 || /[;\t,|\r\n]/.test(sample[at - 1] ?? '');
    else if (isQuoted) continue;
    else if (character === '\n' || character === '\r') {
      if ((lines.at(-1)?.size ?? 0) > 0 && lines.push(new Map<string, number>()) > SAMPLE_LINES) break;
    } else if (/[;\t,|]/.test(character) && !isOfNumber(sample, at))
      lines.at(-1)?.set(character, (lines.at(-1)?.get(character) ?? 0) + 1);
  }
  return lines;
}

function isOfNumber(text: string, at: number): boolean {
  return text[at] === ',' && /\d/.test(text[at - 1] ?? '') && /\d/.test(text[at + 1] ?? '');
}

import { posix } from 'node:path';
import { numberFormatOf, type NumberFormat } from './number-format.ts';
import { TableError } from './table.ts';
import { plainText } from './workbook-cell.ts';
import { readXmlPart, type XmlHandler } from './xml-stream.ts';
import type { ZipParts } from './zip-parts.ts';

export interface Relation {
  readonly id: string;
  /** The last word of its type: `worksheet`, `styles`. What stands before differs between the two kinds of the standard. */
  readonly type: string;
  readonly target: string;
}

export interface WorkbookOutline {
  readonly sheets: readonly { readonly relation: string | null; readonly isHidden: boolean }[];
  readonly is1904: boolean;
}

const MAX_TEXTS = 5_000_000;
const MAX_TEXT_CHARACTERS = 256 * 1024 * 1024;
/** Excel takes 65,490. */
const MAX_FORMATS = 100_000;
const MAX_SHEETS = 10_000;

/** What a part points to, by full names. A part without relations points to nothing. */
export async function readRelations(parts: ZipParts, part: string): Promise<Relation[]> {
  const path = posix.join(posix.dirname(part), '_rels', `${posix.basename(part)}.rels`);
  const relations: Relation[] = [];
  await readPart(parts, path, {
    open(name, { Id = '', Type = '', Target = '', TargetMode = '' }) {
      if (name !== 'Relationship' || TargetMode === 'External') return;
      if (relations.length >= MAX_SHEETS) throw new TableError('table.too_large');
      relations.push({ id: Id, type: posix.basename(Type), target: targetOf(parts, part, Target) });
    },
  });
  return relations;
}

export async function readOutline(parts: ZipParts, part: string): Promise<WorkbookOutline> {
  const sheets: { relation: string | null; isHidden: boolean }[] = [];
  let is1904 = false;
  await readPart(parts, part, {
    open(name, attributes) {
      if (name === 'workbookPr') is1904 = /^(1|true|on)$/.test(attributes['date1904'] ?? '');
      if (name !== 'sheet') return;
      if (sheets.length >= MAX_SHEETS) throw new TableError('table.too_large');
      const relation = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? null;
      sheets.push({ relation, isHidden: /hidden/i.test(attributes['state'] ?? '') });
    },
  });
  return { sheets, is1904 };
}

/** What the numbers of cells look like, by the number of their style. */
export async function readFormats(parts: ZipParts, part: string): Promise<NumberFormat[]> {
  const codes = new Map<number, string>();
  const formats: NumberFormat[] = [];
  let isOfCells = false;
  await readPart(parts, part, {
    open(name, attributes) {
      if (name === 'numFmt') codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
      if (name === 'cellXfs') isOfCells = true;
      if (name === 'xf' && isOfCells) {
        const id = Number(attributes['numFmtId'] ?? 0);
        formats.push(numberFormatOf(id, codes.get(id)));
      }
      if (formats.length + codes.size > MAX_FORMATS) throw new TableError('table.too_large');
    },
    close(name) {
      if (name === 'cellXfs') isOfCells = false;
    },
  });
  return formats;
}

/** Texts that cells name by number: all of a text's runs, without how it is pronounced. */
export async function readTexts(parts: ZipParts, part: string): Promise<string[]> {
  const texts: string[] = [];
  let [text, characters, isText, isPhonetic] = ['', 0, false, false];
  await readPart(parts, part, {
    open(name) {
      if (name === 'si') text = '';
      if (name === 'rPh') isPhonetic = true;
      isText = name === 't' && !isPhonetic;
    },
    text(piece) {
      if (!isText) return;
      text += piece;
      characters += piece.length;
      if (characters > MAX_TEXT_CHARACTERS) throw new TableError('table.too_large');
    },
    close(name) {
      isText = false;
      if (name === 'rPh') isPhonetic = false;
      if (name === 'si' && texts.push(plainText(text)) > MAX_TEXTS) throw new TableError('table.too_large');
    },
  });
  return texts;
}

const NOTHING: XmlHandler = { open: () => undefined, text: () => undefined, close: () => undefined };

async function readPart(parts: ZipParts, name: string, handler: Partial<XmlHandler>): Promise<void> {
  if (parts.has(name)) await readXmlPart(await parts.open(name), { ...NOTHING, ...handler });
}

/** Relative to the part or, with a slash, to the whole; some programs write names as addresses (`Sheet%201.xml`). */
function targetOf(parts: ZipParts, part: string, target: string): string {
  const path = posix.resolve('/', posix.dirname(part), target.replaceAll('\\', '/'));
  try {
    return parts.has(path) ? path : decodeURIComponent(path);
  } catch {
    return path;
  }
}

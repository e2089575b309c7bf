import type { Readable } from 'node:stream';
import { SaxesParser } from 'saxes';
import { TableError } from './table.ts';

/** Names come without their prefix, which every program chooses as it likes. */
export interface XmlHandler {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  close(name: string): void;
  text(text: string): void;
}

/** Without places, which take a fifth of the time. */
const PLAIN = { xmlns: false, position: false } as const;
const MAX_DEPTH = 64;
/** No text, comment or tag of a table is longer; the parser keeps one as a whole until it ends. */
const MAX_TOKEN_CHARACTERS = 4 * 1024 * 1024;

/**
 * Reads XML as it comes and gives what the handler emits, piece by piece. A document type is refused, and with it every
 * entity of its own; so is what nests without end.
 */
export async function* readXmlStream<T>(
  stream: Readable,
  handlerOf: (emit: (item: T) => void) => XmlHandler,
): AsyncGenerator<T> {
  let items: T[] = [];
  const progress = { characters: 0 };
  const parser = parserOf(
    handlerOf((item) => void items.push(item)),
    progress,
  );
  let decoder: TextDecoder | null = null;
  for await (const chunk of stream) {
    const bytes = chunk as Buffer;
    decoder ??= new TextDecoder(encodingOf(bytes), { fatal: true });
    const text = decoder.decode(bytes, { stream: true });
    progress.characters += text.length;
    if (progress.characters > MAX_TOKEN_CHARACTERS) throw new TableError('table.too_large');
    parser.write(text);
    yield* items;
    items = [];
  }
  parser.write(decoder?.decode() ?? '').close();
  yield* items;
}

/** Works through a whole part that emits nothing. */
export async function readXmlPart(stream: Readable, handler: XmlHandler): Promise<void> {
  for await (const _item of readXmlStream(stream, () => handler)) continue;
}

function parserOf(handler: XmlHandler, progress: { characters: number }): SaxesParser<typeof PLAIN> {
  const parser = new SaxesParser(PLAIN);
  let depth = 0;
  parser.on('doctype', () => {
    throw new TableError('table.unreadable');
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (++depth > MAX_DEPTH) throw new TableError('table.unreadable');
    progress.characters = 0;
    handler.open(localName(name), attributes);
  });
  parser.on('closetag', ({ name }) => {
    depth--;
    progress.characters = 0;
    handler.close(localName(name));
  });
  parser.on('text', (text) => {
    handler.text(text);
  });
  parser.on('cdata', (text) => {
    handler.text(text);
  });
  return parser;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function encodingOf([first, second]: Buffer): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

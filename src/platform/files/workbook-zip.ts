import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { constants, crc32, createDeflateRaw } from 'node:zlib';

/** Writes the files of a ZIP archive one after the other, each in pieces, so that none is held in memory. */
export interface ZipWriter {
  file(name: string, content: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void>;
  /** Writes the table of contents; the target is ended. */
  end(): Promise<void>;
}

interface ZipEntry {
  readonly name: Buffer;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly offset: number;
}

const LEVEL = 6;
const VERSION = 20;
/** Bit 3: sizes follow the data, because they are not known before. Bit 11: names in UTF-8. */
const FLAGS = 0x0808;
const DEFLATED = 8;
/** 1 January 1980: the same content gives the same bytes. */
const DOS_DAY = 0x21;
const MAX_BYTES = 0xffffffff;

/** A part or the archive is larger than 4 GiB, which the plain format cannot say. */
export class ZipTooLarge extends Error {
  override readonly name = 'ZipTooLarge';
}

export function createZipWriter(target: Writable): ZipWriter {
  const entries: ZipEntry[] = [];
  let offset = 0;

  async function put(bytes: Buffer): Promise<void> {
    offset += bytes.length;
    if (offset > MAX_BYTES) throw new ZipTooLarge();
    if (!target.write(bytes)) await once(target, 'drain');
  }

  async function file(name: string, content: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void> {
    const start = offset;
    const nameBytes = Buffer.from(name);
    await put(localHeader(nameBytes));
    let crc = 0;
    let unpacked = 0;
    const deflate = createDeflateRaw({
      level: LEVEL,
      chunkSize: 64 * 1024,
      memLevel: 9,
      strategy: constants.Z_DEFAULT_STRATEGY,
    });
    const feeding = (async () => {
      for await (const piece of content) {
        crc = crc32(piece, crc);
        unpacked += piece.length;
        if (unpacked > MAX_BYTES) throw new ZipTooLarge();
        // Packed on another thread, one piece ahead at most: that is what bounds the memory and lets the event loop turn.
        if (!deflate.write(piece)) await once(deflate, 'drain');
      }
      deflate.end();
    })().catch((error: unknown) => {
      deflate.destroy(error instanceof Error ? error : new Error('the content of a file failed'));
    });
    const dataStart = offset;
    for await (const packed of deflate) await put(packed as Buffer);
    await feeding;
    const packed = offset - dataStart;
    await put(descriptor(crc, packed, unpacked));
    entries.push({ name: nameBytes, crc, packed, unpacked, offset: start });
  }

  async function end(): Promise<void> {
    const start = offset;
    for (const entry of entries) await put(centralHeader(entry));
    await put(endRecord(entries.length, offset - start, start));
    target.end();
    if (!target.writableFinished) await once(target, 'finish');
  }

  return { file, end };
}

function localHeader(name: Buffer): Buffer {
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(FLAGS, 6);
  header.writeUInt16LE(DEFLATED, 8);
  header.writeUInt16LE(DOS_DAY, 12);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, name]);
}

function descriptor(crc: number, packed: number, unpacked: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(crc, 4);
  bytes.writeUInt32LE(packed, 8);
  bytes.writeUInt32LE(unpacked, 12);
  return bytes;
}

function centralHeader({ name, crc, packed, unpacked, offset }: ZipEntry): Buffer {
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(VERSION, 4);
  header.writeUInt16LE(VERSION, 6);
  header.writeUInt16LE(FLAGS, 8);
  header.writeUInt16LE(DEFLATED, 10);
  header.writeUInt16LE(DOS_DAY, 14);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(packed, 20);
  header.writeUInt32LE(unpacked, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt32LE(offset, 42);
  return Buffer.concat([header, name]);
}

function endRecord(count: number, bytes: number, start: number): Buffer {
  const record = Buffer.alloc(22);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(bytes, 12);
  record.writeUInt32LE(start, 16);
  return record;
}

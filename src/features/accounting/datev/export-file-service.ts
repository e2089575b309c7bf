import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Connection, Transaction } from '../../../platform/data/db.ts';
import { completeFile, insertFile, insertFilePart, readFilePart, type ExportFile } from './export-store.ts';

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/** A file is kept in parts of this size, each packed: no row grows beyond what a database takes in one statement. */
const PART_BYTES = 1_000_000;

export interface FileWriter {
  write(bytes: Buffer, bookings: number): Promise<void>;
  end(): Promise<void>;
}

/** Writes a file of a run into the database piece by piece, with its size and SHA-256 at the end. */
export async function createFileWriter(
  trx: Transaction,
  file: Pick<ExportFile, 'runId' | 'kind' | 'month' | 'name'>,
): Promise<FileWriter> {
  const id = await insertFile(trx, { ...file, sha256: '', bytes: 0, bookings: 0 });
  const hash = createHash('sha256');
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let position = 0;
  let bytes = 0;
  let bookings = 0;
  const flush = async (): Promise<void> => {
    if (waitingBytes === 0) return;
    await insertFilePart(trx, id, position, await compress(Buffer.concat(waiting)));
    position += 1;
    waiting = [];
    waitingBytes = 0;
  };
  return {
    async write(content, count) {
      hash.update(content);
      waiting.push(content);
      waitingBytes += content.length;
      bytes += content.length;
      bookings += count;
      if (waitingBytes >= PART_BYTES) await flush();
    },
    async end() {
      await flush();
      await completeFile(trx, id, { sha256: hash.digest('hex'), bytes, bookings });
    },
  };
}

/** The bytes of a stored file, part by part: the same every time it is fetched. */
export async function* readFileParts(connection: Connection, fileId: string): AsyncGenerator<Buffer> {
  for (let position = 0; ; position++) {
    const part = await readFilePart(connection, fileId, position);
    if (part === null) return;
    yield await decompress(part);
  }
}

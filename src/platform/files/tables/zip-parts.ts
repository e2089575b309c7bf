import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { openPromise, type Entry } from 'yauzl';
import { TableError } from './table.ts';

/** The files inside a ZIP, by name. Programs disagree about capitals and slashes in names, and Excel overlooks both. */
export interface ZipParts {
  /** As they are looked for: in small letters, without a leading slash. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /** Throws a `TableError` where there is none. */
  open(name: string): Promise<Readable>;
  close(): void;
}

const MAX_PARTS = 10_000;
/** A small file may unpack to more than the machine has. What a part says of its size is checked as it is unpacked. */
const MAX_UNPACKED_BYTES = 2 * 1024 * 1024 * 1024;

export async function openZip(path: string): Promise<ZipParts> {
  const zip = await openPromise(path, { autoClose: false, decodeStrings: false });
  try {
    if (zip.entryCount > MAX_PARTS) throw new TableError('table.too_large');
    const parts = new Map<string, Entry>();
    let bytes = 0;
    for await (const entry of zip.eachEntry()) {
      bytes += entry.uncompressedSize;
      if (bytes > MAX_UNPACKED_BYTES) throw new TableError('table.too_large');
      const name = partName(entry.fileNameRaw.toString('utf8'));
      if (!parts.has(name)) parts.set(name, entry);
    }
    return {
      names: [...parts.keys()],
      has: (name) => parts.has(partName(name)),
      async open(name) {
        const entry = parts.get(partName(name));
        if (entry === undefined) throw new TableError('table.unreadable');
        if (entry.isEncrypted()) throw new TableError('table.protected');
        return zip.openReadStreamPromise(entry);
      },
      close: () => {
        zip.close();
      },
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

function partName(name: string): string {
  return posix.resolve('/', name.replaceAll('\\', '/')).slice(1).toLowerCase();
}

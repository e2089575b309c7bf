import { once } from 'node:events';
import type { Writable } from 'node:stream';
import archiver from 'archiver';

export interface ZipArchive {
  /** Resolves when the content is packed, so that no more than one file waits in memory. */
  add(name: string, content: Buffer): Promise<void>;
  finish(): Promise<void>;
  abort(): void;
}

/** A ZIP of files that are packed already, such as PDFs: they are stored as they are. */
export function createZipArchive(target: Writable): ZipArchive {
  const zip = archiver('zip', { store: true });
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);
  zip.on('error', failure.reject);
  target.on('error', failure.reject);
  zip.pipe(target);
  return {
    async add(name, content) {
      const packed = once(zip, 'entry');
      zip.append(content, { name });
      await Promise.race([packed, failure.promise]);
    },
    async finish() {
      const closed = once(target, 'close');
      await Promise.race([Promise.all([zip.finalize(), closed]), failure.promise]);
    },
    abort() {
      zip.abort();
      target.destroy();
    },
  };
}

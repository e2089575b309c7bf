import { once } from 'node:events';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

export type ZipContent = string | Buffer | Iterable<Buffer | string> | AsyncIterable<Buffer | string>;

/** Writes the files of a ZIP archive one after the other, each in pieces, so that none is held in memory. */
export interface ZipWriter {
  /** Resolves when the content is read to its end, so that no more than one file waits in memory. */
  add(name: string, content: ZipContent): Promise<void>;
  /** Writes the table of contents; the target is ended. */
  end(): Promise<void>;
  abort(): void;
}

export interface ZipOptions {
  /** `stored` for files that are packed already, such as PDFs. */
  readonly packing: 'deflated' | 'stored';
  /** In milliseconds since 1970; null: a fixed day, so that the same content gives the same bytes. */
  readonly changedAt: number | null;
}

/** The first day a ZIP can name, as the local time that is written. */
const FIRST_DAY = new Date(1980, 0, 1);

export function createZipWriter(target: Writable, { packing, changedAt }: ZipOptions): ZipWriter {
  const zip = new ZipFile();
  const options = {
    compress: packing === 'deflated',
    mtime: changedAt === null ? FIRST_DAY : new Date(changedAt),
    forceDosTimestamp: true,
  };
  const failure = Promise.withResolvers<never>();
  const written = pipeline(zip.outputStream, target);
  written.catch(failure.reject);
  zip.on('error', failure.reject);
  failure.promise.catch(() => undefined);
  return {
    async add(name, content) {
      const whole = typeof content === 'string' || Buffer.isBuffer(content);
      const source = Readable.from(whole ? [content] : content, { objectMode: false });
      zip.addReadStream(source, name, options);
      try {
        await Promise.race([once(source, 'end'), failure.promise]);
      } finally {
        source.destroy();
      }
    },
    async end() {
      zip.end();
      await Promise.race([written, failure.promise]);
    },
    abort() {
      target.destroy();
    },
  };
}

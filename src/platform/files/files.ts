import { createReadStream, createWriteStream, mkdirSync, type ReadStream, type WriteStream } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Files the product keeps: results of jobs and what a job still has to read. A key such as `jobs/12/codes.csv` names one. */
export interface FileStore {
  /** Where a file stands, for a library that wants a path; its folder exists afterwards. */
  path(key: string): Promise<string>;
  write(key: string): Promise<WriteStream>;
  exists(key: string): Promise<boolean>;
  /** null: there is no such file (any more). */
  read(key: string): Promise<{ readonly bytes: number; readonly stream: ReadStream } | null>;
  /** Takes over a file from elsewhere, such as an upload. */
  adopt(from: string, key: string): Promise<void>;
  remove(key: string): Promise<void>;
  /** Removes what lies in a folder unchanged since an instant. */
  sweep(folder: string, before: number): Promise<void>;
}

/** What a job's result names as the file to fetch: `{ file: { key, name, mediaType } }`. */
export interface JobFile {
  readonly key: string;
  readonly name: string;
  readonly mediaType: string;
}

const KEY = /^[a-z0-9][a-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/;

export function createFileStore(directory: string): FileStore {
  const locate = (key: string): string => {
    if (!KEY.test(key) || key.includes('..')) throw new Error('not the key of a file');
    return join(directory, key);
  };
  const prepared = async (key: string): Promise<string> => {
    const path = locate(key);
    await mkdir(dirname(path), { recursive: true });
    return path;
  };
  mkdirSync(directory, { recursive: true });
  return {
    path: prepared,
    write: async (key) => createWriteStream(await prepared(key)),
    exists: async (key) => (await stat(locate(key)).catch(() => null))?.isFile() === true,
    async read(key) {
      const path = locate(key);
      const found = await stat(path).catch(() => null);
      return found?.isFile() === true ? { bytes: found.size, stream: createReadStream(path) } : null;
    },
    async adopt(from, key) {
      const path = await prepared(key);
      // The folder for uploads may stand on another file system.
      await rename(from, path).catch(async () => {
        await copyFile(from, path);
        await rm(from, { force: true });
      });
    },
    remove: (key) => rm(locate(key), { force: true }),
    async sweep(folder, before) {
      for (const name of await readdir(locate(folder)).catch((): string[] => [])) {
        const path = join(locate(folder), name);
        const found = await stat(path).catch(() => null);
        if (found?.isFile() === true && found.mtimeMs < before) await rm(path, { force: true });
      }
    },
  };
}

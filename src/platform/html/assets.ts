import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { RequestHandler } from 'express';
import { iconSprite } from './icons.ts';

export interface Assets {
  /** The address of a file with the version of all files in it, so that browsers may keep it for good. */
  url(path: string): string;
  /** To be mounted at ASSETS_PATH. */
  readonly handler: RequestHandler;
}

export interface AssetOptions {
  /** The project's root: its `public` folder and the packages under `node_modules` are served from there. */
  readonly root: string;
  /** False in development: files are read again at every request. */
  readonly cache: boolean;
}

export const ASSETS_PATH = '/assets';

/** What is served from packages; everything else lies in `public`. */
const PACKAGE_FILES: Readonly<Record<string, string>> = {
  'css/tabler.css': '@tabler/core/dist/css/tabler.min.css',
  'vendor/htmx.js': 'htmx.org/dist/htmx.min.js',
  'vendor/barcode-detector.js': 'barcode-detector/dist/iife/ponyfill.js',
  'vendor/zxing-reader.wasm': 'zxing-wasm/dist/reader/zxing_reader.wasm',
  'fonts/inter-latin.woff2': '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  'fonts/inter-latin-ext.woff2': '@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2',
};
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};
const COMPRESSIBLE = new Set(['.css', '.js', '.json', '.svg', '.wasm']);
const TEXTS = new Set(['.css', '.js']);
const ONE_YEAR = 'public, max-age=31536000, immutable';

export function createAssets({ root, cache }: AssetOptions): Assets {
  let files = readAssets(root);
  const version = versionOf(files);
  const compressed = new Map<string, Promise<Buffer>>();
  return {
    url(path) {
      if (!files.has(path)) throw new Error(`no such asset: ${path}`);
      return `${ASSETS_PATH}/${version}/${path}`;
    },
    handler: async (req, res, next) => {
      if (!cache) files = readAssets(root);
      const [, askedVersion, ...rest] = req.path.split('/');
      const path = rest.join('/');
      const content = files.get(path);
      if (content === undefined || (req.method !== 'GET' && req.method !== 'HEAD')) {
        next();
        return;
      }
      // During a rolling release an old page may ask for a version this process never had: right now, not for good.
      res.set('Cache-Control', cache && askedVersion === version ? ONE_YEAR : 'no-cache');
      res.set('Content-Type', CONTENT_TYPES[extname(path)] ?? 'application/octet-stream');
      if (!cache || !COMPRESSIBLE.has(extname(path))) {
        res.end(content);
        return;
      }
      res.vary('Accept-Encoding');
      const encoding = req.acceptsEncodings('br', 'gzip');
      if (encoding === false) {
        res.end(content);
        return;
      }
      const key = `${encoding} ${path}`;
      if (!compressed.has(key)) compressed.set(key, compress(content, encoding));
      res.set('Content-Encoding', encoding).end(await compressed.get(key));
    },
  };
}

function readAssets(root: string): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  const directory = join(root, 'public');
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(relative(directory, file).split(sep).join('/'), readFileSync(file));
  }
  for (const [path, file] of Object.entries(PACKAGE_FILES)) {
    const content = readFileSync(join(root, 'node_modules', file));
    files.set(path, TEXTS.has(extname(path)) ? withoutSourceMap(content) : content);
  }
  const iconDirectory = join(root, 'node_modules/@tabler/icons/icons/outline');
  files.set('icons.svg', Buffer.from(iconSprite((name) => readFileSync(join(iconDirectory, `${name}.svg`), 'utf8'))));
  return files;
}

function versionOf(files: ReadonlyMap<string, Buffer>): string {
  const hash = createHash('sha256');
  for (const path of [...files.keys()].sort()) hash.update(path).update(files.get(path) as Buffer);
  return hash.digest('hex').slice(0, 12);
}

function withoutSourceMap(content: Buffer): Buffer {
  return Buffer.from(content.toString().replace(/\n?\/[/*]# sourceMappingURL=[^\n]*/, ''));
}

function compress(content: Buffer, encoding: string): Promise<Buffer> {
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 7 } };
  return encoding === 'br' ? promisify(brotliCompress)(content, quality) : promisify(gzip)(content);
}

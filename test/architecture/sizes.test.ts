import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { functionSizes, type FunctionSize } from './sizes.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const MOST = { file: 250, function: 40, handler: 15, parameters: 4, folder: 20 };

/** What is larger than it may be: a list that only shrinks. What holds the rule again must leave it. */
const LARGER = JSON.parse(readFileSync(join(import.meta.dirname, 'larger.json'), 'utf8')) as Record<string, number>;

const sources = readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /(?<!\.d)\.ts$/.test(entry.name))
  .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
  .sort()
  .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));

describe('the sizes', () => {
  it('stay within their bounds, but for a list that only shrinks', () => {
    const found: Record<string, number> = {};
    for (const [what, size] of sources.flatMap(({ path, text }) => tooLarge(path, text)))
      found[what] = Math.max(found[what] ?? 0, size);
    const grown = Object.entries(found).filter(([what, size]) => size > (LARGER[what] ?? 0));
    const shrunk = Object.entries(LARGER).filter(([what, size]) => (found[what] ?? 0) < size);
    expect(grown.map(([what, size]) => `${what}: ${size}`).join('\n'), 'larger than it may be').to.equal('');
    expect(
      shrunk.map(([what]) => `${what}: ${found[what] ?? 'fits'}`).join('\n'),
      'to be lowered in larger.json',
    ).to.equal('');
  });

  it('of folders are twenty files at most', () => {
    const counts = new Map<string, number>();
    for (const root of ['src', 'test', 'views'])
      for (const entry of readdirSync(join(ROOT, root), { recursive: true, withFileTypes: true }))
        if (entry.isFile()) counts.set(entry.parentPath, (counts.get(entry.parentPath) ?? 0) + 1);
    const full = [...counts].filter(([, count]) => count > MOST.folder).map(([folder]) => relative(ROOT, folder));
    expect(full).to.deep.equal([]);
  });
});

function tooLarge(path: string, text: string): [string, number][] {
  const lines = text.split('\n').length - 1;
  const ofFile: [string, number][] = lines > MOST.file ? [[`${path}: lines`, lines]] : [];
  return [...ofFile, ...functionSizes(path, text).flatMap((one) => tooLargeFunction(path, one))];
}

function tooLargeFunction(path: string, { name, lines, parameters, kind }: FunctionSize): [string, number][] {
  const found: [string, number][] = [];
  if (kind === 'function' && lines > MOST.function) found.push([`${path}: ${name}: lines`, lines]);
  if (kind === 'handler' && lines > MOST.handler) found.push([`${path}: ${name}: lines of a handler`, lines]);
  if (parameters > MOST.parameters) found.push([`${path}: ${name}: parameters`, parameters]);
  return found;
}

import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The rules of ARCHITECTURE.md about where a test stands and what it is called. */

const ROOT = join(import.meta.dirname, '..');
const MOST_FILES = 20;
/** Files that are tested under another name, by what happens to a voucher rather than by the file that does it. */
const LIST = 'test/untested.json';

function filesUnder(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** Shapes and constants alone need no test; the compiler and those who use them see to them. */
function doesSomething(source: string): boolean {
  return /\bfunction\b|=>/.test(readFileSync(join(ROOT, source), 'utf8').replaceAll(/\/\*[\s\S]*?\*\//g, ''));
}

function hasTest(source: string): boolean {
  const named = source.replace(/^src\//, 'test/').replace(/\.ts$/, '');
  return ['.test.ts', '.properties.test.ts'].some((ending) => existsSync(join(ROOT, named + ending)));
}

describe('the tests', () => {
  it('name every file of the core that does something', () => {
    const untested = filesUnder('src/core').filter((source) => doesSomething(source) && !hasTest(source));
    expect(untested, 'without a test of the same name').to.deep.equal([]);
  });

  it('name every other file, but those of a list that only gets shorter', () => {
    const untested = filesUnder('src').filter((source) => doesSomething(source) && !hasTest(source));
    const listed = JSON.parse(readFileSync(join(ROOT, LIST), 'utf8')) as readonly string[];
    const isNew = untested.filter((source) => !listed.includes(source));
    const isDone = listed.filter((source) => !untested.includes(source));
    expect(isNew, `a new file has a test of its name; a renamed one is renamed in ${LIST}`).to.deep.equal([]);
    expect(isDone, `has a test of its name now, or is gone: take it out of ${LIST}`).to.deep.equal([]);
  });

  it('stand in folders of at most twenty files', () => {
    const files = new Map<string, number>();
    for (const path of filesUnder('test')) {
      const folder = path.slice(0, path.lastIndexOf('/'));
      files.set(folder, (files.get(folder) ?? 0) + 1);
    }
    const full = [...files].filter(([, count]) => count > MOST_FILES).map(([folder, count]) => `${folder}: ${count}`);
    expect(full).to.deep.equal([]);
  });

  it('say something in every file', () => {
    const empty = filesUnder('test').filter(
      (path) => path.endsWith('.test.ts') && !/\bit\(/.test(readFileSync(join(ROOT, path), 'utf8')),
    );
    expect(empty).to.deep.equal([]);
  });
});

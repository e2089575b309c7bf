import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');

describe('ARCHITECTURE.md', () => {
  const text = readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8');

  it('names every folder of the source in its map, and none that is not there', () => {
    const map = text.slice(text.indexOf('## The map'), text.indexOf('## What a file is'));
    const rows = map.split('\n').filter((line) => line.startsWith('| `'));
    const named = rows.flatMap((line) =>
      [...(line.split('|')[1] ?? '').matchAll(/`(src[^`]*)`/g)].map(([, path]) => path),
    );
    const entries = readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true });
    const folders = new Set(
      entries.filter((entry) => entry.isFile()).map((entry) => relative(ROOT, entry.parentPath).split(sep).join('/')),
    );
    folders.delete('src');
    expect([...named].sort()).to.deep.equal([...folders].sort());
  });

  it('is read in ten minutes', () => {
    expect(text.split('\n').length).to.be.at.most(250);
  });

  it('and the pages under docs lead to files that are there', () => {
    const pages = [
      'README.md',
      'ARCHITECTURE.md',
      'CHANGELOG.md',
      ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.md'))
        .map((path) => `docs/${path}`),
    ];
    const broken = pages.flatMap((page) => {
      const links = [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(
        ([, target = '']) => target,
      );
      return links
        .filter((target) => !existsSync(join(ROOT, page, '..', target)))
        .map((target) => `${page} -> ${target}`);
    });
    expect(broken).to.deep.equal([]);
  });
});

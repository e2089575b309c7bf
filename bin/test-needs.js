// What a test file needs besides Node is told by the file itself, so that nobody can forget to say it.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { root } from './install.js';

export const MARIADB = 'MariaDB';
export const CHROMIUM = 'Chromium';
export const LIBREOFFICE = 'LibreOffice';

/** Who imports these files runs the program. */
const RUN_BY = new Map([
  ['src/platform/files/chromium.ts', CHROMIUM],
  ['test/support/browser.ts', CHROMIUM],
  ['test/support/pdf.ts', CHROMIUM],
  ['test/support/spreadsheets.ts', LIBREOFFICE],
]);
/** Both kinds of databases are offered here, and nothing is asked for by importing it. */
const OFFERS_DATABASES = 'test/support/databases.ts';
const ASKS_FOR_MARIADB = /\bdescribeOnBothDatabases\b|'MariaDB'/;
const IMPORT = /^(?:import|export)\s+(?!type\s)(?:[^'";]*?\sfrom\s+)?'(\.[^']+)'/gm;

/**
 * The programs that a test file needs, itself or by what it imports; in the order of the alphabet.
 * @param {string} file its path in the project
 * @returns {string[]}
 */
export function needsOf(file) {
  const needs = new Set();
  const seen = new Set();
  const look = (path) => {
    const name = relative(root, path).split(sep).join('/');
    if (seen.has(name)) return;
    seen.add(name);
    if (RUN_BY.has(name)) needs.add(RUN_BY.get(name));
    if (!name.startsWith('test/') || name === OFFERS_DATABASES || !existsSync(path)) return;
    const text = readFileSync(path, 'utf8');
    if (ASKS_FOR_MARIADB.test(text)) needs.add(MARIADB);
    for (const [, target] of text.matchAll(IMPORT)) look(resolve(dirname(path), target));
  };
  look(resolve(root, file));
  return [...needs].sort();
}

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { giveUp, root } from './install.js';
import { MARIADB, needsOf } from './test-needs.js';

export const QUICK = 'Quick: the core, the platform and the features on SQLite, without what needs another program.';
const QUICK_FOLDERS = [
  'test/core',
  'test/platform',
  'test/features',
  'test/config',
  'test/architecture.test.ts',
  'test/mirror.test.ts',
];
/** Run by "npm run test:slow". */
const SLOW_FOLDER = 'test/slow/';

/** The test files that the arguments name, all where they name none; everything else in them is for mocha. */
export function chosenFiles(args) {
  const isQuick = args.includes('--quick');
  const rest = args.filter((arg) => arg !== '--quick');
  const paths = rest.filter((arg) => existsSync(join(root, arg)));
  const options = rest.filter((arg) => !paths.includes(arg));
  const unknown = options.find((arg) => arg.endsWith('.ts'));
  if (unknown !== undefined) giveUp(`There is no ${unknown}.`);
  if (isQuick) return { files: filesUnder(QUICK_FOLDERS).filter(isQuickFile), options, isQuick };
  if (paths.length > 0) return { files: filesUnder(paths), options, isQuick };
  return { files: filesUnder(['test']).filter((file) => !file.startsWith(SLOW_FOLDER)), options, isQuick };
}

function isQuickFile(file) {
  return needsOf(file).every((need) => need === MARIADB);
}

function filesUnder(paths) {
  const found = paths.flatMap((path) =>
    statSync(join(root, path)).isDirectory()
      ? readdirSync(join(root, path), { recursive: true }).map((name) => join(path, name))
      : [path],
  );
  return [...new Set(found.map((path) => relative(root, join(root, path)).split(sep).join('/')))]
    .filter((path) => path.endsWith('.test.ts'))
    .sort();
}

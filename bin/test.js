// npm test: installs what is missing, checks types, style, format and unused code, then runs every test but those of
// test/slow on SQLite and a private MariaDB, several files at once.
// With arguments it only runs the tests they name, with the programs that these need:
// npm test -- test/core/money.test.ts, npm test -- test/features/orders, npm test -- --grep "hold".
import { join } from 'node:path';
import { giveUp, installPackages, root } from './install.js';
import { installPrograms } from './install-programs.js';
import { runChecks } from './checks.js';
import { runToEnd } from './run-to-end.js';
import { longestFirst, runsAtOnce } from './test-order.js';
import { MARIADB, needsOf } from './test-needs.js';
import { chosenFiles, QUICK } from './test-files.js';

const args = process.argv.slice(2);
const { files, options, isQuick } = chosenFiles(args);
if (files.length === 0) giveUp('There is no such test.');

const needs = [...new Set(files.flatMap(needsOf))].filter((need) => !(isQuick && need === MARIADB));
const node = installPackages();
installPrograms(needs);
if (isQuick) console.log(QUICK);

const broken = args.length === 0 ? await runChecks(node, { isFresh: true }) : [];
const jobs = runsAtOnce(files);
const testsCode = await runToEnd(
  node,
  [
    join(root, 'node_modules/mocha/bin/mocha.js'),
    ...(jobs > 1 ? ['--parallel', '--jobs', String(jobs)] : []),
    ...(isQuick ? [] : ['--fail-zero']),
    ...options,
    ...longestFirst(files),
  ],
  {
    ...process.env,
    NODE_ENV: 'test',
    ...(isQuick ? { TEST_ONLY_SQLITE: 'true' } : {}),
    ...(needs.includes(MARIADB) ? { TEST_NEEDS_MARIADB: 'true' } : {}),
  },
);
for (const title of broken) console.log(`${title} did not pass; see above.`);
process.exit(broken.length > 0 ? 1 : testsCode);

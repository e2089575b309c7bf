// npm test: installs what is missing, checks types and style, then runs the tests on SQLite and a private MariaDB.
// With arguments it only runs the tests they name: npm test -- test/core/money.test.ts, npm test -- --grep "hold".
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages, root } from './install.js';
import { installPrograms } from './install-programs.js';
import { runToEnd } from './run-to-end.js';

const args = process.argv.slice(2);
const node = installPackages();
installPrograms();

const checks =
  args.length > 0
    ? []
    : await Promise.all([
        check('The types', 'typescript/bin/tsc', ['--noEmit']),
        check('The style', 'eslint/bin/eslint.js', ['.', '--max-warnings=0']),
      ]);
const files = args.some((arg) => existsSync(join(root, arg))) ? [] : ['test/**/*.test.ts'];
const testsCode = await runToEnd(node, [packageFile('mocha/bin/mocha.js'), ...args, ...files], {
  ...process.env,
  NODE_ENV: 'test',
});
const broken = checks.filter((result) => !result.passed);
for (const { title } of broken) console.log(`${title} did not pass; see above.`);
process.exit(broken.length > 0 ? 1 : testsCode);

function check(title, file, fileArgs) {
  return new Promise((done) => {
    const child = spawn(node, [packageFile(file), ...fileArgs], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    child.on('close', (code) => {
      console.log(code === 0 ? `${title} passed.` : `${title} did not pass:\n${output}`);
      done({ title, passed: code === 0 });
    });
  });
}

function packageFile(file) {
  return join(root, 'node_modules', file);
}

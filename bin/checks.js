import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root } from './install.js';

const CACHE = 'var/cache';
// The longest first. What eslint and prettier keep is for the fast loop alone: eslint's rules about types may depend on another file than
// the one that was kept.
const CHECKS = [
  {
    title: 'The style',
    file: 'eslint/bin/eslint.js',
    args: ['.', '--max-warnings=0'],
    kept: ['--cache', '--cache-strategy=content', `--cache-location=${CACHE}/eslint/`],
  },
  {
    title: 'The types',
    // The compiler as a native program takes a fifth of the time; the style needs the one with an interface.
    file: 'typescript-native/bin/tsc',
    args: ['--noEmit', '--pretty'],
    kept: [],
  },
  {
    title: 'The format',
    file: 'prettier/bin/prettier.cjs',
    args: ['--list-different', '.'],
    kept: ['--cache', '--cache-strategy=content', `--cache-location=${CACHE}/prettier`],
  },
  { title: 'The look for unused code', file: 'knip/bin/knip.js', args: ['--no-progress'], kept: [] },
];

/** Types, style, format and unused code side by side, as many as there are cores, each told as it ends; answers the titles of what did not pass. */
export async function runChecks(node, { isFresh }) {
  const waiting = [...CHECKS];
  const results = [];
  const work = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const { title, file, args, kept } = one;
      results.push(await check(title, node, [join(root, 'node_modules', file), ...args, ...(isFresh ? [] : kept)]));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return results.filter(({ passed }) => !passed).map(({ title }) => title);
}

function check(title, node, args) {
  return new Promise((done) => {
    const began = Date.now();
    const child = spawn(node, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    child.on('close', (code) => {
      const seconds = ((Date.now() - began) / 1000).toFixed(0);
      console.log(code === 0 ? `${title} passed (${seconds} s).` : `${title} did not pass:\n${output}`);
      done({ title, passed: code === 0 });
    });
  });
}

import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root } from './install.js';
import { CHROMIUM, MARIADB, needsOf } from './test-needs.js';

/** What test/support/file-times.ts keeps of earlier runs: file, seconds, seconds of CPU. */
const TIMES_FILE = join(root, 'var', 'test-times.tsv');
/** Less is done by one process before several have loaded what they need. */
const FILES_WORTH_SHARING = 4;

/** How many files are run at once: as many as cores, because each may have a browser and a database at work beside it. */
export function runsAtOnce(files) {
  const opening = files.filter((file) => needsOf(file).length > 0 || /^test\/(features|browser)\//.test(file));
  if (opening.length < FILES_WORTH_SHARING) return 1;
  return Math.min(availableParallelism(), files.length);
}

/** So that no long file is begun last, while all others wait for it. */
export function longestFirst(files) {
  const known = knownSeconds();
  const seconds = new Map(files.map((file) => [file, known.get(file) ?? guessedSeconds(file)]));
  return [...files].sort((a, b) => seconds.get(b) - seconds.get(a));
}

function knownSeconds() {
  if (!existsSync(TIMES_FILE)) return new Map();
  const lines = readFileSync(TIMES_FILE, 'utf8').trim().split('\n');
  return new Map(lines.map((line) => line.split('\t')).map(([file, seconds]) => [file, Number(seconds)]));
}

/** By its length, by what works beside it, and by the time it asks for. */
function guessedSeconds(file) {
  const needs = needsOf(file);
  const text = readFileSync(join(root, file), 'utf8');
  const kilobytes = text.length / 1024;
  const [longest = 0] = [...text.matchAll(/\.timeout\(([\d_]+)\)/g)]
    .map(([, ms]) => Number(ms.replaceAll('_', '')) / 1000)
    .sort((a, b) => b - a);
  return kilobytes * (needs.includes(CHROMIUM) ? 2 : needs.includes(MARIADB) ? 1 : 0.1) + longest / 4;
}

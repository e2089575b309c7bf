import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { startMariadb, type MariadbServer } from './mariadb.ts';

/** What one run of tests shares, whether one process runs all files or several share them. */

const ROOT = join(import.meta.dirname, '..', '..');
const TIMES_FILE = join(ROOT, 'var', 'test-times.tsv');

let isMariadbWanted = process.env['TEST_NEEDS_MARIADB'] === 'true';
let server: MariadbServer | undefined;

export function wantMariadb(): void {
  isMariadbWanted = true;
}

/** The server of this run, or the one named by TEST_MARIADB_URL (`mysql://root@127.0.0.1:port`). */
export function mariadbUrl(): string {
  const url = process.env['TEST_MARIADB_URL'];
  if (url === undefined) throw new Error('MariaDB runs only while tests run that say they need it');
  return url;
}

let isOver = false;

/** Before any file is run, and in the first process alone; those who share the files are told by the environment. */
export async function mochaGlobalSetup(): Promise<void> {
  process.on('exit', () => {
    if (isOver) return;
    console.error('The tests were ended by something in them.');
    process.exitCode = 1;
  });
  if (!isMariadbWanted || process.env['TEST_MARIADB_URL'] !== undefined) return;
  server = await startMariadb({ isThrowaway: true });
  process.env['TEST_MARIADB_URL'] = server.url;
}

export async function mochaGlobalTeardown(): Promise<void> {
  isOver = true;
  await server?.stop();
}

let startedAt = 0;
let cpuBefore = process.cpuUsage();

/** How long each file takes is kept, so that the next run begins with the longest. One process tells them apart no more. */
export const mochaHooks = {
  beforeAll() {
    startedAt = Date.now();
    cpuBefore = process.cpuUsage();
  },
  afterAll(this: Mocha.Context) {
    const file = this.test?.parent?.suites[0]?.file;
    if (process.env['MOCHA_WORKER_ID'] === undefined || file === undefined) return;
    const { user, system } = process.cpuUsage(cpuBefore);
    const seconds = [(Date.now() - startedAt) / 1000, (user + system) / 1e6].map((one) => one.toFixed(1));
    mkdirSync(dirname(TIMES_FILE), { recursive: true });
    appendFileSync(TIMES_FILE, `${[relative(ROOT, file), ...seconds].join('\t')}\n`);
  },
};

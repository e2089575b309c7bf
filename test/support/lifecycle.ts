import { startMariadb, type MariadbServer } from './mariadb.ts';

/** What one run of tests shares: started before the first test when some test wants it, stopped after the last one. */

let isMariadbWanted = false;
let server: MariadbServer | undefined;
const endings: (() => Promise<void>)[] = [];

export function wantMariadb(): void {
  isMariadbWanted = true;
}

/** The server of this run, or the one named by TEST_MARIADB_URL (`mysql://root@127.0.0.1:port`). */
export function mariadbUrl(): string {
  const url = process.env['TEST_MARIADB_URL'] ?? server?.url;
  if (url === undefined) throw new Error('MariaDB runs only while tests run');
  return url;
}

/** Has something done after the last test. */
export function atTheEnd(ending: () => Promise<void>): void {
  endings.push(ending);
}

export async function mochaGlobalSetup(): Promise<void> {
  if (isMariadbWanted && process.env['TEST_MARIADB_URL'] === undefined) server = await startMariadb();
}

export async function mochaGlobalTeardown(): Promise<void> {
  for (const ending of endings) await ending();
  await server?.stop();
}

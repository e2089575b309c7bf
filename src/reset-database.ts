import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { readConfigOrExit, type Config } from '../config/env.ts';
import { seedDemo } from '../seeds/demo.ts';
import { openDatabase } from './platform/data/db.ts';
import { emptyDatabase } from './platform/data/empty-database.ts';
import { migrateToLatest } from './platform/data/migrations.ts';
import { systemClock } from './platform/process/clock.ts';

/** `npm run db:reset`: the database of development without what was in it, and with the demo data anew. */
const config = readConfigOrExit();
if (config.environment !== 'development') {
  console.error(`Only a database of development is emptied; NODE_ENV is ${config.environment}.`);
  process.exitCode = 1;
} else if (await mayEmpty(config)) {
  await reset(config);
} else {
  console.error('Nothing was changed. Without a terminal to answer at, say --yes.');
  process.exitCode = 1;
}

/** A file in the data directory is nobody else's; any other database may be. */
async function mayEmpty({ databaseUrl, dataDir }: Config): Promise<boolean> {
  if (databaseUrl.startsWith(`sqlite:${dataDir}`) || process.argv.includes('--yes')) return true;
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const { hostname, pathname } = new URL(databaseUrl);
  const answer = await terminal.question(`Everything in ${hostname}${pathname} will be gone. Go on? (yes/no) `);
  terminal.close();
  return answer.trim() === 'yes';
}

async function reset({ databaseUrl, dataDir, businessTimezone }: Config): Promise<void> {
  const database = openDatabase(databaseUrl);
  await emptyDatabase(database);
  rmSync(join(dataDir, 'files'), { recursive: true, force: true });
  await migrateToLatest(database);
  await seedDemo(database, systemClock(businessTimezone));
  await database.close();
  console.log('The database is empty but for the demo data.');
}

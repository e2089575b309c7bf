import { accessSync, constants, mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { openDatabase, type Database } from '../data/db.ts';
import { migrateToLatest, MigrationLocked } from '../data/migrations.ts';

/** The product cannot start; the message is the one sentence to tell. */
export class StartupError extends Error {}

const OLDEST_MARIADB = [10, 6, 0] as const;
const OLDEST_MYSQL = [8, 0, 21] as const;

export function prepareDataDirectory(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartupError(`The data directory ${dataDir} cannot be written to (${codeOf(error)}).`, { cause: error });
  }
}

/** A database that answers, is new enough and has every table. */
export async function openMigratedDatabase(url: string): Promise<Database> {
  const database = openReachable(url);
  try {
    await assertUsable(database, url);
    await migrate(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Why a server of this version cannot be used, or null. */
export function versionProblem(version: string): string | null {
  const isMariadb = /mariadb/i.test(version);
  const [name, oldest] = isMariadb ? ['MariaDB', OLDEST_MARIADB] : ['MySQL', OLDEST_MYSQL];
  const digits = /^(?:5\.5\.5-)?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [0, 0, 0];
  const difference = oldest.map((part, index) => (digits[index] ?? 0) - part).find((one) => one !== 0) ?? 0;
  return difference < 0
    ? `The database is ${name} ${digits.join('.')}, but ${name} ${oldest.join('.')} or newer is needed.`
    : null;
}

/** Listens and answers the address it got. */
export function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const reason = codeOf(error);
      const sentence =
        reason === 'EADDRINUSE'
          ? `Port ${port} on ${host} is in use by another program; choose another one with PORT.`
          : `It is not possible to listen on ${host}:${port} (${reason}).`;
      reject(new StartupError(sentence, { cause: error }));
    });
    server.listen(port, host, () => {
      resolve(server.address() as AddressInfo);
    });
  });
}

function openReachable(url: string): Database {
  try {
    return openDatabase(url);
  } catch (error) {
    throw unreachable(url, error);
  }
}

async function assertUsable({ knex, dialect }: Database, url: string): Promise<void> {
  const question = dialect === 'sqlite' ? 'select 1' : 'select version() as version';
  const answer = (await knex.raw(question).catch((error: unknown) => {
    throw unreachable(url, error);
  })) as [[{ version: string }]];
  const problem = dialect === 'sqlite' ? null : versionProblem(answer[0][0].version);
  if (problem !== null) throw new StartupError(problem);
}

async function migrate(database: Database): Promise<void> {
  try {
    await migrateToLatest(database);
  } catch (error) {
    if (error instanceof MigrationLocked) {
      throw new StartupError(
        'A migration of the database was cut off, or another process is still migrating; if none is, restore the backup or check the schema, then run "npm run migrate:unlock" and start again.',
        { cause: error },
      );
    }
    throw new StartupError(`The database could not be migrated (${codeOf(error)}).`, { cause: error });
  }
}

function unreachable(url: string, error: unknown): StartupError {
  return new StartupError(`The database ${withoutPassword(url)} cannot be reached (${codeOf(error)}).`, {
    cause: error,
  });
}

function withoutPassword(url: string): string {
  if (!url.startsWith('mysql:')) return url;
  const { username, host, pathname } = new URL(url);
  return `mysql://${username}@${host}${pathname}`;
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return error instanceof Error ? error.name : 'unknown';
}

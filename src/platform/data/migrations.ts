import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Knex } from 'knex';
import type { Database } from './db.ts';

const DIRECTORY = join(import.meta.dirname, '..', '..', '..', 'migrations');
const LOCK_WAIT_SECONDS = 120;

/** Somebody else is migrating, or a migration ended half-way. */
export class MigrationLocked extends Error {}

/** Brings the schema to the newest state. Of several processes that start at once, one migrates and the others wait. */
export async function migrateToLatest({ knex, dialect }: Database): Promise<void> {
  if (dialect === 'sqlite') await latest(knex);
  else await withAdvisoryLock(knex, () => latest(knex));
}

/** Takes every migration back, newest first. */
export async function migrateToNothing({ knex }: Database): Promise<void> {
  await knex.migrate.rollback({ migrationSource }, true);
}

/** Names of migrations that the database still lacks. */
export async function pendingMigrations({ knex }: Database): Promise<string[]> {
  const [, pending] = (await knex.migrate.list({ migrationSource })) as [unknown, string[]];
  return pending;
}

/** Frees the lock that a migration left behind when its process was killed. */
export async function unlockMigrations({ knex }: Database): Promise<void> {
  await knex.migrate.forceFreeMigrationsLock({ migrationSource });
}

// knex's own source loads only by require, and looks at endings it knows.
const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: () =>
    Promise.resolve(
      readdirSync(DIRECTORY)
        // What migrations share stands beside them, without a number.
        .filter((file) => /^\d.*\.ts$/.test(file))
        .sort(),
    ),
  getMigrationName: (file) => file,
  getMigration: async (file) => (await import(pathToFileURL(join(DIRECTORY, file)).href)) as Knex.Migration,
};

async function latest(knex: Knex): Promise<void> {
  // Asked before knex does, which would print advice of its own.
  if (await isLocked(knex)) throw new MigrationLocked('the migration table is locked');
  try {
    await knex.migrate.latest({ migrationSource });
  } catch (error) {
    if (error instanceof Error && error.name === 'MigrationLocked') throw new MigrationLocked(error.message);
    throw error;
  }
}

async function isLocked(knex: Knex): Promise<boolean> {
  if (!(await knex.schema.hasTable('knex_migrations_lock'))) return false;
  const row = await knex('knex_migrations_lock').first<{ is_locked: number } | undefined>('is_locked');
  return row?.is_locked === 1;
}

/**
 * The lock of the connection ends with its process, knex's own lock is a row and outlives it. So whoever holds this
 * one and still finds the row locked knows that a migration was cut off, and does not have to wait.
 */
async function withAdvisoryLock(knex: Knex, work: () => Promise<void>): Promise<void> {
  await knex.transaction(async (trx) => {
    const [[{ isHeld }]] = (await trx.raw("select get_lock(concat('migrate-', md5(database())), ?) as isHeld", [
      LOCK_WAIT_SECONDS,
    ])) as [[{ isHeld: unknown }]];
    if (Number(isHeld) !== 1) throw new MigrationLocked('another process has been migrating for too long');
    try {
      await work();
    } finally {
      await trx.raw("select release_lock(concat('migrate-', md5(database())))");
    }
  });
}

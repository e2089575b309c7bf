import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql from 'mysql2/promise';
import { openDatabase, type Database } from '../../src/platform/data/db.ts';
import { migrateToLatest } from '../../src/platform/data/migrations.ts';
import { mariadbUrl, wantMariadb } from './lifecycle.ts';

export type DatabaseKind = 'SQLite' | 'MariaDB';

export interface TestDatabase extends Database {
  readonly kind: DatabaseKind;
  /** For another process, or another pool, on the same database. */
  readonly url: string;
}

export interface EmptyDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

const KINDS: readonly DatabaseKind[] = ['SQLite', 'MariaDB'];

/**
 * The same tests once on SQLite and once on MariaDB, each time on a migrated database of their own that is dropped
 * afterwards. Ask for the database inside of tests and hooks, not while they are being described.
 */
export function describeOnBothDatabases(title: string, define: (database: () => TestDatabase) => void): void {
  for (const kind of KINDS) describeOn(kind, title, define);
}

/** For the few tests that are about one of the two. */
export function describeOn(kind: DatabaseKind, title: string, define: (database: () => TestDatabase) => void): void {
  describeOnEmpty(kind, title, (empty) => {
    let database: TestDatabase | undefined;
    before('migrate', async () => {
      const { url } = empty();
      database = { ...openDatabase(url), kind, url };
      await migrateToLatest(database);
    });
    define(() => {
      if (database === undefined) throw new Error('there is no database before the tests run');
      return database;
    });
    // After the hooks of the tests themselves: a server closed later would work on without its tables.
    after('close', () => database?.close());
  });
}

/** Without tables: for tests of migrations and of the start. */
export function describeOnEmpty(
  kind: DatabaseKind,
  title: string,
  define: (database: () => EmptyDatabase) => void,
): void {
  if (kind === 'MariaDB') wantMariadb();
  describe(`${title} (${kind})`, () => {
    let database: EmptyDatabase | undefined;
    before('create database', async () => {
      database = kind === 'SQLite' ? emptySqlite() : await emptyMariadb();
    });
    define(() => {
      if (database === undefined) throw new Error('there is no database before the tests run');
      return database;
    });
    after('drop database', () => database?.drop());
  });
}

function emptySqlite(): EmptyDatabase {
  const directory = mkdtempSync(join(tmpdir(), 'reisebon-sqlite-'));
  return {
    url: `sqlite:${join(directory, 'test.sqlite')}`,
    drop: () => {
      rmSync(directory, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

let created = 0;

async function emptyMariadb(): Promise<EmptyDatabase> {
  const name = `test_${process.pid}_${++created}`;
  await asRoot(`create database ${name} character set utf8mb4`);
  return { url: `${mariadbUrl()}/${name}`, drop: () => asRoot(`drop database ${name}`) };
}

async function asRoot(sql: string): Promise<void> {
  const connection = await mysql.createConnection(mariadbUrl());
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}

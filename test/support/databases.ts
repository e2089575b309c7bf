import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type Database } from '../../src/platform/data/db.ts';
import { mariadbUrl, wantMariadb } from './lifecycle.ts';
import { copyMariadbTemplate, copySqliteTemplate, onMariadb } from './templates.ts';

export type DatabaseKind = 'SQLite' | 'MariaDB';

export interface TestDatabase extends Database {
  readonly kind: DatabaseKind;
  /** For another process, or another pool, on the same database. */
  readonly url: string;
}

export interface EmptyDatabase {
  readonly url: string;
  /** The path of the file, or what the server calls it. */
  readonly name: string;
  drop(): Promise<void>;
}

// The quick tests say at their beginning that they leave MariaDB out.
/** A page of a test waits for its job, however busy the machine is. */
const PATIENCE_MS = 60_000;
const KINDS: readonly DatabaseKind[] = process.env['TEST_ONLY_SQLITE'] === 'true' ? ['SQLite'] : ['SQLite', 'MariaDB'];

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
    before('make tables', async () => {
      const { url, name } = empty();
      if (kind === 'SQLite') await copySqliteTemplate(name);
      else await copyMariadbTemplate(name);
      database = { ...openDatabase(url), kind, url, patienceMs: PATIENCE_MS };
      // What is committed outlives a process that is killed, and nobody wants it after a crash of the machine.
      if (kind === 'SQLite') await database.knex.raw('pragma synchronous = off');
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
  if (!KINDS.includes(kind)) return;
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
  const name = join(directory, 'test.sqlite');
  return {
    url: `sqlite:${name}`,
    name,
    drop: () => {
      rmSync(directory, { recursive: true, force: true });
      return Promise.resolve();
    },
  };
}

let created = 0;

async function emptyMariadb(): Promise<EmptyDatabase> {
  const name = `test_${process.pid}_${++created}`;
  await asOwner(`create database ${name} character set utf8mb4`);
  return { url: `${mariadbUrl()}/${name}`, name, drop: () => asOwner(`drop database ${name}`) };
}

function asOwner(sql: string): Promise<void> {
  return onMariadb(async (connection) => {
    await connection.query(sql);
  });
}

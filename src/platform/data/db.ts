import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import knex, { type Knex } from 'knex';
import { enableMemory } from './memory.ts';
import { enableSignals } from './signals.ts';
import { EmbeddedSqliteClient } from './sqlite-client.ts';

/** What services hand from a transaction to a store; only stores speak SQL. */
export type Connection = Knex;
export type Transaction = Knex.Transaction;
/** A statement that is not sent yet. */
export type Write = Knex.QueryBuilder;

export type Dialect = 'sqlite' | 'mysql';

export interface Database {
  readonly knex: Knex;
  readonly dialect: Dialect;
  /** How long a page waits for a job, where it is not the usual second: on a busy machine a test would see the progress instead. */
  readonly patienceMs?: number;
  close(): Promise<void>;
}

/** Connections one process keeps to MariaDB; SQLite has one writer, so one connection. */
export const MAX_MYSQL_CONNECTIONS = 32;
/** How often a transaction that lost a race is run again before the caller is told. */
export const MAX_TRANSACTION_ATTEMPTS = 8;

/** `sqlite:path` (or `sqlite::memory:`) or `mysql://user:password@host:port/database`. */
export function openDatabase(url: string): Database {
  const opened = url.startsWith('sqlite:') ? openSqlite(url.slice('sqlite:'.length)) : openMysql(url);
  enableSignals(opened.knex);
  enableMemory(opened.knex);
  return { ...opened, close: () => opened.knex.destroy() };
}

/**
 * Runs `work` in one transaction and, when it lost a race (deadlock, lock wait, a certification failure that a Galera
 * cluster reports at COMMIT, a busy SQLite file), runs it again as a whole.
 */
export async function inTransaction<T>(database: Database, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.knex.transaction(work);
    } catch (error) {
      if (attempt >= MAX_TRANSACTION_ATTEMPTS || !isLostRace(error)) throw error;
      await sleep(2 ** attempt * (0.5 + Math.random()));
    }
  }
}

/** What one statement wrote. */
export interface Written {
  /** Rows it met, changed or not. */
  readonly rows: number;
  /** Of the row it inserted, where the table numbers its rows. */
  readonly id: string;
}

/** A transaction that found a row changed by another since it was read: it is run again as a whole. */
export class LostRace extends Error {
  readonly code = 'LOST_RACE';
}

/** Writes that need no answer of each other, sent at once: one round trip to MySQL and MariaDB, one query on SQLite. */
export async function writeTogether(trx: Knex.Transaction, statements: readonly Write[]): Promise<Written[]> {
  if (statements.length === 0) return [];
  const together = statements.map((statement) => statement.toSQL().toNative());
  const query = trx.raw(
    together.map(({ sql }) => sql).join(';\n'),
    together.flatMap(({ bindings }) => bindings as Knex.RawBinding[]),
  );
  // MySQL takes them as one text; SQLite prepares a text up to its first statement alone.
  if (!isMysqlConnection(trx)) return (await query.options({ together })) as unknown[] as Written[];
  const [answer] = (await query) as unknown as [MysqlWritten | readonly MysqlWritten[]];
  return [answer].flat().map(({ affectedRows, insertId }) => ({ rows: affectedRows, id: String(insertId) }));
}

interface MysqlWritten {
  readonly affectedRows: number;
  readonly insertId: number;
}

export function isLostRace(error: unknown): boolean {
  return LOST_RACE_CODES.has(errorCode(error));
}

export function isDuplicateKey(error: unknown): boolean {
  return DUPLICATE_KEY_CODES.has(errorCode(error));
}

/** A row that others still point to was deleted, or a row points to one that is not there. */
export function isBrokenReference(error: unknown): boolean {
  return BROKEN_REFERENCE_CODES.has(errorCode(error));
}

/** SUM and COUNT come as text from MySQL (DECIMAL) and as a number from SQLite; null counts as 0. */
export function toSafeInteger(value: unknown): number {
  const number = value === null || value === undefined ? 0 : Number(value);
  if (!Number.isSafeInteger(number)) throw new Error('a figure from the database is not a safe integer');
  return number;
}

/**
 * The same of a sum of money that a page shows: one that is too large to be exact is no number (NaN), which is shown as
 * such and agrees with nothing, so that one absurd row takes no page down.
 */
export function toFigure(value: unknown): number {
  const number = value === null || value === undefined ? 0 : Number(value);
  return Number.isSafeInteger(number) ? number : Number.NaN;
}

const LOST_RACE_CODES = new Set([
  'LOST_RACE',
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_CHECKREAD',
  'WSREP_CONFLICT',
  'SQLITE_BUSY',
  'SQLITE_BUSY_SNAPSHOT',
  'SQLITE_BUSY_RECOVERY',
]);
const DUPLICATE_KEY_CODES = new Set([
  'ER_DUP_ENTRY',
  'SQLITE_CONSTRAINT_UNIQUE',
  'SQLITE_CONSTRAINT_PRIMARYKEY',
  'RETIRED_CODE',
]);
const BROKEN_REFERENCE_CODES = new Set([
  'ER_NO_REFERENCED_ROW',
  'ER_NO_REFERENCED_ROW_2',
  'ER_ROW_IS_REFERENCED',
  'ER_ROW_IS_REFERENCED_2',
  'SQLITE_CONSTRAINT_FOREIGNKEY',
]);

export function isMysqlConnection(knexOrTrx: Knex): boolean {
  return (knexOrTrx.client as { driverName: string }).driverName === 'mysql2';
}

function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

// What knex would print on its own holds bound values; whatever matters it throws as well.
const SILENT: Knex.Logger = { warn: ignore, error: ignore, deprecate: ignore, debug: ignore };

function ignore(): void {}

function openSqlite(filename: string): { knex: Knex; dialect: Dialect } {
  if (filename !== ':memory:') mkdirSync(dirname(filename), { recursive: true });
  const instance = knex({
    client: EmbeddedSqliteClient as unknown as typeof Knex.Client,
    connection: { filename },
    useNullAsDefault: true,
    log: SILENT,
    pool: {
      min: 1,
      max: 1,
      afterCreate: (
        connection: { pragma(source: string): unknown },
        done: (error: unknown, connection: unknown) => void,
      ) => {
        for (const pragma of [
          'journal_mode = WAL',
          'foreign_keys = ON',
          'busy_timeout = 10000',
          'synchronous = FULL',
          'cache_size = -32768',
          'mmap_size = 268435456',
          'temp_store = MEMORY',
        ]) {
          connection.pragma(pragma);
        }
        done(null, connection);
      },
    },
  });
  return { knex: instance, dialect: 'sqlite' };
}

function openMysql(url: string): { knex: Knex; dialect: Dialect } {
  const parts = new URL(url);
  const instance = knex({
    client: 'mysql2',
    log: SILENT,
    // knex's typings know only a boolean for dateStrings; mysql2 takes the list of types that stay text.
    connection: {
      host: parts.hostname,
      port: parts.port === '' ? 3306 : Number(parts.port),
      user: decodeURIComponent(parts.username),
      password: decodeURIComponent(parts.password),
      database: decodeURIComponent(parts.pathname.slice(1)),
      charset: 'utf8mb4',
      timezone: 'Z',
      dateStrings: ['DATE'],
      supportBigNumbers: true,
      multipleStatements: true,
      connectTimeout: 5000,
    } as unknown as Knex.MySql2ConnectionConfig,
    pool: {
      min: 0,
      max: MAX_MYSQL_CONNECTIONS,
      afterCreate: (connection: MysqlConnection, done: (error: unknown, connection: unknown) => void) => {
        prepareMysqlSession(connection).then(
          () => {
            done(null, connection);
          },
          (error: unknown) => {
            done(error, connection);
          },
        );
      },
    },
  });
  return { knex: instance, dialect: 'mysql' };
}

interface MysqlConnection {
  query(sql: string, done: (error: unknown) => void): void;
}

async function prepareMysqlSession(connection: MysqlConnection): Promise<void> {
  // Read committed: every statement after a lock wait sees what the holder of the lock wrote, and no gap is locked.
  const statements = [
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
    "SET SESSION time_zone = '+00:00', sql_mode = 'TRADITIONAL,ONLY_FULL_GROUP_BY', group_concat_max_len = 16777216, innodb_lock_wait_timeout = 20",
  ];
  for (const sql of statements) {
    await new Promise<void>((resolve, reject) => {
      connection.query(sql, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }
}

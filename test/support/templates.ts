import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql, { type Connection, type RowDataPacket } from 'mysql2/promise';
import { openDatabase } from '../../src/platform/data/db.ts';
import { migrateToLatest, pendingMigrations } from '../../src/platform/data/migrations.ts';
import { mariadbUrl } from './lifecycle.ts';

/** A database is migrated once and copied for each test that wants one. */

const ROOT = join(import.meta.dirname, '..', '..');

let sqliteTemplate: Promise<string> | undefined;
let mariadbTemplate: Promise<Schema> | undefined;

export async function copySqliteTemplate(file: string): Promise<void> {
  copyFileSync(await (sqliteTemplate ??= migratedFile()), file);
}

/** Makes the tables and the first rows in an empty database of the server. */
export async function copyMariadbTemplate(database: string): Promise<void> {
  const { tables, rows, triggers } = await (mariadbTemplate ??= migratedSchema());
  await onMariadb(async (connection) => {
    await connection.query(
      [
        `use ${database}`,
        'set foreign_key_checks = 0',
        ...tables,
        ...rows,
        ...triggers,
        'set foreign_key_checks = 1',
      ].join(';\n'),
    );
  });
}

/** Several statements of the server's owner. */
export async function onMariadb<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await mysql.createConnection({ uri: mariadbUrl(), multipleStatements: true });
  try {
    return await work(connection);
  } finally {
    await connection.end();
  }
}

async function migratedFile(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'reisebon-template-'));
  process.on('exit', () => {
    rmSync(directory, { recursive: true, force: true });
  });
  const file = join(directory, 'migrated.sqlite');
  // Closing it moves all of it from the journal beside it into the file.
  await migrate(`sqlite:${file}`);
  return file;
}

async function migrate(url: string): Promise<void> {
  const database = openDatabase(url);
  await migrateToLatest(database);
  await database.close();
}

interface Schema {
  /** The statements that make the tables. */
  readonly tables: readonly string[];
  /** The statements that fill those with rows in them. */
  readonly rows: readonly string[];
  readonly triggers: readonly string[];
}

/**
 * One for each state of the migrations on a server, made by whoever comes first. It stays as long as the server: the
 * rows are copied from it each time.
 */
async function migratedSchema(): Promise<Schema> {
  const template = `template_${hashOfMigrations()}`;
  return onMariadb(async (connection) => {
    await connection.query("select get_lock('template', 120)");
    if (!(await isMigrated(`${mariadbUrl()}/${template}`))) {
      await connection.query(`drop database if exists ${template}; create database ${template} character set utf8mb4`);
      await migrate(`${mariadbUrl()}/${template}`);
    }
    return readSchema(connection, template);
  });
}

function hashOfMigrations(): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(join(ROOT, 'migrations')).sort())
    hash.update(name).update(readFileSync(join(ROOT, 'migrations', name)));
  return hash.digest('hex').slice(0, 16);
}

/** Not where somebody was ended half-way. */
async function isMigrated(url: string): Promise<boolean> {
  const database = openDatabase(url);
  try {
    return (await pendingMigrations(database)).length === 0;
  } catch {
    return false;
  } finally {
    await database.close();
  }
}

async function readSchema(connection: Connection, database: string): Promise<Schema> {
  const others = await namesIn(
    connection,
    'select table_name as name from information_schema.views where table_schema = :database',
    { database },
  );
  if (others.length > 0) throw new Error(`copying a database does not know ${others.join(', ')}`);
  const names = await namesIn(
    connection,
    'select table_name as name from information_schema.tables where table_schema = :database',
    { database },
  );
  const tables: string[] = [];
  const rows: string[] = [];
  for (const table of names) {
    const [[made]] = await connection.query<RowDataPacket[]>(`show create table ${database}.${table}`);
    tables.push((made as { 'Create Table': string })['Create Table']);
    const [some] = await connection.query<RowDataPacket[]>(`select 1 from ${database}.${table} limit 1`);
    if (some.length > 0) rows.push(await copyingRows(connection, database, table));
  }
  const triggers = await namesIn(
    connection,
    `select concat('create trigger ', trigger_name, ' ', action_timing, ' ', event_manipulation, ' on ', event_object_table, ' for each row ', action_statement) as name
     from information_schema.triggers where trigger_schema = :database`,
    { database },
  );
  return { tables, rows, triggers };
}

async function copyingRows(connection: Connection, database: string, table: string): Promise<string> {
  const columns = await namesIn(
    connection,
    `select concat('\`', column_name, '\`') as name from information_schema.columns
     where table_schema = :database and table_name = :table and extra not like '%GENERATED%'`,
    { database, table },
  );
  return `insert into ${table} (${columns.join(', ')}) select ${columns.join(', ')} from ${database}.${table}`;
}

async function namesIn(
  connection: Connection,
  sql: string,
  values: Readonly<Record<string, string>>,
): Promise<string[]> {
  const [found] = await connection.query<RowDataPacket[]>({ sql, namedPlaceholders: true }, values);
  return found.map(({ name }) => name as string);
}

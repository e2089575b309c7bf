import type { Knex } from 'knex';
import { openDatabase, type Database } from './db.ts';

/**
 * Runs `read` on one moment of the database, however much is written meanwhile: a check that reads several tables, or one
 * table in steps, is otherwise wrong on a database at work. MariaDB and MySQL keep the moment of the first statement for
 * a transaction of repeatable reads. SQLite does so for every transaction, but has one connection in a process, so that a
 * file is read over a second one and nobody waits; what is in memory alone has no second one, and nobody else either.
 */
export async function inSnapshot<T>(database: Database, read: (knex: Knex) => Promise<T>): Promise<T> {
  if (database.dialect === 'mysql') return database.knex.transaction(read, { isolationLevel: 'repeatable read' });
  const { filename } = (database.knex.client as { connectionSettings: { filename: string } }).connectionSettings;
  if (filename === ':memory:') return read(database.knex);
  const reader = openDatabase(`sqlite:${filename}`);
  try {
    await reader.knex.raw('begin deferred');
    const answer = await read(reader.knex);
    await reader.knex.raw('commit');
    return answer;
  } finally {
    await reader.close();
  }
}

import type { Knex } from 'knex';

/** The part of better-sqlite3 that knex hands through. */
interface SqliteConnection {
  unsafeMode(isUnsafe: boolean): void;
}

/**
 * Changes the text of a table in the way SQLite documents for constraints, so that a table of any size takes no time,
 * and rows, indexes, triggers, foreign keys and generated columns stay untouched. For a CHECK, or a NOT NULL that goes.
 */
export async function changeSqliteTable(knex: Knex, table: string, from: string, to: string): Promise<void> {
  const client = knex.client as {
    acquireConnection(): Promise<SqliteConnection>;
    releaseConnection(connection: SqliteConnection): Promise<void>;
  };
  const connection = await client.acquireConnection();
  const [{ version }] = (await knex.raw('select schema_version as version from pragma_schema_version')) as [
    { version: number },
  ];
  connection.unsafeMode(true);
  try {
    await knex.raw('pragma writable_schema = on');
    await knex('sqlite_master')
      .where({ type: 'table', name: table })
      .update({ sql: knex.raw('replace(sql, ?, ?)', [from, to]) });
    // Every connection reads the schema again.
    await knex.raw(`pragma schema_version = ${version + 1}`);
    await knex.raw('pragma writable_schema = off');
  } finally {
    connection.unsafeMode(false);
    await client.releaseConnection(connection);
  }
  // Fails, and takes all of it back, where the text would be no table any more.
  await knex(table).select(knex.raw('1')).limit(0);
}

/** The text of a table as SQLite keeps it. */
export async function sqliteTableText(knex: Knex, table: string): Promise<string> {
  const row = await knex('sqlite_master').where({ type: 'table', name: table }).first<{ sql: string } | undefined>();
  return row?.sql ?? '';
}

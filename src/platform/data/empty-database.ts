import type { Knex } from 'knex';
import type { Database } from './db.ts';

/** Drops every table with what is in it, whichever migration made it. */
export async function emptyDatabase({ knex, dialect }: Database): Promise<void> {
  const tables = await tableNames(knex, dialect === 'sqlite' ? SQLITE_TABLES : MYSQL_TABLES);
  // Said for the one connection that drops: tables name each other in circles.
  const [off, on] =
    dialect === 'sqlite'
      ? ['pragma foreign_keys = off', 'pragma foreign_keys = on']
      : ['set foreign_key_checks = 0', 'set foreign_key_checks = 1'];
  const connection: unknown = await (knex.client as Knex.Client).acquireConnection();
  try {
    const run = (sql: string): Promise<unknown> => Promise.resolve(knex.raw(sql).connection(connection));
    await run(off);
    for (const table of tables) await knex.schema.dropTable(table).connection(connection);
    await run(on);
  } finally {
    await (knex.client as Knex.Client).releaseConnection(connection);
  }
}

const SQLITE_TABLES = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%'";
const MYSQL_TABLES =
  "select table_name as name from information_schema.tables where table_schema = database() and table_type = 'BASE TABLE'";

async function tableNames(knex: Knex, sql: string): Promise<string[]> {
  const answer = (await knex.raw(sql)) as unknown;
  const rows = (Array.isArray(answer) && Array.isArray(answer[0]) ? answer[0] : answer) as { name: string }[];
  return rows.map(({ name }) => name);
}

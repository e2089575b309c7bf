import type { Knex } from 'knex';
import { createTable, instant, isMysql, json } from './schema-1.ts';

const NO_TRIGGERS_ALLOWED = 1419;

/** The description of procedures (Verfahrensdokumentation) as it was, in every version there ever was. */
export async function up(knex: Knex): Promise<void> {
  await createTable(knex, 'procedure_versions', (table) => {
    table.bigIncrements('id');
    json(table, 'content').notNullable();
    table.string('content_hash', 64).notNullable();
    instant(table, 'created_at').notNullable();
    table.string('created_by', 128).notNullable();
  });
  for (const change of ['update', 'delete']) await guard(knex, change);
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable('procedure_versions');
}

async function guard(knex: Knex, change: string): Promise<void> {
  const head = `create trigger procedure_versions_no_${change} before ${change} on procedure_versions`;
  if (!isMysql(knex)) {
    await knex.raw(`${head} begin select raise(abort, 'this table is append-only'); end`);
    return;
  }
  try {
    await knex.raw(`${head} for each row signal sqlstate '45000' set message_text = 'this table is append-only'`);
  } catch (error) {
    // As in the migration before: a server with a binary log may keep triggers from the owner of a schema.
    if ((error as { errno?: number }).errno !== NO_TRIGGERS_ALLOWED) throw error;
  }
}

import type { Knex } from 'knex';
import { createTable, instant, json, reference, word } from './schema-1.ts';

export async function up(knex: Knex): Promise<void> {
  // What became of each row while an import runs; the result file is made of it, then the rows go.
  await createTable(knex, 'import_outcomes', (table) => {
    reference(table, 'job_id', 'jobs').notNullable();
    table.integer('row_number').notNullable();
    word(table, 'outcome', ['created', 'skipped', 'failed']).notNullable();
    table.string('code', 100).notNullable();
    table.string('detail', 500);
    table.primary(['job_id', 'row_number']);
  });
  // Which columns people chose for headings they send again and again.
  await createTable(knex, 'import_mappings', (table) => {
    table.string('fingerprint', 64).primary();
    json(table, 'mapping').notNullable();
    instant(table, 'updated_at').notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const table of ['import_mappings', 'import_outcomes']) await knex.schema.dropTable(table);
}

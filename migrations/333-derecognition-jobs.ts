import type { Knex } from 'knex';

/** The job that books an accepted run: where it was stopped or failed, what is left can be proposed again. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table derecognition_runs add column job_id bigint');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table derecognition_runs drop column job_id');
}

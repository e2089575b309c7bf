import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('jobs', (table) => {
    table.index(['created_by', 'id'], 'jobs_created_by');
    table.index(['state', 'id'], 'jobs_state_id');
  });
  await knex.schema.alterTable('audit_log', (table) => {
    table.index(['actor', 'id'], 'audit_log_actor');
    table.index(['action', 'id'], 'audit_log_action');
    table.index(['recorded_at', 'id'], 'audit_log_recorded');
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('audit_log', (table) => {
    table.dropIndex([], 'audit_log_recorded');
    table.dropIndex([], 'audit_log_action');
    table.dropIndex([], 'audit_log_actor');
  });
  await knex.schema.alterTable('jobs', (table) => {
    table.dropIndex([], 'jobs_state_id');
    table.dropIndex([], 'jobs_created_by');
  });
}

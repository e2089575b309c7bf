import type { Knex } from 'knex';
import { widenWord } from './widen-word.ts';

/** A run can be written for other programs than DATEV. */
export async function up(knex: Knex): Promise<void> {
  await widenWord(knex, 'export_files', 'kind', ['datev', 'generic', 'protocol', 'profile']);
}

export async function down(knex: Knex): Promise<void> {
  await widenWord(knex, 'export_files', 'kind', ['datev', 'generic', 'protocol']);
}

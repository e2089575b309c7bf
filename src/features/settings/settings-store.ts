import type { Knex } from 'knex';

/** The stored JSON of a group of settings; null: never saved. */
export async function readSetting(knex: Knex, name: string): Promise<string | null> {
  const row = await knex('settings').where({ name }).first<{ value: string } | undefined>('value');
  return row?.value ?? null;
}

/** Several groups at once, by their names; those never saved are not there. */
export async function readSettings(knex: Knex, names: readonly string[]): Promise<Map<string, string>> {
  const rows = await knex('settings')
    .whereIn('name', [...names])
    .select<{ name: string; value: string }[]>('name', 'value');
  return new Map(rows.map(({ name, value }) => [name, value]));
}

export async function writeSetting(
  trx: Knex.Transaction,
  name: string,
  value: string,
  actor: string,
  now: number,
): Promise<void> {
  await trx('settings')
    .insert({ name, value, version: 1, updated_at: now, updated_by: actor })
    .onConflict('name')
    .merge({ value, version: trx.raw('?? + 1', ['settings.version']), updated_at: now, updated_by: actor });
}

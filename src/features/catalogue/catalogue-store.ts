import type { Knex } from 'knex';

export type CatalogueKind = 'product' | 'theme' | 'region' | 'brand' | 'partner';

export interface CatalogueEntry {
  readonly id: string;
  readonly name: string;
  /** Only regions have one. */
  readonly parent: string | null;
}

export async function upsertEntry(trx: Knex.Transaction, kind: CatalogueKind, entry: CatalogueEntry, now: number): Promise<void> {
  const fields = { name: entry.name, parent_id: entry.parent, updated_at: now, archived_at: null };
  await trx('catalogue_entries').insert({ kind, id: entry.id, ...fields }).onConflict(['kind', 'id']).merge(fields);
}

export async function findEntry(knex: Knex, kind: CatalogueKind, id: string): Promise<CatalogueEntry | null> {
  const row = await knex('catalogue_entries').where({ kind, id }).first<EntryRow | undefined>('id', 'name', 'parent_id');
  return row === undefined ? null : toEntry(row);
}

export async function listEntries(
  knex: Knex,
  kind: CatalogueKind,
  page: { readonly after: string | null; readonly limit: number; readonly q?: string },
): Promise<CatalogueEntry[]> {
  const query = knex('catalogue_entries').where({ kind }).orderBy('id').limit(page.limit);
  if (page.after !== null) void query.where('id', '>', page.after);
  if (page.q !== undefined && page.q !== '') void query.where('name', 'like', `%${page.q.replaceAll(/[%_\\]/g, ' ')}%`);
  return (await query.select<EntryRow[]>('id', 'name', 'parent_id')).map(toEntry);
}

export async function deleteEntry(trx: Knex.Transaction, kind: CatalogueKind, id: string): Promise<boolean> {
  const deleted: number = await trx('catalogue_entries').where({ kind, id }).delete();
  return deleted > 0;
}

export async function findKnownIds(knex: Knex, kind: CatalogueKind, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await knex('catalogue_entries').where({ kind }).whereIn('id', [...ids]).select<{ id: string }[]>('id');
  return rows.map(({ id }) => id);
}

interface EntryRow {
  readonly id: string;
  readonly name: string;
  readonly parent_id: string | null;
}

function toEntry(row: EntryRow): CatalogueEntry {
  return { id: row.id, name: row.name, parent: row.parent_id };
}

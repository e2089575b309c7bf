import type { Knex } from 'knex';
import { toEntry, type EntryRow, type KeptEntry } from './catalogue-store.ts';

export interface RegionRow extends KeptEntry {
  readonly hasChildren: boolean;
}

export async function listRegionsUnder(knex: Knex, parent: string | null, limit: number): Promise<RegionRow[]> {
  const query = knex('catalogue_entries as region')
    .where('region.kind', 'region')
    .whereNull('region.archived_at')
    .orderBy(['region.name', 'region.id'])
    .limit(limit);
  void (parent === null ? query.whereNull('region.parent_id') : query.where('region.parent_id', parent));
  const child = knex('catalogue_entries as child')
    .where('child.kind', 'region')
    .whereRaw('child.parent_id = region.id')
    .whereNull('child.archived_at')
    .limit(1)
    .select('child.id');
  const rows = await query.select<(EntryRow & { child_id: string | null })[]>(
    'region.id',
    'region.name',
    'region.parent_id',
    'region.details',
    'region.archived_at',
    child.as('child_id'),
  );
  return rows.map((row) => ({ ...toEntry(row), hasChildren: row.child_id !== null }));
}

export async function listParents(knex: Knex, limit: number): Promise<Map<string, string | null>> {
  const rows = await knex('catalogue_entries')
    .where({ kind: 'region' })
    .limit(limit)
    .select<{ id: string; parent_id: string | null }[]>('id', 'parent_id');
  return new Map(rows.map((row) => [row.id, row.parent_id]));
}

import type { Knex } from 'knex';

export const CATALOGUE_KINDS = ['product', 'theme', 'region', 'brand', 'partner'] as const;
export type CatalogueKind = (typeof CATALOGUE_KINDS)[number];

export interface CatalogueEntry {
  readonly id: string;
  readonly name: string;
  /** Only regions have one. */
  readonly parent: string | null;
}

export interface KeptEntry extends CatalogueEntry {
  readonly isArchived: boolean;
  /** What only this kind has, as JSON; null: nothing said. */
  readonly details: string | null;
}

export async function upsertEntry(
  trx: Knex.Transaction,
  kind: CatalogueKind,
  entry: CatalogueEntry,
  now: number,
): Promise<void> {
  await upsertEntries(trx, kind, [entry], now);
}

/** At most 500 at once: the limit of SQLite. */
export async function upsertEntries(
  trx: Knex.Transaction,
  kind: CatalogueKind,
  entries: readonly CatalogueEntry[],
  now: number,
): Promise<void> {
  const rows = entries.map(({ id, name, parent }) => ({
    kind,
    id,
    name,
    parent_id: parent,
    updated_at: now,
    archived_at: null,
  }));
  await trx('catalogue_entries')
    .insert(rows)
    .onConflict(['kind', 'id'])
    .merge(['name', 'parent_id', 'updated_at', 'archived_at']);
}

export async function insertEntry(
  trx: Knex.Transaction,
  kind: CatalogueKind,
  entry: CatalogueEntry,
  now: number,
): Promise<void> {
  await trx('catalogue_entries').insert({
    kind,
    id: entry.id,
    name: entry.name,
    parent_id: entry.parent,
    updated_at: now,
    archived_at: null,
  });
}

export async function updateEntry(
  trx: Knex.Transaction,
  kind: CatalogueKind,
  id: string,
  change: {
    readonly name?: string;
    readonly parent?: string | null;
    readonly details?: string;
    readonly archivedAt?: number | null;
  },
  now: number,
): Promise<void> {
  const { name, parent, details, archivedAt } = change;
  await trx('catalogue_entries')
    .where({ kind, id })
    .update({
      ...(name === undefined ? {} : { name }),
      ...(parent === undefined ? {} : { parent_id: parent }),
      ...(details === undefined ? {} : { details }),
      ...(archivedAt === undefined ? {} : { archived_at: archivedAt }),
      updated_at: now,
    });
}

export async function findEntry(knex: Knex, kind: CatalogueKind, id: string): Promise<KeptEntry | null> {
  const row = await knex('catalogue_entries').where({ kind, id }).first<EntryRow | undefined>(COLUMNS);
  return row === undefined ? null : toEntry(row);
}

export async function listEntries(
  knex: Knex,
  kind: CatalogueKind,
  page: { readonly after: string | null; readonly limit: number; readonly q?: string },
): Promise<CatalogueEntry[]> {
  const query = knex('catalogue_entries').where({ kind }).orderBy('id').limit(page.limit);
  if (page.after !== null) void query.where('id', '>', page.after);
  if (page.q !== undefined && page.q !== '') void query.where('name', 'like', containing(page.q));
  return (await query.select<EntryRow[]>(COLUMNS)).map(toEntry);
}

export interface NamePage {
  /** A part of the name, or the beginning of the id. */
  readonly q: string;
  readonly archived: boolean;
  readonly after: { readonly name: string; readonly id: string } | null;
  readonly limit: number;
}

/** By name, as people look for them. */
export async function listByName(
  knex: Knex,
  kind: CatalogueKind,
  { q, archived, after, limit }: NamePage,
): Promise<KeptEntry[]> {
  const query = knex('catalogue_entries').where({ kind }).orderBy(['name', 'id']).limit(limit);
  void (archived ? query.whereNotNull('archived_at') : query.whereNull('archived_at'));
  if (q !== '')
    void query.where(
      (match) => void match.where('name', 'like', containing(q)).orWhere('id', 'like', `${withoutWildcards(q)}%`),
    );
  if (after !== null)
    void query.where(
      (later) =>
        void later
          .where('name', '>', after.name)
          .orWhere((same) => void same.where('name', after.name).where('id', '>', after.id)),
    );
  return (await query.select<EntryRow[]>(COLUMNS)).map(toEntry);
}

/** The first entries of several kinds by name, in one statement: as many of each as are asked for. */
export async function listFirstByName(
  knex: Knex,
  wanted: readonly { readonly kind: CatalogueKind; readonly limit: number; readonly withArchived: boolean }[],
): Promise<(KeptEntry & EntryRef)[]> {
  const parts = wanted.map(({ kind, limit, withArchived }) => {
    const part = knex('catalogue_entries').where({ kind }).orderBy(['name', 'id']).limit(limit);
    if (!withArchived) void part.whereNull('archived_at');
    const place = knex.raw('row_number() over (order by name, id) as place');
    return knex.select('*').from(part.select('kind', ...COLUMNS, place).as(kind));
  });
  const [first, ...others] = parts;
  if (first === undefined) return [];
  const rows = (await first.unionAll(others)) as (EntryRow & { kind: CatalogueKind; place: number | string })[];
  return rows.sort((a, b) => Number(a.place) - Number(b.place)).map((row) => ({ ...toEntry(row), kind: row.kind }));
}

export async function deleteEntry(trx: Knex.Transaction, kind: CatalogueKind, id: string): Promise<boolean> {
  const deleted: number = await trx('catalogue_entries').where({ kind, id }).delete();
  return deleted > 0;
}

export async function findKnownIds(knex: Knex, kind: CatalogueKind, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await knex('catalogue_entries')
    .where({ kind })
    .whereIn('id', [...ids])
    .select<{ id: string }[]>('id');
  return rows.map(({ id }) => id);
}

/** An entry as something else names it. */
export interface EntryRef {
  readonly kind: CatalogueKind;
  readonly id: string;
}

/** Entries of any kinds at once; those that do not exist are left out. */
export async function findNamedEntries(knex: Knex, refs: readonly EntryRef[]): Promise<(KeptEntry & EntryRef)[]> {
  if (refs.length === 0) return [];
  const query = knex('catalogue_entries');
  for (const kind of CATALOGUE_KINDS) {
    const ids = refs.filter((ref) => ref.kind === kind).map(({ id }) => id);
    if (ids.length > 0) void query.orWhere((match) => void match.where({ kind }).whereIn('id', ids));
  }
  const rows = await query.select<(EntryRow & { kind: CatalogueKind })[]>('kind', ...COLUMNS);
  return rows.map((row) => ({ ...toEntry(row), kind: row.kind }));
}

export async function findEntries(
  knex: Knex,
  kind: CatalogueKind,
  ids: readonly string[],
): Promise<Map<string, KeptEntry>> {
  if (ids.length === 0) return new Map();
  const rows = await knex('catalogue_entries')
    .where({ kind })
    .whereIn('id', [...ids])
    .select<EntryRow[]>(COLUMNS);
  return new Map(rows.map((row) => [row.id, toEntry(row)]));
}

/** Partners of whom more is known than their name: few, so all of them. */
export async function findOwnAccounts(
  knex: Knex,
): Promise<{ readonly id: string; readonly name: string; readonly details: string }[]> {
  return knex('catalogue_entries')
    .where({ kind: 'partner' })
    .where('details', 'like', '%debtorAccount%')
    .select<{ id: string; name: string; details: string }[]>('id', 'name', 'details');
}

/** In how many rules of vouchers and campaigns an entry stands, counted up to `limit`. */
export async function countUses(knex: Knex, kind: CatalogueKind, id: string, limit: number): Promise<number> {
  const using =
    kind === 'brand' || kind === 'partner'
      ? knex('voucher_rules')
          .where({ [`${kind}_kind`]: kind, [`${kind}_id`]: id })
          .limit(limit)
          .select('id')
      : knex('rule_restrictions').where({ kind, entry_id: id }).limit(limit).select('rules_id');
  return (await using).length;
}

const COLUMNS = ['id', 'name', 'parent_id', 'details', 'archived_at'];

export interface EntryRow {
  readonly id: string;
  readonly name: string;
  readonly parent_id: string | null;
  readonly details: string | null;
  readonly archived_at: number | string | null;
}

export function toEntry(row: EntryRow): KeptEntry {
  return {
    id: row.id,
    name: row.name,
    parent: row.parent_id,
    isArchived: row.archived_at !== null,
    details: row.details,
  };
}

function containing(text: string): string {
  return `%${withoutWildcards(text)}%`;
}

function withoutWildcards(text: string): string {
  return text.replaceAll(/[%_\\]/g, ' ');
}

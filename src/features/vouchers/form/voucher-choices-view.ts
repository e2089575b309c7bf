import type { Database } from '../../../platform/data/db.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import {
  findNamedEntries,
  listByName,
  type CatalogueEntry,
  type CatalogueKind,
  type EntryRef,
} from '../../catalogue/catalogue-service.ts';
import { fieldNamed } from '../rules/known-fields.ts';
import {
  RESTRICTION_KINDS,
  type RestrictionKind,
  type TypedRestriction,
  type TypedVoucher,
} from './typed-voucher-form.ts';

type TypedLists = Pick<TypedVoucher, RestrictionKind>;

export interface ResolvedEntries<T extends TypedLists = TypedVoucher> {
  /** The form with every known entry as the form offers it. */
  readonly typed: T;
  readonly entries: Readonly<
    Record<RestrictionKind, { readonly include: readonly string[]; readonly exclude: readonly string[] }>
  >;
  /** Names by kind and id. */
  readonly names: ReadonlyMap<string, string>;
  readonly errors: readonly FormError[];
}

/** How many entries a search offers. */
const MAX_HITS = 20;
const MAX_SUGGESTIONS = 3;
const MAX_ID = 64;

/** Finds what the rows of products, themes and regions name: by name, by id, or as `Name (id)`; `also` for their names. */
export async function resolveEntries<T extends TypedLists>(
  database: Database,
  typed: T,
  t: Translate,
  also: readonly EntryRef[] = [],
): Promise<ResolvedEntries<T>> {
  const known = await entriesById(database, typed, also);
  const names = new Map([...known].map(([key, { name }]) => [key, name]));
  const errors: FormError[] = [];
  const lists: Partial<Record<RestrictionKind, TypedRestriction[]>> = {};
  const entries = { products: nothing(), themes: nothing(), regions: nothing() };
  for (const list of RESTRICTION_KINDS) {
    const kind = kindOf(list);
    const rows: TypedRestriction[] = [];
    for (const [index, row] of typed[list].entries()) {
      const text = row.entry.trim();
      const found = text === '' ? null : (knownAs(known, kind, text) ?? (await onlyByName(database, kind, text)));
      rows.push(found === null ? row : { ...row, entry: labelOf(found) });
      if (found !== null) {
        names.set(`${kind} ${found.id}`, found.name);
        entries[list][row.not === 'true' ? 'exclude' : 'include'].push(found.id);
      } else if (text !== '')
        errors.push({ path: `${list}.${index}.entry`, message: await notFound(database, kind, text, t) });
    }
    lists[list] = rows;
  }
  return { typed: { ...typed, ...lists }, entries, names, errors };
}

const nothing = (): { include: string[]; exclude: string[] } => ({ include: [], exclude: [] });

function kindOf(list: RestrictionKind): CatalogueKind {
  const { catalogue } = fieldNamed(list);
  if (catalogue === undefined) throw new Error(`${list} names nothing of the catalogue`);
  return catalogue;
}

/** All entries the rows may mean by an id, in one look. */
async function entriesById(
  database: Database,
  typed: TypedLists,
  also: readonly EntryRef[],
): Promise<ReadonlyMap<string, CatalogueEntry>> {
  const refs = RESTRICTION_KINDS.flatMap((list) =>
    typed[list].flatMap(({ entry }) => idsIn(entry.trim()).map((id) => ({ kind: kindOf(list), id }))),
  );
  const found = await findNamedEntries(database.knex, [...refs, ...also]);
  return new Map(found.map((entry) => [`${entry.kind} ${entry.id}`, entry]));
}

function knownAs(
  known: ReadonlyMap<string, CatalogueEntry>,
  kind: CatalogueKind,
  text: string,
): CatalogueEntry | undefined {
  return idsIn(text)
    .map((id) => known.get(`${kind} ${id}`))
    .find((entry) => entry !== undefined);
}

/** Entries to offer while somebody types. */
export async function suggestEntries(database: Database, kind: CatalogueKind, q: string): Promise<string[]> {
  return (await listByName(database.knex, kind, { after: null, archived: false, limit: MAX_HITS, q })).map(labelOf);
}

export function labelOf({ id, name }: CatalogueEntry): string {
  return `${name} (${id})`;
}

export async function findNamed(database: Database, kind: CatalogueKind, text: string): Promise<CatalogueEntry | null> {
  const refs = idsIn(text).map((id) => ({ kind, id }));
  const found = await findNamedEntries(database.knex, refs);
  const known = new Map(found.map((entry) => [`${kind} ${entry.id}`, entry]));
  return knownAs(known, kind, text) ?? onlyByName(database, kind, text);
}

async function onlyByName(database: Database, kind: CatalogueKind, text: string): Promise<CatalogueEntry | null> {
  const hits = await listByName(database.knex, kind, { after: null, archived: false, limit: MAX_HITS, q: text });
  const same = hits.filter(({ name }) => name.toLowerCase() === text.toLowerCase());
  return same.length === 1 ? (same[0] ?? null) : null;
}

/** Every id a text may mean: itself, or what ends `Name (id)`; names and ids may hold brackets of their own. */
function idsIn(text: string): string[] {
  const atEnd = text.endsWith(')') ? [...text.matchAll(/ \(/g)].map(({ index }) => text.slice(index + 2, -1)) : [];
  return [text, ...atEnd].filter((id) => id !== '' && id.length <= MAX_ID);
}

async function notFound(database: Database, kind: CatalogueKind, text: string, t: Translate): Promise<string> {
  const hits = (await suggestEntries(database, kind, text)).slice(0, MAX_SUGGESTIONS);
  return hits.length === 0
    ? t('vouchers:entry_unknown', { text })
    : t('vouchers:entry_ambiguous', { text, list: hits.join(', ') });
}

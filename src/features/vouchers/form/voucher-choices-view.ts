import { AppError } from '../../../platform/process/errors.ts';
import type { Database } from '../../../platform/data/db.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import type { Translate } from '../../../platform/html/i18n.ts';
import { listByName, readEntry, type CatalogueEntry, type CatalogueKind } from '../../catalogue/catalogue-service.ts';
import {
  RESTRICTION_KINDS,
  type RestrictionKind,
  type TypedRestriction,
  type TypedVoucher,
} from './typed-voucher-form.ts';

export const CATALOGUE_KIND_OF: Readonly<Record<RestrictionKind, CatalogueKind>> = {
  products: 'product',
  themes: 'theme',
  regions: 'region',
};

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

/** Finds what the rows of products, themes and regions name: by name, by id, or as `Name (id)`. */
export async function resolveEntries<T extends TypedLists>(
  database: Database,
  typed: T,
  t: Translate,
): Promise<ResolvedEntries<T>> {
  const names = new Map<string, string>();
  const errors: FormError[] = [];
  const lists: Partial<Record<RestrictionKind, TypedRestriction[]>> = {};
  const entries = {
    products: { include: [] as string[], exclude: [] as string[] },
    themes: { include: [] as string[], exclude: [] as string[] },
    regions: { include: [] as string[], exclude: [] as string[] },
  };
  for (const list of RESTRICTION_KINDS) {
    const kind = CATALOGUE_KIND_OF[list];
    const rows: TypedRestriction[] = [];
    for (const [index, row] of typed[list].entries()) {
      const text = row.entry.trim();
      const found = text === '' ? null : await findNamed(database, kind, text);
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

/** Entries to offer while somebody types. */
export async function suggestEntries(database: Database, kind: CatalogueKind, q: string): Promise<string[]> {
  return (await listByName(database.knex, kind, { after: null, archived: false, limit: MAX_HITS, q })).map(labelOf);
}

export function labelOf({ id, name }: CatalogueEntry): string {
  return `${name} (${id})`;
}

export async function findNamed(database: Database, kind: CatalogueKind, text: string): Promise<CatalogueEntry | null> {
  for (const id of [text, ...idsAtEnd(text)]) {
    const entry = await readOrNull(database, kind, id);
    if (entry !== null) return entry;
  }
  const hits = await listByName(database.knex, kind, { after: null, archived: false, limit: MAX_HITS, q: text });
  const same = hits.filter(({ name }) => name.toLowerCase() === text.toLowerCase());
  return same.length === 1 ? (same[0] ?? null) : null;
}

/** Every reading of `Name (id)`; names and ids may hold brackets of their own. */
function idsAtEnd(text: string): string[] {
  if (!text.endsWith(')')) return [];
  return [...text.matchAll(/ \(/g)]
    .map(({ index }) => text.slice(index + 2, -1))
    .filter((id) => id !== '' && id.length <= 64);
}

async function readOrNull(database: Database, kind: CatalogueKind, id: string): Promise<CatalogueEntry | null> {
  if (id.length > 64) return null;
  try {
    return await readEntry(database.knex, kind, id);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null;
    throw error;
  }
}

async function notFound(database: Database, kind: CatalogueKind, text: string, t: Translate): Promise<string> {
  const hits = (await suggestEntries(database, kind, text)).slice(0, MAX_SUGGESTIONS);
  return hits.length === 0
    ? t('vouchers:entry_unknown', { text })
    : t('vouchers:entry_ambiguous', { text, list: hits.join(', ') });
}

import { writeAudit } from '../../platform/data/audit.ts';
import {
  inTransaction,
  isBrokenReference,
  isDuplicateKey,
  type Connection,
  type Database,
  type Transaction,
} from '../../platform/data/db.ts';
import { appError } from '../../platform/process/errors.ts';
import {
  countUses,
  deleteEntry,
  findEntries,
  findEntry,
  findKnownIds,
  findNamedEntries,
  insertEntry,
  listByName,
  listEntries,
  listFirstByName,
  updateEntry,
  upsertEntry,
  type CatalogueEntry,
  type CatalogueKind,
  type EntryRef,
  type KeptEntry,
} from './catalogue-store.ts';

export {
  CATALOGUE_KINDS,
  type CatalogueEntry,
  type CatalogueKind,
  type EntryRef,
  type KeptEntry,
} from './catalogue-store.ts';
export { findNamedEntries, listByName, listEntries, listFirstByName };

/** A region lies in so many others at most; a longer way up is a circle. */
const MAX_REGION_DEPTH = 32;
const MAX_COUNTED_USES = 1000;

/** Creates or replaces, as a system that knows its own ids does it. */
export async function saveEntry(
  database: Database,
  kind: CatalogueKind,
  entry: CatalogueEntry,
  actor: string,
  now: number,
): Promise<CatalogueEntry> {
  await inTransaction(database, async (trx) => {
    const before = await findEntry(trx, kind, entry.id);
    if (entry.parent !== null) await requireParent(trx, entry.id, entry.parent);
    await upsertEntry(trx, kind, entry, now);
    await audit(
      trx,
      'save',
      kind,
      entry.id,
      before === null ? { after: entry } : { before: named(before), after: entry },
      actor,
      now,
    );
  });
  return entry;
}

/** A new entry; an id that exists is refused at its field. */
export async function createEntry(
  trx: Transaction,
  kind: CatalogueKind,
  entry: CatalogueEntry,
  actor: string,
  now: number,
): Promise<void> {
  try {
    if (entry.parent !== null) await requireParent(trx, entry.id, entry.parent);
    await insertEntry(trx, kind, entry, now);
  } catch (error) {
    if (isDuplicateKey(error)) throw ruleBroken('id', 'id_taken');
    throw error;
  }
  await audit(trx, 'create', kind, entry.id, { after: entry }, actor, now);
}

export async function changeEntry(
  trx: Transaction,
  kind: CatalogueKind,
  entry: CatalogueEntry,
  actor: string,
  now: number,
): Promise<void> {
  const before = await readEntry(trx, kind, entry.id);
  if (entry.parent !== null) await requireParent(trx, entry.id, entry.parent);
  await updateEntry(trx, kind, entry.id, { name: entry.name, parent: entry.parent }, now);
  await audit(trx, 'save', kind, entry.id, { before: named(before), after: entry }, actor, now);
}

/** Out of the lists people choose from; what names it already goes on as it is. */
export async function setArchived(
  database: Database,
  kind: CatalogueKind,
  id: string,
  isArchived: boolean,
  actor: string,
  now: number,
): Promise<void> {
  await inTransaction(database, async (trx) => {
    await updateEntry(trx, kind, id, { archivedAt: isArchived ? now : null }, now);
    await readEntry(trx, kind, id);
    await audit(trx, isArchived ? 'archive' : 'restore', kind, id, null, actor, now);
  });
}

export async function readEntry(connection: Connection, kind: CatalogueKind, id: string): Promise<KeptEntry> {
  const entry = await findEntry(connection, kind, id);
  if (entry === null) throw appError('not_found');
  return entry;
}

/** The names of entries that are there, by id. */
export async function namesOfEntries(
  connection: Connection,
  kind: CatalogueKind,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const found = await findEntries(connection, kind, [...new Set(ids)]);
  return new Map([...found].map(([id, { name }]) => [id, name]));
}

export async function removeEntry(
  database: Database,
  kind: CatalogueKind,
  id: string,
  actor: string,
  now: number,
): Promise<void> {
  try {
    await inTransaction(database, async (trx) => {
      if (!(await deleteEntry(trx, kind, id))) throw appError('not_found');
      await audit(trx, 'delete', kind, id, null, actor, now);
    });
  } catch (error) {
    if (isBrokenReference(error)) throw appError('in_use');
    throw error;
  }
}

/** In how many vouchers' and campaigns' rules it stands; `isMore`: the counting stopped there. */
export async function usesOf(
  connection: Connection,
  kind: CatalogueKind,
  id: string,
): Promise<{ readonly count: number; readonly isMore: boolean }> {
  const count = await countUses(connection, kind, id, MAX_COUNTED_USES + 1);
  return { count: Math.min(count, MAX_COUNTED_USES), isMore: count > MAX_COUNTED_USES };
}

/** Those of the ids that the catalogue does not know. */
export async function unknownIds(
  connection: Connection,
  kind: CatalogueKind,
  ids: readonly string[],
): Promise<string[]> {
  const known = new Set(await findKnownIds(connection, kind, ids));
  return ids.filter((id) => !known.has(id));
}

/** Those of these places that name an entry the catalogue does not know; one look for all of them. */
export async function unknownAmong<T extends EntryRef>(connection: Connection, places: readonly T[]): Promise<T[]> {
  const known = new Set((await findNamedEntries(connection, places)).map(({ kind, id }) => `${kind} ${id}`));
  return places.filter(({ kind, id }) => !known.has(`${kind} ${id}`));
}

/** Fails where the region would lie in itself, or in one that is not there. */
export async function requireParent(trx: Transaction, id: string, parent: string): Promise<void> {
  let above: string | null = parent;
  for (let depth = 0; above !== null; depth++) {
    if (above === id || depth > MAX_REGION_DEPTH) throw ruleBroken('parent', 'circle');
    const entry: CatalogueEntry | null = await findEntry(trx, 'region', above);
    if (entry === null)
      throw appError('unknown_reference', {
        fields: [{ path: 'parent', code: 'unknown_reference', params: { id: above } }],
      });
    above = entry.parent;
  }
}

async function audit(
  trx: Transaction,
  verb: string,
  kind: CatalogueKind,
  id: string,
  changes: unknown,
  actor: string,
  now: number,
): Promise<void> {
  await writeAudit(trx, [{ recordedAt: now, actor, action: `catalogue.${verb}`, entity: kind, entityId: id, changes }]);
}

function named({ id, name, parent }: CatalogueEntry): CatalogueEntry {
  return { id, name, parent };
}

function ruleBroken(path: string, code: 'id_taken' | 'circle'): Error {
  return appError('rule_broken', { fields: [{ path, code, text: `catalogue:refusal.${code}` }] });
}

import { writeAudit } from '../../platform/audit.ts';
import { inTransaction, isBrokenReference, type Connection, type Database, type Transaction } from '../../platform/db.ts';
import { appError } from '../../platform/errors.ts';
import {
  deleteEntry, findEntry, findKnownIds, listEntries, upsertEntry, type CatalogueEntry, type CatalogueKind,
} from './catalogue-store.ts';

export { listEntries, type CatalogueEntry, type CatalogueKind };

/** A region lies in so many others at most; a longer way up is a circle. */
const MAX_REGION_DEPTH = 32;

export async function saveEntry(database: Database, kind: CatalogueKind, entry: CatalogueEntry, actor: string, now: number): Promise<CatalogueEntry> {
  await inTransaction(database, async (trx) => {
    if (entry.parent !== null) await requireParent(trx, entry.id, entry.parent);
    await upsertEntry(trx, kind, entry, now);
    await writeAudit(trx, [{ recordedAt: now, actor, action: 'catalogue.save', entity: kind, entityId: entry.id, changes: entry }]);
  });
  return entry;
}

export async function readEntry(connection: Connection, kind: CatalogueKind, id: string): Promise<CatalogueEntry> {
  const entry = await findEntry(connection, kind, id);
  if (entry === null) throw appError('not_found');
  return entry;
}

export async function removeEntry(database: Database, kind: CatalogueKind, id: string, actor: string, now: number): Promise<void> {
  try {
    await inTransaction(database, async (trx) => {
      if (!(await deleteEntry(trx, kind, id))) throw appError('not_found');
      await writeAudit(trx, [{ recordedAt: now, actor, action: 'catalogue.delete', entity: kind, entityId: id, changes: null }]);
    });
  } catch (error) {
    if (isBrokenReference(error)) throw appError('in_use');
    throw error;
  }
}

/** Those of the ids that the catalogue does not know. */
export async function unknownIds(connection: Connection, kind: CatalogueKind, ids: readonly string[]): Promise<string[]> {
  const known = new Set(await findKnownIds(connection, kind, ids));
  return ids.filter((id) => !known.has(id));
}

async function requireParent(trx: Transaction, id: string, parent: string): Promise<void> {
  let above: string | null = parent;
  for (let depth = 0; above !== null; depth++) {
    if (above === id || depth > MAX_REGION_DEPTH) {
      const message = { de: 'Eine Region kann nicht in sich selbst liegen.', en: 'A region cannot lie in itself.' };
      throw appError('rule_broken', { fields: [{ path: 'parent', code: 'circle', message }] });
    }
    const entry: CatalogueEntry | null = await findEntry(trx, 'region', above);
    if (entry === null) throw appError('unknown_reference', { fields: [{ path: 'parent', code: 'unknown_reference', params: { id: above } }] });
    above = entry.parent;
  }
}

import { inTransaction, type Connection, type Database } from '../../platform/data/db.ts';
import { appError } from '../../platform/process/errors.ts';
import { changeEntry, readEntry } from './catalogue-service.ts';
import { listRegionsUnder, type RegionRow } from './region-store.ts';

export interface TreeRow {
  readonly id: string;
  readonly name: string;
  readonly depth: number;
  readonly hasChildren: boolean;
  readonly isOpen: boolean;
  /** Whether another region stands above it in the same place, which it can be put into. */
  readonly canIndent: boolean;
  readonly parent: string | null;
}

/** More regions in one place than anybody reads; the search finds the others. */
const MAX_PER_LEVEL = 500;
const MAX_DEPTH = 32;

/** The roots, and the way down to the region that is open with what lies in it. */
export async function regionTree(connection: Connection, open: string | null): Promise<TreeRow[]> {
  const path = await pathTo(connection, open);
  const rows: TreeRow[] = [];
  await addLevel(null, 0);
  return rows;

  async function addLevel(parent: string | null, depth: number): Promise<void> {
    const level = await listRegionsUnder(connection, parent, MAX_PER_LEVEL);
    for (const [index, region] of level.entries()) {
      const isOpen = region.hasChildren && path.includes(region.id);
      rows.push({
        id: region.id,
        name: region.name,
        depth,
        hasChildren: region.hasChildren,
        isOpen,
        canIndent: index > 0,
        parent,
      });
      if (isOpen) await addLevel(region.id, depth + 1);
    }
  }
}

/** Puts a region into the one above it in the same place, or beside the one it lies in. Answers its new parent. */
export async function shiftRegion(
  database: Database,
  id: string,
  direction: 'in' | 'out',
  actor: string,
  now: number,
): Promise<string | null> {
  const region = await readEntry(database.knex, 'region', id);
  const parent =
    direction === 'in'
      ? await neighbourAbove(database.knex, id, region.parent)
      : await grandparent(database.knex, region.parent);
  await moveRegion(database, id, parent, actor, now);
  return parent;
}

export async function moveRegion(
  database: Database,
  id: string,
  parent: string | null,
  actor: string,
  now: number,
): Promise<void> {
  await inTransaction(database, async (trx) => {
    const { name } = await readEntry(trx, 'region', id);
    await changeEntry(trx, 'region', { id, name, parent }, actor, now);
  });
}

/** From the root down to the region itself; empty for none. */
export async function pathTo(connection: Connection, id: string | null): Promise<string[]> {
  const path: string[] = [];
  for (let above = id; above !== null && path.length < MAX_DEPTH;) {
    const entry = await readEntry(connection, 'region', above);
    path.unshift(entry.id);
    above = entry.parent;
  }
  return path;
}

async function neighbourAbove(connection: Connection, id: string, parent: string | null): Promise<string> {
  const level = await listRegionsUnder(connection, parent, MAX_PER_LEVEL);
  const above: RegionRow | undefined = level[level.findIndex((region) => region.id === id) - 1];
  if (above === undefined) throw appError('conflict');
  return above.id;
}

async function grandparent(connection: Connection, parent: string | null): Promise<string | null> {
  if (parent === null) throw appError('conflict');
  return (await readEntry(connection, 'region', parent)).parent;
}

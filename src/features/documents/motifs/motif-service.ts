import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { readImage } from '../../../platform/files/images.ts';
import {
  deleteMotif,
  findMotif,
  findMotifImage,
  insertMotif,
  isMotifUsed,
  listMotifs,
  setMotifArchived,
  updateMotif,
  type Motif,
  type MotifDesign,
} from './motif-store.ts';

export { PANEL_POSITIONS, type Motif, type MotifDesign } from './motif-store.ts';

const MAX_MOTIFS = 500;

/** Motifs to choose from, by name; with a brand only those of it and those for every brand. */
export async function offeredMotifs(connection: Connection, brand: string | null = null): Promise<Motif[]> {
  const motifs = await listMotifs(connection, { archived: false, limit: MAX_MOTIFS });
  return brand === null ? motifs : motifs.filter((motif) => motif.brand === null || motif.brand === brand);
}

export function archivedMotifs(connection: Connection): Promise<Motif[]> {
  return listMotifs(connection, { archived: true, limit: MAX_MOTIFS });
}

export async function readMotif(connection: Connection, id: string): Promise<Motif> {
  const motif = await findMotif(connection, id);
  if (motif === null) throw appError('not_found');
  return motif;
}

/** null: there is none (any more), and a voucher that names it is printed with the first one there is. */
export function motifFor(connection: Connection, id: string | null): Promise<Motif | null> {
  return id === null ? Promise.resolve(null) : findMotif(connection, id);
}

export async function motifImage(connection: Connection, id: string, size: 'image' | 'thumbnail'): Promise<Buffer> {
  const image = await findMotifImage(connection, id, size);
  if (image === null) throw appError('not_found');
  return image;
}

/** Where a motif's picture is fetched; the address changes with the picture, so it is kept for good. */
export function motifAddress(motif: Pick<Motif, 'id' | 'imageHash'>, size: 'image' | 'thumbnail'): string {
  return `/media/motifs/${motif.id}/${size}-${motif.imageHash.slice(0, 16)}.jpg`;
}

/** `source` is the path of an upload, or the picture itself. Throws an `ImageError`. */
export async function createMotif(
  database: Database,
  design: MotifDesign,
  source: string | Buffer,
  actor: string,
  now: number,
): Promise<string> {
  const image = await readImage(source);
  return inTransaction(database, async (trx) => {
    const id = await insertMotif(trx, design, image, now);
    await writeAudit(trx, [
      { recordedAt: now, actor, action: 'motif.create', entity: 'motif', entityId: id, changes: { after: design } },
    ]);
    return id;
  });
}

export async function changeMotif(
  database: Database,
  id: string,
  design: MotifDesign,
  source: string | null,
  actor: string,
  now: number,
): Promise<void> {
  const image = source === null ? null : await readImage(source);
  await inTransaction(database, async (trx) => {
    const { name, brand, position, textColor, panelColor, imageHash } = await readMotif(trx, id);
    await updateMotif(trx, id, design, image);
    const changes = {
      before: { name, brand, position, textColor, panelColor, image: imageHash },
      after: { ...design, image: image?.hash ?? imageHash },
    };
    await writeAudit(trx, [{ recordedAt: now, actor, action: 'motif.change', entity: 'motif', entityId: id, changes }]);
  });
}

export async function archiveMotif(
  database: Database,
  id: string,
  isArchived: boolean,
  actor: string,
  now: number,
): Promise<void> {
  await inTransaction(database, async (trx) => {
    await readMotif(trx, id);
    await setMotifArchived(trx, id, isArchived ? now : null);
    await writeAudit(trx, [
      {
        recordedAt: now,
        actor,
        action: isArchived ? 'motif.archive' : 'motif.restore',
        entity: 'motif',
        entityId: id,
        changes: null,
      },
    ]);
  });
}

export async function removeMotif(database: Database, id: string, actor: string, now: number): Promise<void> {
  await inTransaction(database, async (trx) => {
    await readMotif(trx, id);
    if (await isMotifUsed(trx, id)) throw appError('in_use');
    await deleteMotif(trx, id);
    await writeAudit(trx, [
      { recordedAt: now, actor, action: 'motif.delete', entity: 'motif', entityId: id, changes: null },
    ]);
  });
}

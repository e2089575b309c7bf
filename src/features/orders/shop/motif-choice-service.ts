import type { Connection } from '../../../platform/data/db.ts';
import { isId } from '../../../platform/data/id.ts';
import { motifAddress, motifFor, offeredMotifs } from '../../documents/motifs/motif-service.ts';

/** A motif as the shop offers it. */
export interface OfferedMotif {
  readonly id: string;
  readonly name: string;
  readonly picture: string;
  readonly thumbnail: string;
}

/** Motifs offered at once; a shop with more has no choice but a search. */
const MAX_OFFERED = 24;

export async function shopMotifs(connection: Connection, brand: string | null): Promise<OfferedMotif[]> {
  const motifs = await offeredMotifs(connection, brand);
  return motifs.slice(0, MAX_OFFERED).map((motif) => ({
    id: motif.id,
    name: motif.name,
    picture: motifAddress(motif, 'image'),
    thumbnail: motifAddress(motif, 'thumbnail'),
  }));
}

/** The picture of the motif an order names; empty: it names none there is. */
export async function pictureOf(
  connection: Connection,
  motifId: string | null,
): Promise<{ readonly picture: string; readonly name: string }> {
  const motif = isId(motifId) ? await motifFor(connection, motifId) : null;
  return motif === null ? { picture: '', name: '' } : { picture: motifAddress(motif, 'image'), name: motif.name };
}

import type { Connection } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { createMerklePath, type MerkleStep } from '../../../platform/secrets/merkle-tree.ts';
import { entryText } from '../ledger/ledger-service.ts';
import { findEntryId, findLedgerRow } from '../ledger/ledger-store.ts';
import { sealText } from './seal-service.ts';
import { findHashes, findSealOver, findSealsAfter, sumOfEntries, type Seal } from './seal-store.ts';

const HASHES_PER_STEP = 5000;
/** Told at once: ten years of nights. */
const MAX_LATER_SEALS = 4000;

/** A text and the SHA-256 over its bytes. */
export interface Hashed {
  readonly text: string;
  readonly sha256: string;
}

/**
 * All that is needed to check one entry against a seal without us: the entry as it is hashed, the way from it to the root
 * of its seal, the seal, and every seal after it, each of which names the one before.
 */
export interface EntryProof {
  readonly entry: Hashed & { readonly id: number };
  /** null: the entry is not sealed yet. */
  readonly seal: (Hashed & { readonly id: number; readonly root: string }) | null;
  readonly path: readonly MerkleStep[];
  readonly laterSeals: readonly (Hashed & { readonly id: number })[];
}

export async function entryProof(connection: Connection, id: string): Promise<EntryProof> {
  const row = await findLedgerRow(connection, id);
  if (row === null) throw appError('not_found');
  const { hash, ...unhashed } = row;
  const entry = { id: Number(id), text: entryText(unhashed), sha256: hash };
  const seal = await findSealOver(connection, entry.id);
  if (seal === null) return { entry, seal, path: [], laterSeals: [] };
  const later = await findSealsAfter(connection, seal.id, MAX_LATER_SEALS);
  return {
    entry,
    seal: { ...sealed(seal), root: seal.root },
    path: await pathOf(connection, seal, entry.id),
    laterSeals: later.map(sealed),
  };
}

/** The same for an entry by its place on its voucher. */
export async function voucherEntryProof(
  connection: Connection,
  voucherId: string,
  position: number,
): Promise<EntryProof> {
  const id = await findEntryId(connection, voucherId, position);
  if (id === null) throw appError('not_found');
  return entryProof(connection, id);
}

function sealed(seal: Seal): Hashed & { readonly id: number } {
  return { id: seal.id, text: sealText(seal), sha256: seal.hash };
}

/** The leaves are the hashes of the sealed entries in the order of their ids. */
async function pathOf(connection: Connection, seal: Seal, entryId: number): Promise<MerkleStep[]> {
  const place = (await sumOfEntries(connection, seal.fromId, entryId - 1)).entries;
  const tree = createMerklePath(place);
  for (let after = seal.fromId - 1; ;) {
    const step = await findHashes(connection, after, seal.toId, HASHES_PER_STEP, false);
    for (const { hash } of step) tree.add(hash);
    after = step.at(-1)?.id ?? after;
    if (step.length < HASHES_PER_STEP) return tree.path();
  }
}

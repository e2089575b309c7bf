import { createHash } from 'node:crypto';
import type { Check, Difference } from '../../../core/books/verification.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, type Connection, type Database } from '../../../platform/data/db.ts';
import { canonicalJson } from '../../../platform/data/idempotency.ts';
import { createMerkleTree } from '../../../platform/secrets/merkle-tree.ts';
import { takeLock } from '../ledger/period-store.ts';
import {
  countUnsealed,
  findHashes,
  findLastSeal,
  findSeals,
  findSealsAfter,
  insertSeal,
  readLastEntryId,
  sumOfEntries,
  sumOfTotals,
  type Seal,
} from './seal-store.ts';
import { difference } from './verify-service.ts';

export type { Seal };

const HASHES_PER_STEP = 5000;
const SEALS_PER_STEP = 200;
/** A statement has taken its ids a moment before its rows are there; after this long they are, or never will be. */
const SETTLE_MS = 1000;
const FIRST_SEAL = '0'.repeat(64);

/** Seals what was written since the last seal; null: there is nothing new. */
export async function sealLedger(database: Database, actor: string, now: number): Promise<Seal | null> {
  const toId = await readLastEntryId(database.knex);
  if (toId === 0 || (await findLastSeal(database.knex))?.toId === toId) return null;
  if (database.dialect === 'mysql') await sleep(SETTLE_MS);
  return inTransaction(database, async (trx) => {
    await takeLock(trx, 'seal', now);
    const last = await findLastSeal(trx);
    const fromId = (last?.toId ?? 0) + 1;
    if (toId < fromId) return null;
    const { root, entries } = await merkleRoot(trx, fromId, toId, true);
    const unhashed = {
      id: (last?.id ?? 0) + 1,
      fromId,
      toId,
      entries,
      root,
      previousHash: last?.hash ?? FIRST_SEAL,
      sealedAt: now,
      sealedBy: actor,
    };
    const seal = { ...unhashed, hash: sealHash(unhashed) };
    await insertSeal(trx, seal);
    await writeAudit(trx, [
      {
        recordedAt: now,
        actor,
        action: 'accounting.seal',
        entity: 'accounting',
        entityId: `seal:${seal.id}`,
        changes: { toId, entries, root, hash: seal.hash },
      },
    ]);
    return seal;
  });
}

/** The newest seals first. */
export function listSeals(connection: Connection, beforeId: number | null, limit: number): Promise<Seal[]> {
  return findSeals(connection, beforeId, limit);
}

export function unsealedEntries(connection: Connection): Promise<number> {
  return countUnsealed(connection);
}

export interface SealCheck {
  readonly seals: number;
  readonly problem: Difference | null;
}

/** Builds every tree again from the entries, follows the chain of seals and adds up the totals; the first that is off. */
export async function verifySeals(connection: Connection): Promise<SealCheck> {
  let seals = 0;
  let previous: Seal | null = null;
  for (;;) {
    const step: Seal[] = await findSealsAfter(connection, previous?.id ?? 0, SEALS_PER_STEP);
    for (const seal of step) {
      const problem = await problemOfSeal(connection, seal, previous);
      if (problem !== null) return { seals, problem };
      seals += 1;
      previous = seal;
    }
    if (step.length < SEALS_PER_STEP) return { seals, problem: null };
  }
}

async function problemOfSeal(connection: Connection, seal: Seal, previous: Seal | null): Promise<Difference | null> {
  const differ = (check: Check, expected: string | number, actual: string | number): Difference | null =>
    expected === actual ? null : difference(check, { kind: 'seal', name: String(seal.id) }, expected, actual);
  const { root, entries } = await merkleRoot(connection, seal.fromId, seal.toId, false);
  const sums = {
    totals: await sumOfTotals(connection, seal.id),
    entries: await sumOfEntries(connection, seal.fromId, seal.toId),
  };
  const { hash: _hash, ...unhashed } = seal;
  return (
    differ('seal_number', (previous?.id ?? 0) + 1, seal.id) ??
    differ('seal_start', (previous?.toId ?? 0) + 1, seal.fromId) ??
    differ('seal_link', previous?.hash ?? FIRST_SEAL, seal.previousHash) ??
    differ('seal_entries', seal.entries, entries) ??
    differ('seal_root', seal.root, root) ??
    differ('seal_hash', sealHash(unhashed), seal.hash) ??
    differ('seal_total_entries', sums.entries.entries, sums.totals.entries) ??
    differ('seal_total_sum', sums.entries.cents, sums.totals.cents)
  );
}

async function merkleRoot(
  connection: Connection,
  fromId: number,
  toId: number,
  lock: boolean,
): Promise<{ readonly root: string; readonly entries: number }> {
  const tree = createMerkleTree();
  let entries = 0;
  for (let after = fromId - 1; ;) {
    const step = await findHashes(connection, after, toId, HASHES_PER_STEP, lock);
    for (const { hash } of step) tree.add(hash);
    entries += step.length;
    after = step.at(-1)?.id ?? after;
    if (step.length < HASHES_PER_STEP) return { root: tree.root(), entries };
  }
}

function sealHash(seal: Omit<Seal, 'hash'>): string {
  return createHash('sha256').update(sealText(seal)).digest('hex');
}

/** What is hashed of a seal. */
export function sealText({
  id,
  fromId,
  toId,
  entries,
  root,
  previousHash,
  sealedAt,
  sealedBy,
}: Omit<Seal, 'hash'>): string {
  return canonicalJson({ version: 1, id, fromId, toId, entries, root, previousHash, sealedAt, sealedBy });
}

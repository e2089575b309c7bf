import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

export interface Seal {
  readonly id: number;
  /** The entries it covers, by their ids, both included. */
  readonly fromId: number;
  readonly toId: number;
  readonly entries: number;
  /** Root of the Merkle tree over the hashes of the entries, in the order of their ids. */
  readonly root: string;
  readonly previousHash: string;
  readonly hash: string;
  readonly sealedAt: number;
  readonly sealedBy: string;
}

export async function findLastSeal(knex: Knex): Promise<Seal | null> {
  return (await findSeals(knex, null, 1))[0] ?? null;
}

/** The newest first. */
export async function findSeals(knex: Knex, beforeId: number | null, limit: number): Promise<Seal[]> {
  const query = knex('ledger_seals').orderBy('id', 'desc').limit(limit);
  if (beforeId !== null) void query.where('id', '<', beforeId);
  return (await query.select<SealRow[]>()).map(toSeal);
}

/** The seal that covers an entry; null: none does yet. */
export async function findSealOver(knex: Knex, entryId: number): Promise<Seal | null> {
  const row = await knex('ledger_seals')
    .where('from_id', '<=', entryId)
    .where('to_id', '>=', entryId)
    .first<SealRow | undefined>();
  return row === undefined ? null : toSeal(row);
}

/** From the first on. */
export async function findSealsAfter(knex: Knex, afterId: number, limit: number): Promise<Seal[]> {
  return (await knex('ledger_seals').where('id', '>', afterId).orderBy('id').limit(limit).select<SealRow[]>()).map(
    toSeal,
  );
}

export async function readLastEntryId(knex: Knex): Promise<number> {
  const row = await knex('ledger_entries').orderBy('id', 'desc').first<{ id: number | string } | undefined>('id');
  return toSafeInteger(row?.id);
}

export async function countUnsealed(knex: Knex): Promise<number> {
  const row = await knex('ledger_entries')
    .where('id', '>', knex.raw('(select coalesce(max(s.to_id), 0) from ledger_seals s)'))
    .first<{ entries: unknown } | undefined>(knex.raw('count(*) as entries'));
  return toSafeInteger(row?.entries);
}

/** Hashes by id. `lock` waits for writers that are in the middle of it, so that no entry of the range comes later. */
export async function findHashes(
  knex: Knex,
  afterId: number,
  toId: number,
  limit: number,
  lock: boolean,
): Promise<{ readonly id: number; readonly hash: string }[]> {
  const query = knex('ledger_entries').where('id', '>', afterId).where('id', '<=', toId).orderBy('id').limit(limit);
  if (lock) void query.forShare();
  const rows = await query.select<{ id: number | string; hash: string }[]>('id', 'hash');
  return rows.map(({ id, hash }) => ({ id: toSafeInteger(id), hash }));
}

export async function insertSeal(trx: Knex.Transaction, seal: Seal): Promise<void> {
  await trx('ledger_seals').insert({
    id: seal.id,
    from_id: seal.fromId,
    to_id: seal.toId,
    entries: seal.entries,
    root: seal.root,
    previous_hash: seal.previousHash,
    hash: seal.hash,
    sealed_at: seal.sealedAt,
    sealed_by: seal.sealedBy,
  });
  await trx.raw(
    `insert into ledger_totals (seal_id, posted_on, event, debit_role, credit_role, type, brand_id, currency, cents, entries)
     select ?, e.posted_on, e.event, e.debit_role, e.credit_role, coalesce(v.type, ''), coalesce(r.brand_id, s.brand_id), e.currency, sum(e.cents), count(*)
       from ledger_entries e left join vouchers v on v.id = e.voucher_id left join voucher_rules r on r.id = v.rules_id left join ledger_subjects s on s.id = e.chain_id
       where e.id >= ? and e.id <= ?
       group by e.posted_on, e.event, e.debit_role, e.credit_role, coalesce(v.type, ''), coalesce(r.brand_id, s.brand_id), e.currency`,
    [seal.id, seal.fromId, seal.toId],
  );
}

/** Sums of each seal's totals beside what its entries add up to now; the first that differs. */
export async function sumOfTotals(
  knex: Knex,
  sealId: number,
): Promise<{ readonly cents: number; readonly entries: number }> {
  const row = await knex('ledger_totals')
    .where({ seal_id: sealId })
    .first<Record<string, unknown> | undefined>(
      knex.raw('coalesce(sum(cents), 0) as cents, coalesce(sum(entries), 0) as entries'),
    );
  return { cents: toSafeInteger(row?.['cents']), entries: toSafeInteger(row?.['entries']) };
}

export async function sumOfEntries(
  knex: Knex,
  fromId: number,
  toId: number,
): Promise<{ readonly cents: number; readonly entries: number }> {
  const row = await knex('ledger_entries')
    .whereBetween('id', [fromId, toId])
    .first<Record<string, unknown> | undefined>(knex.raw('coalesce(sum(cents), 0) as cents, count(*) as entries'));
  return { cents: toSafeInteger(row?.['cents']), entries: toSafeInteger(row?.['entries']) };
}

interface SealRow {
  readonly id: number | string;
  readonly from_id: number | string;
  readonly to_id: number | string;
  readonly entries: number | string;
  readonly root: string;
  readonly previous_hash: string;
  readonly hash: string;
  readonly sealed_at: number | string;
  readonly sealed_by: string;
}

function toSeal(row: SealRow): Seal {
  return {
    id: toSafeInteger(row.id),
    fromId: toSafeInteger(row.from_id),
    toId: toSafeInteger(row.to_id),
    entries: toSafeInteger(row.entries),
    root: row.root,
    previousHash: row.previous_hash,
    hash: row.hash,
    sealedAt: toSafeInteger(row.sealed_at),
    sealedBy: row.sealed_by,
  };
}

import type { Knex } from 'knex';

export const LINK_KINDS = ['reissue', 'split', 'merge', 'residual'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** One voucher became another: how, and how much value went over. */
export interface VoucherLink {
  readonly fromId: string;
  readonly toId: string;
  readonly kind: LinkKind;
  readonly cents: number;
  readonly at: number;
}

export async function insertLinks(trx: Knex.Transaction, links: readonly VoucherLink[]): Promise<void> {
  await trx('voucher_links').insert(
    links.map(({ fromId, toId, kind, cents, at }) => ({ from_id: fromId, to_id: toId, kind, cents, created_at: at })),
  );
}

/** The links of these vouchers in both directions, at most `limit`. */
export async function findLinks(knex: Knex, ids: readonly string[], limit: number): Promise<VoucherLink[]> {
  if (ids.length === 0) return [];
  const columns = ['from_id', 'to_id', 'kind', 'cents', 'created_at'];
  const forwards = await knex('voucher_links')
    .whereIn('from_id', [...ids])
    .orderBy('id')
    .limit(limit)
    .select<LinkRow[]>(columns);
  const backwards = await knex('voucher_links')
    .whereIn('to_id', [...ids])
    .orderBy('id')
    .limit(limit)
    .select<LinkRow[]>(columns);
  return [...forwards, ...backwards].map((row) => ({
    fromId: String(row.from_id),
    toId: String(row.to_id),
    kind: row.kind,
    cents: Number(row.cents),
    at: Number(row.created_at),
  }));
}

/** Locks these vouchers in the order of their codes, as everything that locks several does; their ids. */
export async function lockVouchersInOrder(trx: Knex.Transaction, ids: readonly string[]): Promise<string[]> {
  const codes = await trx('vouchers')
    .whereIn('id', [...ids])
    .pluck<string[]>('normalised_code');
  const rows = await trx('vouchers')
    .whereIn('normalised_code', codes)
    .orderBy('normalised_code')
    .forUpdate()
    .select<{ id: number | string }[]>('id');
  return rows.map(({ id }) => String(id));
}

interface LinkRow {
  readonly from_id: number | string;
  readonly to_id: number | string;
  readonly kind: LinkKind;
  readonly cents: number | string;
  readonly created_at: number | string;
}

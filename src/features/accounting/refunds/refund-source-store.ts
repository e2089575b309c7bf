import type { Knex } from 'knex';
import type { OrderMethod } from '../../../core/books/order-postings.ts';

/** What is known of a voucher that is to be refunded, in one look. */
export interface SourceRow {
  readonly voucherNumber: string | null;
  readonly order: { readonly id: string; readonly number: string } | null;
  readonly buyer: string | null;
  readonly recipient: string | null;
  /** The roles on which value came onto it. */
  readonly roles: readonly string[];
  /** It came of another voucher: by a new code, a split, a merge or a rest. */
  readonly hasAncestor: boolean;
}

export async function findSource(knex: Knex, voucherId: string): Promise<SourceRow> {
  const row = await knex('vouchers as v')
    .leftJoin('order_vouchers as ov', 'ov.voucher_id', 'v.id')
    .leftJoin('orders as o', 'o.id', 'ov.order_id')
    .leftJoin('order_people as p', 'p.order_id', 'o.id')
    .leftJoin('voucher_recipients as w', 'w.voucher_id', 'v.id')
    .where('v.id', voucherId)
    .first<RawSource | undefined>(
      'v.number',
      'o.id as order_id',
      'o.number as order_number',
      'p.buyer_name',
      'w.name as recipient',
      knex.raw('(select max(l.from_id) from voucher_links l where l.to_id = v.id) as ancestor_id'),
      knex.raw(
        `(select group_concat(distinct e.debit_role) from ledger_entries e where e.voucher_id = v.id
           and e.event in ('sale', 'top_up', 'issue', 'transfer_in') and e.debit_role not like 'MEMO%') as roles`,
      ),
    );
  if (row === undefined) throw new Error('a voucher to be refunded is gone');
  return {
    voucherNumber: row.number,
    order: row.order_id === null ? null : { id: String(row.order_id), number: row.order_number ?? '' },
    buyer: row.buyer_name,
    recipient: row.recipient,
    roles: row.roles === null ? [] : row.roles.split(','),
    hasAncestor: row.ancestor_id !== null,
  };
}

/** The order that one of these vouchers was bought with; the oldest where there are several. */
export async function findOrderOf(
  knex: Knex,
  voucherIds: readonly string[],
): Promise<(NonNullable<SourceRow['order']> & { readonly buyer: string | null }) | null> {
  const row = await knex('order_vouchers as v')
    .join('orders as o', 'o.id', 'v.order_id')
    .leftJoin('order_people as p', 'p.order_id', 'o.id')
    .whereIn('v.voucher_id', [...voucherIds])
    .orderBy('o.id')
    .first<{ id: number | string; number: string; buyer_name: string | null } | undefined>(
      'o.id',
      'o.number',
      'p.buyer_name',
    );
  return row === undefined ? null : { id: String(row.id), number: row.number, buyer: row.buyer_name };
}

/** The vouchers that these came of: one step. */
export async function findParents(knex: Knex, voucherIds: readonly string[]): Promise<string[]> {
  const parents = await knex('voucher_links')
    .whereIn('to_id', [...voucherIds])
    .orderBy('from_id')
    .distinct<{ from_id: number | string }[]>('from_id');
  return parents.map(({ from_id: id }) => String(id));
}

export interface SourcePayment {
  readonly method: OrderMethod;
  /** The provider's own id where it told of the payment. */
  readonly providerId: string | null;
}

export async function findSourcePayments(knex: Knex, orderId: string): Promise<SourcePayment[]> {
  const payments = await knex('order_payments')
    .where({ order_id: orderId })
    .orderBy('id')
    .select<{ method: OrderMethod; source_key: string }[]>('method', 'source_key');
  return payments.map(({ method, source_key: key }) => ({
    method,
    providerId: key.startsWith(TOLD) ? key.slice(TOLD.length) : null,
  }));
}

/** Begins the key of a payment that the provider told. */
const TOLD = 'webhook:';

interface RawSource {
  readonly number: string | null;
  readonly order_id: number | string | null;
  readonly order_number: string | null;
  readonly buyer_name: string | null;
  readonly recipient: string | null;
  readonly ancestor_id: number | string | null;
  readonly roles: string | null;
}

import type { OrderMethod } from '../../../core/books/order-postings.ts';
import { refundWayOf, type RefundWay } from '../../../core/sale/refund.ts';
import type { Connection } from '../../../platform/data/db.ts';
import { findOrderOf, findParents, findSource, findSourcePayments, type SourceRow } from './refund-source-store.ts';
import type { RefundTarget } from './refund-store.ts';

/** Whose money a voucher stands for, and how it goes back by itself. */
export interface RefundSource extends RefundTarget {
  readonly voucherNumber: string | null;
  readonly order: SourceRow['order'];
}

/** How far a voucher is followed back over new codes, parts and merged ones. */
const MAX_STEPS = 100;
const MAX_ANCESTORS = 500;

/** The order that a voucher came of, itself or by what it replaces; who is to be paid, and in the way the money came. */
export async function refundSource(connection: Connection, voucherId: string): Promise<RefundSource> {
  const source = await findSource(connection, voucherId);
  const { voucherNumber, roles } = source;
  const found = source.order === null && source.hasAncestor ? await orderOfAncestors(connection, voucherId) : null;
  const order = source.order ?? found;
  const payee = source.buyer ?? found?.buyer ?? source.recipient ?? '';
  const target = { payee, iban: '', providerReference: '' };
  if (order === null) return { voucherNumber, order, ...target, way: refundWayOf(roles) };
  const ofOrder = await refundWayOfOrder(connection, order.id);
  // Of an order's money the payments tell, because it came onto the order's open item.
  const isIndirect = roles.some((role) => role === 'DEBITOR' || role === 'TRANSFER');
  const way = isIndirect ? ofOrder.way : refundWayOf(roles);
  const providerReference = way === 'provider' ? ofOrder.providerReference : '';
  return { voucherNumber, order: { id: order.id, number: order.number }, ...target, way, providerReference };
}

/** How the money of an order goes back: the way it came, where all of it came in one. */
export async function refundWayOfOrder(
  connection: Connection,
  orderId: string,
): Promise<{ readonly way: RefundWay; readonly providerReference: string }> {
  const payments = await findSourcePayments(connection, orderId);
  const way = refundWayOf(payments.map(({ method }) => ROLE_OF_METHOD[method]));
  const told = payments.find(({ providerId }) => providerId !== null)?.providerId ?? '';
  return { way, providerReference: way === 'provider' ? told : '' };
}

const ROLE_OF_METHOD: Readonly<Record<OrderMethod, string>> = {
  bank_transfer: 'BANK',
  cash: 'CASH_OFFICE',
  till: 'CASH',
  online: 'TRANSIT',
  other: 'TRANSIT',
  other_order: 'TRANSFER',
};

async function orderOfAncestors(
  connection: Connection,
  voucherId: string,
): Promise<Awaited<ReturnType<typeof findOrderOf>>> {
  const known = new Set([voucherId]);
  let edge = [voucherId];
  for (let step = 0; edge.length > 0 && step < MAX_STEPS && known.size < MAX_ANCESTORS; step++) {
    edge = (await findParents(connection, edge)).filter((id) => !known.has(id));
    for (const id of edge) known.add(id);
  }
  return findOrderOf(connection, [...known]);
}

import type { Connection } from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import { listRefunds, sumRefunds, type RefundFilter, type RefundPage } from './refund-list-store.ts';
import {
  countUnpaidRefunds,
  findOpenCredits,
  findRefundByNumber,
  findRefundsOf,
  findUnpaidRefundsOfOrder,
  type Refund,
} from './refund-store.ts';

export type { RefundFilter };

/** A page of what a filter finds, the newest first. */
export function refundPage(connection: Connection, page: RefundPage): Promise<Page<Refund>> {
  return readPage(page.limit, (limit) => listRefunds(connection, { ...page, limit }));
}

/** Everything a filter finds, added up by currency. */
export function refundSums(
  connection: Connection,
  filter: RefundFilter,
): Promise<{ readonly currency: string; readonly cents: number; readonly refunds: number }[]> {
  return sumRefunds(connection, filter);
}

export function refundByNumber(connection: Connection, number: string): Promise<Refund | null> {
  return findRefundByNumber(connection, number);
}

/** Decided and not paid, of an order; oldest first. */
export function unpaidRefundsOf(connection: Connection, orderId: string): Promise<Refund[]> {
  return findUnpaidRefundsOfOrder(connection, orderId);
}

const MAX_OF_OWNER = 100;

export function refundsOf(
  connection: Connection,
  owner: { readonly voucherId: string } | { readonly orderId: string },
): Promise<Refund[]> {
  return findRefundsOf(connection, owner, MAX_OF_OWNER);
}

export function unpaidRefunds(connection: Connection, limit: number): Promise<number> {
  return countUnpaidRefunds(connection, limit);
}

/** What is owed back to a partner and neither ordered, paid nor set off. */
export function openCredits(connection: Connection, partnerId: string): Promise<Refund[]> {
  return findOpenCredits(connection, partnerId, MAX_OF_OWNER);
}

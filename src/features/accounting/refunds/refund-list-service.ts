import type { Connection } from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import { listRefunds, sumRefunds, type RefundFilter, type RefundPage } from './refund-list-store.ts';
import type { Refund } from './refund-store.ts';

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

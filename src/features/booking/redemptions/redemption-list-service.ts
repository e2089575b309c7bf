import type { Database } from '../../../platform/data/db.ts';
import { readPage, type Page } from '../../../platform/data/page.ts';
import { listRedemptions, type RedemptionFilter, type RedemptionRow } from './redemption-list-store.ts';

export type { RedemptionFilter, RedemptionRow };

/** The newest first. */
export function redemptionPage(database: Database, filter: RedemptionFilter): Promise<Page<RedemptionRow>> {
  return readPage(filter.limit, (limit) => listRedemptions(database.knex, { ...filter, limit }));
}

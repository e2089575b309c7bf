import type { Database } from '../../../platform/data/db.ts';
import { listRedemptions, type RedemptionFilter, type RedemptionRow } from './redemption-list-store.ts';

export type { RedemptionFilter, RedemptionRow };

/** A page of redemptions and whether older ones follow. */
export async function redemptionPage(
  database: Database,
  filter: RedemptionFilter,
): Promise<{ readonly rows: readonly RedemptionRow[]; readonly hasMore: boolean }> {
  const found = await listRedemptions(database.knex, { ...filter, limit: filter.limit + 1 });
  return { rows: found.slice(0, filter.limit), hasMore: found.length > filter.limit };
}

import type { Database } from '../../../platform/data/db.ts';
import { countExpiring } from './voucher-expiring-store.ts';

const MAX_COUNTED = 1000;

/** How many vouchers with value end in a span of days; `isMore`: the counting stopped there. */
export async function expiringBetween(
  database: Database,
  from: string,
  until: string,
): Promise<{ readonly count: number; readonly isMore: boolean }> {
  const found = await countExpiring(database.knex, from, until, MAX_COUNTED + 1);
  return { count: Math.min(found, MAX_COUNTED), isMore: found > MAX_COUNTED };
}

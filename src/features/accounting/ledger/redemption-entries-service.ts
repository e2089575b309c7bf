import type { Connection } from '../../../platform/data/db.ts';
import { findRedemptionEntries, type RedemptionEntry } from './redemption-entries-store.ts';

export type { RedemptionEntry };

const MAX_ENTRIES = 500;

export function entriesOfRedemption(connection: Connection, redemptionId: string): Promise<RedemptionEntry[]> {
  return findRedemptionEntries(connection, redemptionId, MAX_ENTRIES);
}

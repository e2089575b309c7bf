import { readAudit } from '../../../platform/data/audit.ts';
import type { Database } from '../../../platform/data/db.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { readLedger, type LedgerRow } from '../../accounting/ledger/ledger-service.ts';
import { readVoucher } from './voucher-service.ts';
import { findRedemptions, type VoucherRedemption } from './voucher-use-store.ts';

export interface HistoryEntry {
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly changes: unknown;
}

/** Changes told at once; older ones stay in the log. */
export const MAX_HISTORY = 200;
const MAX_ENTRIES = 1000;

/** The newest changes first. */
export async function historyOf(database: Database, id: string, moment: Moment): Promise<HistoryEntry[]> {
  await readVoucher(database.knex, id, moment);
  const records = await readAudit(database.knex, 'voucher', id, MAX_HISTORY);
  return records.map((record) => ({ ...record, at: new Date(record.at).toISOString() }));
}

export async function entriesOf(database: Database, id: string, moment: Moment): Promise<LedgerRow[]> {
  await readVoucher(database.knex, id, moment);
  return readLedger(database.knex, id, MAX_ENTRIES);
}

export async function redemptionsOf(database: Database, id: string): Promise<VoucherRedemption[]> {
  return findRedemptions(database.knex, id, MAX_HISTORY);
}

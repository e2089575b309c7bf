import type { Moment } from '../../../platform/process/clock.ts';
import type { VoucherStatus } from '../../../core/engine/lifecycle.ts';
import type { Database } from '../../../platform/data/db.ts';
import { findVoucherByCode } from '../../vouchers/record/voucher-service.ts';

export interface Balance {
  readonly code: string;
  readonly available: number;
  readonly currency: string;
  readonly bookUntil: string | null;
  readonly status: VoucherStatus;
}

/** What is left on a voucher with stored value; null when no such code stores any. */
export async function readBalance(database: Database, code: string, moment: Moment): Promise<Balance | null> {
  const voucher = await findVoucherByCode(database, code, moment);
  if (voucher === null || voucher.available === null) return null;
  const { available, currency, validity, status } = voucher;
  return { code: voucher.code, available, currency, bookUntil: validity.bookUntil, status };
}

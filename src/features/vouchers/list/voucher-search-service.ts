import { AppError } from '../../../platform/process/errors.ts';
import { isId } from '../../../platform/data/id.ts';
import type { Database } from '../../../platform/data/db.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { findVoucher, findVoucherByCode, voucherOfNumber, vouchersOfBooking } from '../record/voucher-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';

/** By code, by number, or by a booking that used one voucher only. */
export async function findVoucherExactly(database: Database, q: string, moment: Moment): Promise<string | null> {
  const voucher = (await findVoucherByCode(database, q, moment)) ?? (await findById(database, q, moment));
  if (voucher !== null) return voucher.id;
  const ofNumber = await voucherOfNumber(database, q);
  if (ofNumber !== null) return ofNumber;
  const ofBooking = await vouchersOfBooking(database, q);
  return ofBooking.length === 1 ? (ofBooking[0] ?? null) : null;
}

async function findById(database: Database, id: string, moment: Moment): Promise<VoucherView | null> {
  if (!isId(id)) return null;
  try {
    return await findVoucher(database, id, moment);
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null;
    throw error;
  }
}

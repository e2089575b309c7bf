import type { Knex } from 'knex';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';

export interface PaymentRow {
  readonly entryId: string;
  readonly bookingNumber: string;
  readonly postedOn: string;
  readonly voucherId: string;
  readonly voucherNumber: string | null;
  readonly type: VoucherType;
  readonly brand: string | null;
  readonly valueRole: string;
  /** Below 0: given back. */
  readonly cents: number;
  readonly currency: string;
  readonly redemptionId: string;
}

/** What vouchers with value paid on bookings, and what was given back; a discount is no payment and is none of these. */
export async function findPaymentRows(
  knex: Knex,
  filter: { readonly booking: string | null; readonly from: string | null; readonly to: string | null },
  before: readonly [string, string] | null,
  limit: number,
): Promise<PaymentRow[]> {
  // Left joins, though every entry has both: they keep MariaDB from walking the vouchers instead of the days.
  const query = knex('ledger_entries as e')
    .leftJoin('vouchers as v', 'v.id', 'e.voucher_id')
    .leftJoin('voucher_rules as r', 'r.id', 'v.rules_id')
    .whereIn('e.event', ['redemption', 'redemption_reversal'])
    .whereRaw("(v.type is null or v.type <> 'discount')")
    // The share of a bonus is a price cut.
    .whereRaw("(v.type is null or v.type <> 'purchase' or (e.debit_role <> 'RABATT' and e.credit_role <> 'RABATT'))")
    .where((either) => void either.where('e.credit_role', 'DEBITOR').orWhere('e.debit_role', 'DEBITOR'))
    .orderBy([
      { column: 'e.posted_on', order: 'desc' },
      { column: 'e.id', order: 'desc' },
    ])
    .limit(limit);
  if (filter.booking !== null) void query.where('e.booking_number', filter.booking);
  if (filter.from !== null) void query.where('e.posted_on', '>=', filter.from);
  if (filter.to !== null) void query.where('e.posted_on', '<=', filter.to);
  if (before !== null)
    void query.whereRaw('(e.posted_on < ? or (e.posted_on = ? and e.id < ?))', [before[0], before[0], before[1]]);
  const rows = await query.select<Record<string, string | number | null>[]>(
    'e.id',
    'e.booking_number',
    'e.posted_on',
    'e.voucher_id',
    'v.number',
    'v.type',
    'r.brand_id',
    'e.debit_role',
    'e.credit_role',
    'e.cents',
    'e.currency',
    'e.redemption_id',
  );
  return rows.map((row) => {
    const isBack = row['debit_role'] === 'DEBITOR';
    return {
      entryId: String(row['id']),
      bookingNumber: String(row['booking_number']),
      postedOn: String(row['posted_on']),
      voucherId: String(row['voucher_id']),
      voucherNumber: row['number'] === null || row['number'] === undefined ? null : String(row['number']),
      type: row['type'] as VoucherType,
      brand: row['brand_id'] === null || row['brand_id'] === undefined ? null : String(row['brand_id']),
      valueRole: String(isBack ? row['credit_role'] : row['debit_role']),
      cents: isBack ? -toSafeInteger(row['cents']) : toSafeInteger(row['cents']),
      currency: String(row['currency']),
      redemptionId: String(row['redemption_id']),
    };
  });
}

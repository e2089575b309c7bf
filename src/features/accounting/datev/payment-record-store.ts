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
  /** null: goodwill, which no money stands behind. */
  readonly valueRole: string | null;
  /** What the voucher paid of the trip; below 0: given back. */
  readonly cents: number;
  /** Of it what somebody paid for. */
  readonly paid: number;
  /** Of it what was given away: a price cut. */
  readonly bonus: number;
  readonly currency: string;
  readonly redemptionId: string;
  /** The export run it is in. */
  readonly runId: string | null;
}

/** Entries of the same step of the same purchase: what was paid, and the share of a bonus. */
const SAME_STEP =
  "from ledger_entries b where b.voucher_id = e.voucher_id and b.redemption_id = e.redemption_id and b.event = e.event and b.recorded_at = e.recorded_at and b.posted_on = e.posted_on and (b.reversal_id = e.reversal_id or (b.reversal_id is null and e.reversal_id is null)) and v.type = 'purchase'";
const BONUS_BESIDE = `select coalesce(sum(b.cents), 0) ${SAME_STEP} and b.id <> e.id and (b.debit_role = 'RABATT' or b.credit_role = 'RABATT')`;
const PAID_BESIDE = `select 1 ${SAME_STEP} and (b.debit_role = 'V_KAUF' or b.credit_role = 'V_KAUF')`;

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
    .leftJoin('export_entries as x', 'x.entry_id', 'e.id')
    .whereIn('e.event', ['redemption', 'redemption_reversal'])
    .whereRaw("(v.type is null or v.type <> 'discount')")
    // The share of a bonus is told beside what was paid; where all of a step was given away, it stands alone.
    .whereRaw(
      `(v.type is null or v.type <> 'purchase' or (e.debit_role <> 'RABATT' and e.credit_role <> 'RABATT') or not exists (${PAID_BESIDE}))`,
    )
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
  const rows = await query.select<Record<string, string | number | null>[]>(...columnsOf(knex));
  return rows.map(toPaymentRow);
}

function columnsOf(knex: Knex): (string | Knex.Raw)[] {
  return [
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
    'x.run_id',
    knex.raw(`(${BONUS_BESIDE}) as bonus`),
  ];
}

function toPaymentRow(row: Record<string, string | number | null>): PaymentRow {
  const isBack = row['debit_role'] === 'DEBITOR';
  const sign = isBack ? -1 : 1;
  const valueRole = String(isBack ? row['credit_role'] : row['debit_role']);
  const [own, beside] = [toSafeInteger(row['cents']), toSafeInteger(row['bonus'])];
  const paid = valueRole === 'RABATT' ? 0 : own;
  const bonus = own - paid + beside;
  return {
    entryId: String(row['id']),
    bookingNumber: String(row['booking_number']),
    postedOn: String(row['posted_on']),
    voucherId: String(row['voucher_id']),
    voucherNumber: row['number'] === null || row['number'] === undefined ? null : String(row['number']),
    type: row['type'] as VoucherType,
    brand: row['brand_id'] === null || row['brand_id'] === undefined ? null : String(row['brand_id']),
    valueRole: valueRole === 'RABATT' ? null : valueRole,
    cents: sign * (paid + bonus),
    paid: sign * paid,
    bonus: sign * bonus,
    currency: String(row['currency']),
    redemptionId: String(row['redemption_id']),
    runId: row['run_id'] === null || row['run_id'] === undefined ? null : String(row['run_id']),
  };
}

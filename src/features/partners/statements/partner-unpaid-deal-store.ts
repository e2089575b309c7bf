import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

export interface UnpaidDeal {
  readonly lineId: string;
  readonly redemptionId: string;
  readonly voucherId: string;
  readonly voucherNumber: string | null;
  readonly code: string;
  readonly bookingNumber: string;
  readonly currency: string;
  readonly redeemedAt: number;
  readonly counts: number;
  /** null: no document of ours stands for it. */
  readonly owed: number | null;
}

/** Travelled but not paid: the partner's redeemed deals of these days that are unpaid and that no row of the statement is about. */
export async function findUnpaidDeals(
  knex: Knex,
  statement: { readonly id: string; readonly partnerId: string },
  span: { readonly from: number; readonly before: number },
  { afterId, limit }: { readonly afterId: string | null; readonly limit: number },
): Promise<UnpaidDeal[]> {
  const query = knex('redemption_lines as l')
    .join('redemptions as d', 'd.id', 'l.redemption_id')
    .join('vouchers as v', 'v.id', 'l.voucher_id')
    .leftJoin('partner_invoices as i', 'i.live_line_id', 'l.id')
    .leftJoin('partner_clearings as c', 'c.live_line_id', 'l.id')
    .leftJoin('deal_sale_uses as u', 'u.live_line_id', 'l.id')
    .leftJoin(
      'partner_statement_lines as s',
      (on) => void on.on('s.line_id', 'l.id').andOnVal('s.statement_id', statement.id),
    )
    .where('l.deal_partner_id', statement.partnerId)
    .where('l.deal_redeemed_at', '>=', span.from)
    .where('l.deal_redeemed_at', '<', span.before)
    .whereRaw('l.applied > l.reversed')
    .whereNull('s.id')
    .whereNull('u.id')
    .whereNull('c.paid_on')
    .where((open) => void open.whereNull('i.state').orWhere('i.state', 'open'))
    .where((owed) => void owed.whereNull('c.id').orWhere('c.owed', '>', 0))
    .orderBy('l.id')
    .limit(limit);
  if (afterId !== null) void query.where('l.id', '>', afterId);
  return (await query.select<UnpaidRow[]>(...UNPAID_COLUMNS)).map(toUnpaidDeal);
}

const UNPAID_COLUMNS = [
  'l.id',
  'l.redemption_id',
  'l.voucher_id',
  'v.number',
  'v.code',
  'd.booking_number',
  'd.currency',
  'l.deal_redeemed_at',
  'l.applied',
  'l.reversed',
  'i.owed as invoice_owed',
  'c.owed as clearing_owed',
] as const;

interface UnpaidRow {
  readonly id: number | string;
  readonly redemption_id: number | string;
  readonly voucher_id: number | string;
  readonly number: string | null;
  readonly code: string;
  readonly booking_number: string;
  readonly currency: string;
  readonly deal_redeemed_at: number | string;
  readonly applied: number | string;
  readonly reversed: number | string;
  readonly invoice_owed: number | string | null;
  readonly clearing_owed: number | string | null;
}

function toUnpaidDeal(row: UnpaidRow): UnpaidDeal {
  const owed = row.invoice_owed ?? row.clearing_owed;
  return {
    lineId: String(row.id),
    redemptionId: String(row.redemption_id),
    voucherId: String(row.voucher_id),
    voucherNumber: row.number,
    code: row.code,
    bookingNumber: row.booking_number,
    currency: row.currency,
    redeemedAt: toSafeInteger(row.deal_redeemed_at),
    counts: toSafeInteger(row.applied) - toSafeInteger(row.reversed),
    owed: owed === null ? null : toSafeInteger(owed),
  };
}

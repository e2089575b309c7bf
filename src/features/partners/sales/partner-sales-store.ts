import type { Knex } from 'knex';

/** What decides whether a partner may report the sale of a voucher. */
export interface SellableDeal {
  readonly voucherId: string;
  readonly isDeal: boolean;
  /** By its rules today; null: none. */
  readonly partnerId: string | null;
  readonly isEnded: boolean;
  readonly isInvoiced: boolean;
}

export async function findSellableDeals(knex: Knex, voucherIds: readonly string[]): Promise<SellableDeal[]> {
  const rows = await knex('vouchers as v')
    .join('voucher_rules as r', 'r.id', 'v.rules_id')
    .whereIn('v.id', [...voucherIds])
    .select<SellableRow[]>(
      'v.id',
      'v.type',
      'r.partner_id',
      'v.cancelled_at',
      'v.replaced_by_id',
      'v.derecognised_at',
      knex.raw(
        '(select count(*) from partner_invoices i where i.voucher_id = v.id and i.live_line_id is not null) as invoices',
      ),
    );
  return rows.map((row) => ({
    voucherId: String(row.id),
    isDeal: row.type === 'deal',
    partnerId: row.partner_id,
    isEnded: row.cancelled_at !== null || row.replaced_by_id !== null || row.derecognised_at !== null,
    isInvoiced: Number(row.invoices) > 0,
  }));
}

/** The redemptions of a deal of which something counts, oldest first; at most `limit`. */
export async function findRedemptionsOfDeal(knex: Knex, voucherId: string, limit: number): Promise<string[]> {
  const rows = await knex('redemption_lines')
    .where({ voucher_id: voucherId })
    .whereNotNull('deal_redeemed_at')
    .whereRaw('applied > reversed')
    .orderBy('id')
    .limit(limit)
    .select<{ redemption_id: number | string }[]>('redemption_id');
  return rows.map(({ redemption_id: id }) => String(id));
}

interface SellableRow {
  readonly id: number | string;
  readonly type: string;
  readonly partner_id: string | null;
  readonly cancelled_at: number | string | null;
  readonly replaced_by_id: number | string | null;
  readonly derecognised_at: number | string | null;
  readonly invoices: number | string;
}

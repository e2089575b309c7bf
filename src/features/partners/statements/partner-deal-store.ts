import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';

export interface DealOfCode {
  readonly voucherId: string;
  readonly normalisedCode: string;
  readonly number: string | null;
}

/** The vouchers with these codes or numbers, at most 500 of them. */
export async function findDealsOfCodes(
  knex: Knex,
  codes: readonly string[],
  numbers: readonly string[],
): Promise<DealOfCode[]> {
  const rows = await knex('vouchers as v')
    .where((either) => void either.whereIn('v.normalised_code', [...codes]).orWhereIn('v.number', [...numbers]))
    .select<{ id: number | string; normalised_code: string; number: string | null }[]>(
      'v.id',
      'v.normalised_code',
      'v.number',
    );
  return rows.map((row) => ({ voucherId: String(row.id), normalisedCode: row.normalised_code, number: row.number }));
}

export interface RedeemedDeal {
  readonly lineId: string;
  readonly redemptionId: string;
  readonly voucherId: string;
  readonly partnerId: string | null;
  readonly applied: number;
  readonly reversed: number;
  /** What the partner pays for the whole code; null: what was redeemed less the commission. */
  readonly agreedPrice: number | null;
  readonly invoiceOwed: number | null;
  readonly invoiceIsPaid: boolean;
  readonly clearingOwed: number | null;
  readonly clearingIsPaid: boolean;
}

/** All redemptions of these vouchers, oldest first. */
export async function findRedeemedDeals(knex: Knex, voucherIds: readonly string[]): Promise<RedeemedDeal[]> {
  const rows = await knex('redemption_lines as l')
    .join('vouchers as v', 'v.id', 'l.voucher_id')
    .join('voucher_rules as r', 'r.id', 'v.rules_id')
    .leftJoin('partner_invoices as i', 'i.live_line_id', 'l.id')
    .leftJoin('partner_clearings as c', 'c.live_line_id', 'l.id')
    .whereIn('l.voucher_id', [...voucherIds])
    .whereNotNull('l.deal_redeemed_at')
    .orderBy('l.id')
    .select<RedeemedRow[]>(
      'l.id',
      'l.redemption_id',
      'l.voucher_id',
      'l.deal_partner_id',
      'l.applied',
      'l.reversed',
      'r.deal',
      'i.owed as invoice_owed',
      'i.state as invoice_state',
      'c.owed as clearing_owed',
      'c.paid_on',
    );
  return rows.map((row) => ({
    lineId: String(row.id),
    redemptionId: String(row.redemption_id),
    voucherId: String(row.voucher_id),
    partnerId: row.deal_partner_id,
    applied: toSafeInteger(row.applied),
    reversed: toSafeInteger(row.reversed),
    agreedPrice:
      row.deal === null ? null : (parseJson<{ readonly partnerPrice?: number | null }>(row.deal).partnerPrice ?? null),
    invoiceOwed: row.invoice_owed === null ? null : toSafeInteger(row.invoice_owed),
    invoiceIsPaid: row.invoice_state === 'paid',
    clearingOwed: row.clearing_owed === null ? null : toSafeInteger(row.clearing_owed),
    clearingIsPaid: row.paid_on !== null,
  }));
}

/** Whose deals these vouchers are by their rules today. */
export async function findPartnersOf(knex: Knex, voucherIds: readonly string[]): Promise<Map<string, string | null>> {
  const rows = await knex('vouchers as v')
    .join('voucher_rules as r', 'r.id', 'v.rules_id')
    .whereIn('v.id', [...voucherIds])
    .select<{ id: number | string; partner_id: string | null }[]>('v.id', 'r.partner_id');
  return new Map(rows.map((row) => [String(row.id), row.partner_id]));
}

interface RedeemedRow {
  readonly id: number | string;
  readonly redemption_id: number | string;
  readonly voucher_id: number | string;
  readonly deal_partner_id: string | null;
  readonly applied: number | string;
  readonly reversed: number | string;
  readonly deal: string | null;
  readonly invoice_owed: number | string | null;
  readonly invoice_state: string | null;
  readonly clearing_owed: number | string | null;
  readonly paid_on: string | null;
}

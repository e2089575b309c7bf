import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { parseJson } from '../../../platform/data/json.ts';

export interface DealLine {
  readonly id: string;
  readonly voucherId: string;
  /** null: from before vouchers had numbers. */
  readonly voucherNumber: string | null;
  /** On the day it was redeemed; null: none. */
  readonly partnerId: string | null;
  readonly applied: number;
  readonly reversed: number;
}

export interface SettledRedemption {
  readonly id: string;
  readonly bookingNumber: string;
  readonly currency: string;
  readonly departure: string | null;
  readonly redeemedAt: number;
}

/** The redemption with its row locked, so that invoices and reversals of it come one after the other; null: there is none. */
export async function lockSettledRedemption(trx: Knex.Transaction, id: string): Promise<SettledRedemption | null> {
  const row = await trx('redemptions')
    .where({ id })
    .forUpdate()
    .first<{ booking_number: string; currency: string; booking: string; redeemed_at: number | string } | undefined>(
      'booking_number',
      'currency',
      'booking',
      'redeemed_at',
    );
  if (row === undefined) return null;
  const { departure } = parseJson<{ readonly departure: string | null }>(row.booking);
  return {
    id,
    bookingNumber: row.booking_number,
    currency: row.currency,
    departure,
    redeemedAt: toSafeInteger(row.redeemed_at),
  };
}

/** The deals of a redemption in the order in which vouchers are locked. */
export async function findDealLines(trx: Knex.Transaction, redemptionId: string): Promise<DealLine[]> {
  const rows = await trx('redemption_lines as l')
    .join('vouchers as v', 'v.id', 'l.voucher_id')
    .where('l.redemption_id', redemptionId)
    .whereNotNull('l.deal_redeemed_at')
    .orderBy('v.normalised_code')
    .select<DealLineRow[]>('l.id', 'l.voucher_id', 'v.number', 'l.deal_partner_id', 'l.applied', 'l.reversed');
  return rows.map((row) => ({
    id: String(row.id),
    voucherId: String(row.voucher_id),
    voucherNumber: row.number,
    partnerId: row.deal_partner_id,
    applied: toSafeInteger(row.applied),
    reversed: toSafeInteger(row.reversed),
  }));
}

interface DealLineRow {
  readonly id: number | string;
  readonly voucher_id: number | string;
  readonly number: string | null;
  readonly deal_partner_id: string | null;
  readonly applied: number | string;
  readonly reversed: number | string;
}

import type { Knex } from 'knex';
import { toSafeInteger } from '../../../platform/data/db.ts';

/** Why a redeemed deal has no invoice of ours and is settled all the same. */
export type ClearingSource = 'nothing_owed' | 'statement' | 'rejected' | 'written_off';

export interface NewClearing {
  readonly partnerId: string | null;
  readonly redemptionId: string;
  readonly voucherId: string;
  readonly lineId: string;
  readonly source: ClearingSource;
  readonly documentNumber: string;
  readonly bookingNumber: string;
  readonly currency: string;
  readonly redeemed: number;
  readonly owed: number;
  readonly difference: number;
  readonly differenceRole: 'COMMISSION' | 'RABATT';
  readonly claimed: number;
  readonly settledOn: string;
  readonly reason: string | null;
  readonly actor: string;
  readonly now: number;
}

export interface StoredClearing extends Omit<NewClearing, 'now'> {
  readonly id: string;
  readonly paidOn: string | null;
}

export async function insertClearing(trx: Knex.Transaction, clearing: NewClearing): Promise<string> {
  const [id] = await trx('partner_clearings').insert({
    partner_id: clearing.partnerId,
    redemption_id: clearing.redemptionId,
    voucher_id: clearing.voucherId,
    line_id: clearing.lineId,
    live_line_id: clearing.lineId,
    source: clearing.source,
    document_number: clearing.documentNumber,
    booking_number: clearing.bookingNumber,
    currency: clearing.currency,
    redeemed: clearing.redeemed,
    owed: clearing.owed,
    difference: clearing.difference,
    difference_role: clearing.differenceRole,
    claimed: clearing.claimed,
    settled_on: clearing.settledOn,
    reason: clearing.reason,
    actor: clearing.actor,
    created_at: clearing.now,
  });
  return String(id);
}

/** What settles a redeemed line without an invoice. */
export async function findLiveClearing(knex: Knex, lineId: string): Promise<StoredClearing | null> {
  const row = await knex('partner_clearings').where({ live_line_id: lineId }).first<ClearingRow | undefined>();
  return row === undefined ? null : toClearing(row);
}

/** False: it holds no more. */
export async function endClearing(trx: Knex.Transaction, id: string): Promise<boolean> {
  const ended: number = await trx('partner_clearings')
    .where({ id })
    .whereNotNull('live_line_id')
    .update({ live_line_id: null });
  return ended === 1;
}

export async function markClearingPaid(
  trx: Knex.Transaction,
  id: string,
  paidOn: string,
  reference: string | null,
): Promise<void> {
  await trx('partner_clearings')
    .where({ id })
    .whereNull('paid_on')
    .update({ paid_on: paidOn, payment_reference: reference });
}

interface ClearingRow {
  readonly id: number | string;
  readonly partner_id: string | null;
  readonly redemption_id: number | string;
  readonly voucher_id: number | string;
  readonly line_id: number | string;
  readonly source: ClearingSource;
  readonly document_number: string;
  readonly booking_number: string;
  readonly currency: string;
  readonly redeemed: number | string;
  readonly owed: number | string;
  readonly difference: number | string;
  readonly difference_role: 'COMMISSION' | 'RABATT';
  readonly claimed: number | string;
  readonly settled_on: string;
  readonly paid_on: string | null;
  readonly reason: string | null;
  readonly actor: string;
}

function toClearing(row: ClearingRow): StoredClearing {
  return {
    id: String(row.id),
    partnerId: row.partner_id,
    redemptionId: String(row.redemption_id),
    voucherId: String(row.voucher_id),
    lineId: String(row.line_id),
    source: row.source,
    documentNumber: row.document_number,
    bookingNumber: row.booking_number,
    currency: row.currency,
    redeemed: toSafeInteger(row.redeemed),
    owed: toSafeInteger(row.owed),
    difference: toSafeInteger(row.difference),
    differenceRole: row.difference_role,
    claimed: toSafeInteger(row.claimed),
    settledOn: row.settled_on,
    paidOn: row.paid_on,
    reason: row.reason,
    actor: row.actor,
  };
}

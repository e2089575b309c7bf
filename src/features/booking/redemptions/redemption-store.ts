import type { Knex } from 'knex';
import type { BookingOwner } from '../../../core/booking-owner.ts';
import { bookingNumberKey } from '../../../core/engine/booking-limit.ts';
import type { AllocationShare, Booking, Evaluation } from '../../../core/engine/voucher.ts';
import { isDuplicateKey, LostRace, writeTogether, type Written } from '../../../platform/data/db.ts';
import { outboxInsert } from '../../../platform/data/outbox.ts';
import { ledgerInserts } from '../../accounting/ledger/ledger-row.ts';
import { budgetUpdate, type BudgetMove } from '../../campaigns/record/campaign-row.ts';
import { redeemedUpdate, type VoucherMove } from '../../vouchers/rows/redeemed-row.ts';
import { parseJson } from '../../../platform/data/json.ts';
import { auditInsert, type AuditEntry } from '../../../platform/data/audit.ts';
import type { LedgerRow } from '../../accounting/ledger/ledger-service.ts';
import type { BookingRef } from '../quotes/evaluation-store.ts';
import { bookingWrite, type BookingMove } from './booking-store.ts';

export interface NewRedemption {
  readonly bookingNumber: string;
  readonly owner: BookingOwner;
  readonly holdId: string | null;
  readonly booking: Booking;
  readonly customerId: string | null;
  readonly customerEmail: string | null;
  readonly evaluation: Evaluation;
  readonly actor: string;
  readonly redeemedAt: number;
}

export interface Redemption extends NewRedemption {
  readonly id: string;
}

export interface RedemptionLine {
  readonly id: string;
  readonly redemptionId: string;
  readonly position: number;
  readonly voucherId: string;
  readonly campaignId: string | null;
  readonly kind: 'discount' | 'payment';
  readonly applied: number;
  readonly reversed: number;
  /** What of `applied` nobody paid for. */
  readonly bonus: number;
  readonly allocation: readonly AllocationShare[];
}

export interface RedemptionWrites {
  readonly redemptionId: string;
  readonly redemption: NewRedemption;
  readonly campaignIds: ReadonlyMap<string, string | null>;
  /** The vouchers that are deals, each with its partner. */
  readonly dealPartners: ReadonlyMap<string, string | null>;
  readonly moves: readonly VoucherMove[];
  readonly budgets: readonly BudgetMove[];
  readonly ledgerRows: readonly LedgerRow[];
  readonly audit: AuditEntry;
}

/** The booking takes it and the redemption stands, or another was faster and the transaction is run again. */
export async function insertRedemption(
  trx: Knex.Transaction,
  redemption: NewRedemption,
  move: BookingMove,
): Promise<string> {
  const [booking, inserted] = await writeTogether(trx, [
    bookingWrite(trx, move),
    redemptionInsert(trx, redemption),
  ]).catch(raceLost);
  if (booking?.rows !== 1 || inserted === undefined) throw new LostRace();
  return inserted.id;
}

/** The row of the booking is there now: another redemption of it was faster. */
function raceLost(error: unknown): Written[] {
  throw isDuplicateKey(error) ? new LostRace() : error;
}

function redemptionInsert(trx: Knex.Transaction, redemption: NewRedemption): Knex.QueryBuilder {
  return trx('redemptions').insert({
    booking_number: redemption.bookingNumber,
    client_id: redemption.owner.clientId,
    booking_circle: redemption.owner.circle,
    booking_key: bookingNumberKey(redemption.bookingNumber),
    hold_id: redemption.holdId,
    reference: redemption.booking.reference,
    channel: redemption.booking.channel,
    customer_id: redemption.customerId,
    customer_email: redemption.customerEmail,
    currency: redemption.evaluation.currency,
    trip_price: redemption.evaluation.tripPrice,
    payable: redemption.evaluation.payable,
    booking: JSON.stringify(redemption.booking),
    evaluation: JSON.stringify(redemption.evaluation),
    actor: redemption.actor,
    redeemed_at: redemption.redeemedAt,
    updated_at: redemption.redeemedAt,
  });
}

/** All that follows from a redemption, sent together: a hot voucher stays locked for one round trip less per row. */
export async function writeRedemption(trx: Knex.Transaction, writes: RedemptionWrites): Promise<void> {
  const { redemptionId, redemption } = writes;
  const lines = redemption.evaluation.accepted.map((accepted, position) => ({
    redemption_id: redemptionId,
    position,
    voucher_id: accepted.voucherId,
    campaign_id: writes.campaignIds.get(accepted.voucherId) ?? null,
    kind: accepted.kind,
    applied: accepted.applied,
    bonus: accepted.bonus ?? 0,
    allocation: JSON.stringify(accepted.allocation),
    customer_id: redemption.customerId,
    customer_email: redemption.customerEmail,
    deal_partner_id: writes.dealPartners.get(accepted.voucherId) ?? null,
    deal_redeemed_at: writes.dealPartners.has(accepted.voucherId) ? redemption.redeemedAt : null,
  }));
  await writeTogether(trx, [
    ...(lines.length === 0 ? [] : [trx('redemption_lines').insert(lines)]),
    ...writes.moves.map((move) => redeemedUpdate(trx, move, redemption.redeemedAt)),
    ...writes.budgets.map((budget) => budgetUpdate(trx, budget)),
    ...ledgerInserts(trx, writes.ledgerRows),
    ...(redemption.holdId === null ? [] : [trx('holds').where({ id: redemption.holdId }).delete()]),
    auditInsert(trx, [writes.audit]),
    outboxInsert(trx, 'redemption.created', { redemptionId }, redemption.redeemedAt),
  ]);
}

export async function findRedemption(knex: Knex, id: string): Promise<Redemption | null> {
  const row = await knex('redemptions').where({ id }).first<StoredRedemptionRow | undefined>();
  return row === undefined ? null : toRedemption(row);
}

/** The redemption a hold of this client became; null: it became none. */
export async function findRedemptionOfHold(knex: Knex, holdId: string, clientId: string): Promise<string | null> {
  const row = await knex('redemptions')
    .where({ hold_id: holdId, client_id: clientId })
    .first<{ id: number | string } | undefined>('id');
  return row === undefined ? null : String(row.id);
}

export interface LockedRedemption {
  readonly bookingNumber: string;
  readonly clientId: string;
  readonly bookingRef: BookingRef;
}

/** Locks the redemption, so that two reversals of it come one after the other; null when there is none. */
export async function lockRedemption(trx: Knex.Transaction, id: string): Promise<LockedRedemption | null> {
  const row = await trx('redemptions')
    .where({ id })
    .forUpdate()
    .first<OwnedRow | undefined>('booking_number', 'client_id', 'booking_circle', 'booking_key');
  if (row === undefined) return null;
  return {
    bookingNumber: row.booking_number,
    clientId: String(row.client_id),
    bookingRef: { circle: String(row.booking_circle), key: row.booking_key },
  };
}

interface OwnedRow {
  readonly booking_number: string;
  readonly client_id: number | string;
  readonly booking_circle: number | string;
  readonly booking_key: string;
}

export async function findRedemptionLines(knex: Knex, redemptionId: string): Promise<RedemptionLine[]> {
  return findLinesOfRedemptions(knex, [redemptionId]);
}

/** By redemption, each in the order of application. */
export async function findLinesOfRedemptions(knex: Knex, ids: readonly string[]): Promise<RedemptionLine[]> {
  if (ids.length === 0) return [];
  const rows = await knex('redemption_lines')
    .whereIn('redemption_id', [...ids])
    .orderBy(['redemption_id', 'position'])
    .select<LineRow[]>(
      'id',
      'redemption_id',
      'position',
      'voucher_id',
      'campaign_id',
      'kind',
      'applied',
      'reversed',
      'bonus',
      'allocation',
    );
  return rows.map((row) => ({
    id: String(row.id),
    redemptionId: String(row.redemption_id),
    position: row.position,
    voucherId: String(row.voucher_id),
    campaignId: row.campaign_id === null ? null : String(row.campaign_id),
    kind: row.kind,
    applied: Number(row.applied),
    reversed: Number(row.reversed),
    bonus: Number(row.bonus),
    allocation: parseJson<AllocationShare[]>(row.allocation),
  }));
}

export interface StoredRedemptionRow extends OwnedRow {
  readonly id: number | string;
  readonly hold_id: number | string | null;
  readonly customer_id: string | null;
  readonly customer_email: string | null;
  readonly booking: string;
  readonly evaluation: string;
  readonly actor: string;
  readonly redeemed_at: number | string;
}

interface LineRow {
  readonly id: number | string;
  readonly redemption_id: number | string;
  readonly position: number;
  readonly voucher_id: number | string;
  readonly campaign_id: number | string | null;
  readonly kind: 'discount' | 'payment';
  readonly applied: number | string;
  readonly reversed: number | string;
  readonly bonus: number | string;
  readonly allocation: string;
}

export function toRedemption(row: StoredRedemptionRow): Redemption {
  return {
    id: String(row.id),
    bookingNumber: row.booking_number,
    owner: { clientId: String(row.client_id), circle: String(row.booking_circle) },
    holdId: row.hold_id === null ? null : String(row.hold_id),
    booking: parseJson<Booking>(row.booking),
    customerId: row.customer_id,
    customerEmail: row.customer_email,
    evaluation: parseJson<Evaluation>(row.evaluation),
    actor: row.actor,
    redeemedAt: Number(row.redeemed_at),
  };
}

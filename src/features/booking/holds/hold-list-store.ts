import type { Knex } from 'knex';
import { toSafeInteger, toFigure } from '../../../platform/data/db.ts';

/** One code held by one unfinished booking. */
export interface HeldCode {
  readonly holdId: string;
  readonly voucherId: string;
  readonly campaignId: string | null;
  readonly code: string;
  readonly title: string;
  readonly currency: string;
  readonly isDeactivated: boolean;
  readonly amount: number;
  readonly expiresAt: number;
  readonly reference: string;
  readonly heldSince: number;
}

export interface HeldFilter {
  readonly voucherId: string | null;
  readonly campaignId: string | null;
  readonly reference: string | null;
  readonly now: number;
  readonly after: HeldPlace | null;
  readonly limit: number;
}

export interface HeldPlace {
  readonly expiresAt: number;
  readonly holdId: string;
  readonly voucherId: string;
}

export interface HeldLine {
  readonly holdId: string;
  readonly voucherId: string;
}

/** What is held at this moment, what ends first on top. */
export async function listHeld(knex: Knex, filter: HeldFilter): Promise<HeldCode[]> {
  const query = heldQuery(knex).where('l.expires_at', '>', filter.now);
  if (filter.voucherId !== null) void query.where('l.voucher_id', filter.voucherId);
  if (filter.campaignId !== null) void query.where('l.campaign_id', filter.campaignId);
  if (filter.reference !== null) void query.where('h.reference', filter.reference);
  if (filter.after !== null) {
    const { expiresAt, holdId, voucherId } = filter.after;
    void query
      .where('l.expires_at', '>=', expiresAt)
      .whereRaw('(l.expires_at > ? or l.hold_id > ? or (l.hold_id = ? and l.voucher_id > ?))', [
        expiresAt,
        holdId,
        holdId,
        voucherId,
      ]);
  }
  const rows = await query
    .orderBy(['l.expires_at', 'l.hold_id', 'l.voucher_id'])
    .limit(filter.limit)
    .select<HeldRow[]>();
  return rows.map(toHeld);
}

/** Those of the lines that hold something now. */
export async function findHeld(knex: Knex, lines: readonly HeldLine[], now: number): Promise<HeldCode[]> {
  if (lines.length === 0) return [];
  const rows = await heldQuery(knex)
    .where('l.expires_at', '>', now)
    .whereIn(
      ['l.hold_id', 'l.voucher_id'],
      lines.map(({ holdId, voucherId }) => [holdId, voucherId]),
    )
    .orderBy(['l.expires_at', 'l.hold_id', 'l.voucher_id'])
    .select<HeldRow[]>();
  return rows.map(toHeld);
}

/** How much a campaign's codes hold in all, and for how many bookings. */
export async function sumHeld(
  knex: Knex,
  campaignId: string,
  now: number,
): Promise<{ readonly codes: number; readonly amount: number }> {
  const row = await knex('hold_lines')
    .where({ campaign_id: campaignId })
    .where('expires_at', '>', now)
    .first<{ codes: unknown; amount: unknown }>(knex.raw('count(*) as codes, coalesce(sum(amount), 0) as amount'));
  return { codes: toSafeInteger(row.codes), amount: toFigure(row.amount) };
}

/** Locks the holds of these lines: bookings change and redeem theirs under the same lock. */
export async function lockHolds(trx: Knex.Transaction, holdIds: readonly string[]): Promise<void> {
  if (holdIds.length === 0) return;
  await trx('holds')
    .whereIn('id', [...holdIds])
    .orderBy('id')
    .forUpdate()
    .select('id');
}

/** From now on these lines hold nothing. They stay, as those past their time do, so that a redemption still knows what had been promised. */
export async function endLines(trx: Knex.Transaction, lines: readonly HeldLine[], now: number): Promise<void> {
  if (lines.length === 0) return;
  await trx('hold_lines')
    .whereIn(
      ['hold_id', 'voucher_id'],
      lines.map(({ holdId, voucherId }) => [holdId, voucherId]),
    )
    .where('expires_at', '>', now)
    .update({ expires_at: now });
}

function heldQuery(knex: Knex): Knex.QueryBuilder {
  return knex('hold_lines as l')
    .join('holds as h', 'h.id', 'l.hold_id')
    .join('vouchers as v', 'v.id', 'l.voucher_id')
    .join('voucher_rules as r', 'r.id', 'v.rules_id')
    .select(
      'l.hold_id',
      'l.voucher_id',
      'l.campaign_id',
      'v.code',
      'r.title',
      'r.currency',
      'v.is_deactivated',
      'l.amount',
      'l.expires_at',
      'h.reference',
      'h.updated_at',
    );
}

interface HeldRow {
  readonly hold_id: number | string;
  readonly voucher_id: number | string;
  readonly campaign_id: number | string | null;
  readonly code: string;
  readonly title: string;
  readonly currency: string;
  readonly is_deactivated: number | boolean;
  readonly amount: number | string;
  readonly expires_at: number | string;
  readonly reference: string;
  readonly updated_at: number | string;
}

function toHeld(row: HeldRow): HeldCode {
  return {
    holdId: String(row.hold_id),
    voucherId: String(row.voucher_id),
    campaignId: row.campaign_id === null ? null : String(row.campaign_id),
    code: row.code,
    title: row.title,
    currency: row.currency,
    isDeactivated: Boolean(row.is_deactivated),
    amount: Number(row.amount),
    expiresAt: Number(row.expires_at),
    reference: row.reference,
    heldSince: Number(row.updated_at),
  };
}

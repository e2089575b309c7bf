import type { Knex } from 'knex';
import type { Booking, CodeEntry } from '../../../core/engine/voucher.ts';
import { parseJson } from '../../../platform/data/json.ts';

export interface HoldLine {
  readonly voucherId: string;
  readonly campaignId: string | null;
  readonly amount: number;
}

export interface Hold {
  readonly id: string;
  /** Who made it; `0`: the product's own pages. */
  readonly clientId: string;
  readonly reference: string;
  readonly booking: Booking;
  readonly codes: readonly CodeEntry[];
  readonly expiresAt: number;
}

export interface NewHold extends Omit<Hold, 'id'> {
  readonly clientTokenHash: string;
  readonly now: number;
}

/** A hold as somebody asks for it. */
export interface HoldRef {
  readonly id: string;
  /** Holds of other clients are not there; null: whoever made it. */
  readonly clientId: string | null;
}

/** The vouchers with these codes, locked in the order of their codes: the one order in which vouchers are locked. */
export async function lockVouchersByCode(trx: Knex.Transaction, normalisedCodes: readonly string[]): Promise<void> {
  if (normalisedCodes.length === 0) return;
  await trx('vouchers')
    .whereIn('normalised_code', [...normalisedCodes].sort())
    .orderBy('normalised_code')
    .forUpdate()
    .select('id');
}

/** Campaigns whose budget a booking draws on, after the vouchers. */
export async function lockCampaigns(trx: Knex.Transaction, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await trx('campaigns')
    .whereIn('id', [...ids])
    .orderBy('id')
    .forUpdate()
    .select('id');
}

export async function deleteHoldByReference(trx: Knex.Transaction, clientId: string, reference: string): Promise<void> {
  await trx('holds').where({ client_id: clientId, reference }).delete();
}

export async function deleteHold(trx: Knex.Transaction, ref: HoldRef): Promise<boolean> {
  const deleted: number = await trx('holds').where(conditionOf(ref)).delete();
  return deleted > 0;
}

export async function insertHold(trx: Knex.Transaction, hold: NewHold): Promise<string> {
  const [id] = await trx('holds').insert({
    reference: hold.reference,
    client_token_hash: hold.clientTokenHash,
    client_id: hold.clientId,
    booking: JSON.stringify(hold.booking),
    codes: JSON.stringify(hold.codes),
    expires_at: hold.expiresAt,
    created_at: hold.now,
    updated_at: hold.now,
  });
  return String(id);
}

export async function updateHold(
  trx: Knex.Transaction,
  hold: Pick<Hold, 'id' | 'booking' | 'codes' | 'expiresAt'>,
  now: number,
): Promise<void> {
  await trx('holds')
    .where({ id: hold.id })
    .update({
      booking: JSON.stringify(hold.booking),
      codes: JSON.stringify(hold.codes),
      expires_at: hold.expiresAt,
      updated_at: now,
    });
}

/** What the hold keeps from other bookings, in place of what it kept before. */
export async function replaceHoldLines(
  trx: Knex.Transaction,
  holdId: string,
  expiresAt: number,
  lines: readonly HoldLine[],
): Promise<void> {
  await trx('hold_lines').where({ hold_id: holdId }).delete();
  if (lines.length === 0) return;
  await trx('hold_lines').insert(
    lines.map((line) => ({
      hold_id: holdId,
      voucher_id: line.voucherId,
      campaign_id: line.campaignId,
      amount: line.amount,
      expires_at: expiresAt,
    })),
  );
}

export async function findHold(
  knex: Knex,
  ref: HoldRef,
  lock: 'locked' | 'unlocked' = 'unlocked',
): Promise<Hold | null> {
  const query = knex('holds').where(conditionOf(ref));
  if (lock === 'locked') void query.forUpdate();
  const row = await query.first<HoldRow | undefined>('id', 'client_id', 'reference', 'booking', 'codes', 'expires_at');
  return row === undefined ? null : toHold(row);
}

export async function findHoldByTokenHash(
  knex: Knex,
  clientTokenHash: string,
): Promise<{ readonly id: string; readonly clientId: string } | null> {
  const row = await knex('holds')
    .where({ client_token_hash: clientTokenHash })
    .first<{ id: number | string; client_id: number | string } | undefined>('id', 'client_id');
  return row === undefined ? null : { id: String(row.id), clientId: String(row.client_id) };
}

export async function findHeldVoucherIds(knex: Knex, holdId: string): Promise<string[]> {
  const rows = await knex('hold_lines')
    .where({ hold_id: holdId })
    .select<{ voucher_id: number | string }[]>('voucher_id');
  return rows.map((row) => String(row.voucher_id));
}

interface HoldRow {
  readonly id: number | string;
  readonly client_id: number | string;
  readonly reference: string;
  readonly booking: string;
  readonly codes: string;
  readonly expires_at: number | string;
}

function conditionOf({ id, clientId }: HoldRef): Readonly<Record<string, string>> {
  return clientId === null ? { id } : { id, client_id: clientId };
}

function toHold(row: HoldRow): Hold {
  return {
    id: String(row.id),
    clientId: String(row.client_id),
    reference: row.reference,
    booking: parseJson<Booking>(row.booking),
    codes: parseJson<CodeEntry[]>(row.codes),
    expiresAt: Number(row.expires_at),
  };
}

/** Holds whose time was over before `before`; one renewed meanwhile stays. */
export async function deleteHoldsBefore(
  trx: Knex.Transaction,
  ids: readonly string[],
  before: number,
): Promise<number> {
  const still = await trx('holds')
    .whereIn('id', ids)
    .where('expires_at', '<', before)
    .forUpdate()
    .pluck<(string | number)[]>('id');
  await trx('hold_lines').whereIn('hold_id', still).delete();
  return trx('holds').whereIn('id', still).delete();
}

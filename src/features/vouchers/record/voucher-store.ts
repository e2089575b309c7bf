import type { Knex } from 'knex';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';
import { findRetired, refuseRetired } from '../../../platform/data/retired-codes.ts';

export interface Recipient {
  readonly name: string | null;
  readonly email: string | null;
}

/** A voucher's own row, with what its campaign and the holds on it say. Its rules stand in `rulesId`. */
export interface VoucherRecord {
  readonly id: string;
  readonly code: string;
  readonly rulesId: string;
  readonly campaignId: string | null;
  readonly type: VoucherType;
  readonly paidOn: string | null;
  readonly campaignPaidOn: string | null;
  readonly isCampaignActive: boolean;
  readonly isDeactivated: boolean;
  readonly isCancelled: boolean;
  readonly isRefunded: boolean;
  readonly isDerecognised: boolean;
  readonly isReplaced: boolean;
  /** Set for a code of a campaign that is open longer than its campaign. */
  readonly extendedUntil: string | null;
  readonly originalValue: number | null;
  readonly balance: number | null;
  /** Sold for less than its value by so much; 0: for the whole of it. */
  readonly bonusValue: number;
  /** What of the balance was given away and is owed to nobody. */
  readonly bonusBalance: number;
  readonly uses: number;
  readonly ledgerCount: number;
  readonly ledgerHead: string | null;
  readonly bookingRef: string | null;
  readonly invoiceRef: string | null;
  /** For the staff alone. */
  readonly note: string | null;
  /** Hidden in lists, by itself or with its campaign; whatever changes a voucher brings it back. */
  readonly isArchived: boolean;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly held: number;
  readonly recipient: Recipient | null;
}

export interface NewVoucher {
  /** From the number circle `voucher`: what people and books call it, while the code stays secret. */
  readonly number: string;
  readonly code: string;
  readonly normalisedCode: string;
  readonly rulesId: string;
  readonly campaignId: string | null;
  readonly type: VoucherType;
  readonly paidOn: string | null;
  readonly originalValue: number | null;
  readonly balance: number | null;
  readonly bonusValue?: number;
  readonly uses: number;
  /** Uses under the code before; 0 for a voucher that replaces none. */
  readonly carriedUses?: number;
  readonly acknowledgedOn?: string | null;
  readonly bookingRef: string | null;
  readonly invoiceRef: string | null;
  /** For the staff alone. */
  readonly note: string | null;
  readonly now: number;
}

export async function insertVoucher(trx: Knex.Transaction, voucher: NewVoucher): Promise<string> {
  const [id] = await trx('vouchers').insert({
    number: voucher.number,
    code: voucher.code,
    normalised_code: voucher.normalisedCode,
    rules_id: voucher.rulesId,
    campaign_id: voucher.campaignId,
    type: voucher.type,
    paid_on: voucher.paidOn,
    original_value: voucher.originalValue,
    balance: voucher.balance,
    bonus_value: voucher.bonusValue ?? 0,
    uses: voucher.uses,
    carried_uses: voucher.carriedUses ?? 0,
    acknowledged_on: voucher.acknowledgedOn ?? null,
    booking_ref: voucher.bookingRef,
    invoice_ref: voucher.invoiceRef,
    note: voucher.note,
    created_at: voucher.now,
    updated_at: voucher.now,
  });
  await refuseRetired(trx, [voucher.normalisedCode]);
  return String(id);
}

/** Changes columns of one voucher and counts its version up; what is worked on is in the lists again. */
export async function updateVoucher(
  trx: Knex.Transaction,
  id: string,
  columns: Readonly<Record<string, unknown>>,
  now: number,
): Promise<void> {
  await trx('vouchers')
    .where({ id })
    .update({ archived_at: null, ...columns, version: trx.raw('version + 1'), updated_at: now });
}

export async function lockVoucher(trx: Knex.Transaction, id: string): Promise<void> {
  await trx('vouchers').where({ id }).forUpdate().select('id');
}

export async function findVoucherRecord(knex: Knex, id: string, now: number): Promise<VoucherRecord | null> {
  const row = await recordQuery(knex, now).where('v.id', id).first<RecordRow | undefined>();
  return row === undefined ? null : toRecord(row);
}

export async function findVoucherRecords(knex: Knex, ids: readonly string[], now: number): Promise<VoucherRecord[]> {
  return (
    await recordQuery(knex, now)
      .whereIn('v.id', [...ids])
      .select<RecordRow[]>()
  ).map(toRecord);
}

export async function findVoucherRecordByCode(
  knex: Knex,
  normalisedCodes: readonly string[],
  now: number,
): Promise<VoucherRecord | null> {
  if (normalisedCodes.length === 0) return null;
  const rows = await recordQuery(knex, now)
    .whereIn('v.normalised_code', [...normalisedCodes])
    .select<(RecordRow & { normalised_code: string })[]>('v.normalised_code');
  const byOrder = normalisedCodes.flatMap((code) => rows.filter((row) => row.normalised_code === code));
  return byOrder[0] === undefined ? null : toRecord(byOrder[0]);
}

export async function isCodeTaken(knex: Knex, normalisedCode: string): Promise<boolean> {
  if ((await findRetired(knex, [normalisedCode])).size > 0) return true;
  return (
    (await knex('vouchers').where({ normalised_code: normalisedCode }).first<object | undefined>('id')) !== undefined
  );
}

/** The booking numbers of redemptions that still count, by voucher; at most `limit` in all. */
export async function findBookingNumbers(
  knex: Knex,
  voucherIds: readonly string[],
  limit: number,
): Promise<Map<string, string[]>> {
  const byVoucher = new Map<string, string[]>();
  if (voucherIds.length === 0) return byVoucher;
  const rows = await knex('redemption_lines as l')
    .join('redemptions as d', 'd.id', 'l.redemption_id')
    .whereIn('l.voucher_id', [...voucherIds])
    .orderBy('l.id', 'desc')
    .limit(limit)
    .select<{ voucher_id: number | string; booking_number: string }[]>('l.voucher_id', 'd.booking_number');
  for (const row of rows) {
    const id = String(row.voucher_id);
    const known = byVoucher.get(id) ?? [];
    if (!known.includes(row.booking_number)) byVoucher.set(id, [...known, row.booking_number]);
  }
  return byVoucher;
}

export interface VoucherRedemption {
  readonly bookingNumber: string;
  readonly redeemedAt: number;
  readonly channel: string;
  readonly actor: string;
  readonly applied: number;
  readonly reversed: number;
}

/** Where a voucher was used, the newest first. */
export async function findRedemptions(knex: Knex, voucherId: string, limit: number): Promise<VoucherRedemption[]> {
  const rows = await knex('redemption_lines as l')
    .join('redemptions as d', 'd.id', 'l.redemption_id')
    .where('l.voucher_id', voucherId)
    .orderBy('l.id', 'desc')
    .limit(limit)
    .select<
      {
        booking_number: string;
        redeemed_at: number | string;
        channel: string;
        actor: string;
        applied: number | string;
        reversed: number | string;
      }[]
    >('d.booking_number', 'd.redeemed_at', 'd.channel', 'd.actor', 'l.applied', 'l.reversed');
  return rows.map((row) => ({
    bookingNumber: row.booking_number,
    redeemedAt: Number(row.redeemed_at),
    channel: row.channel,
    actor: row.actor,
    applied: toSafeInteger(row.applied),
    reversed: toSafeInteger(row.reversed),
  }));
}

export async function findVoucherByNumber(knex: Knex, number: string): Promise<string | null> {
  const row = await knex('vouchers').where({ number }).first<{ id: number | string } | undefined>('id');
  return row === undefined ? null : String(row.id);
}

/** The vouchers a booking number leads to: redeemed in it, or linked to it. */
export async function findVouchersOfBooking(knex: Knex, bookingNumber: string, limit: number): Promise<string[]> {
  const redeemed = await knex('redemptions as d')
    .join('redemption_lines as l', 'l.redemption_id', 'd.id')
    .where('d.booking_number', bookingNumber)
    .limit(limit)
    .select<{ id: number | string }[]>('l.voucher_id as id');
  const linked = await knex('vouchers')
    .where({ booking_ref: bookingNumber })
    .limit(limit)
    .select<{ id: number | string }[]>('id');
  return [...new Set([...redeemed, ...linked].map(({ id }) => String(id)))];
}

export async function saveRecipient(
  trx: Knex.Transaction,
  voucherId: string,
  recipient: Recipient | null,
): Promise<void> {
  await trx('voucher_recipients').where({ voucher_id: voucherId }).delete();
  if (recipient !== null) await trx('voucher_recipients').insert({ voucher_id: voucherId, ...recipient });
}

export interface HistoryRow {
  readonly recorded_at: number;
  readonly actor: string;
  readonly action: string;
  readonly changes: string | null;
}

export async function findHistory(knex: Knex, voucherId: string, limit: number): Promise<HistoryRow[]> {
  return knex('audit_log')
    .where({ entity: 'voucher', entity_id: voucherId })
    .orderBy('id', 'desc')
    .limit(limit)
    .select<HistoryRow[]>('recorded_at', 'actor', 'action', 'changes');
}

/** A voucher's row with its rules (`r`), campaign (`c`), recipient and holds. */
export function recordQuery(knex: Knex, now: number): Knex.QueryBuilder {
  return knex('vouchers as v')
    .join('voucher_rules as r', 'r.id', 'v.rules_id')
    .leftJoin('campaigns as c', 'c.id', 'v.campaign_id')
    .leftJoin('voucher_recipients as p', 'p.voucher_id', 'v.id')
    .select(
      'v.id',
      'v.code',
      'v.rules_id',
      'v.campaign_id',
      'v.type',
      'v.paid_on',
      'v.is_deactivated',
      'v.cancelled_at',
      'v.refunded_at',
      'v.derecognised_at',
      'v.replaced_by_id',
      'v.extended_until',
      'v.original_value',
      'v.balance',
      'v.bonus_value',
      'v.bonus_balance',
      'v.uses',
      'v.ledger_count',
      'v.ledger_head',
      'v.booking_ref',
      'v.invoice_ref',
      'v.note',
      'v.archived_at',
      'c.archived_at as campaign_archived_at',
      'v.version',
      'v.created_at',
      'v.updated_at',
      'c.paid_on as campaign_paid_on',
      'c.is_active as campaign_is_active',
      'p.voucher_id as recipient_of',
      'p.name as recipient_name',
      'p.email as recipient_email',
      knex.raw(
        '(select coalesce(sum(h.amount), 0) from hold_lines h where h.voucher_id = v.id and h.expires_at > ?) as held',
        [now],
      ),
    );
}

export interface RecordRow {
  readonly id: number | string;
  readonly code: string;
  readonly rules_id: number | string;
  readonly campaign_id: number | string | null;
  readonly type: VoucherType;
  readonly paid_on: string | null;
  readonly is_deactivated: number | boolean;
  readonly cancelled_at: number | null;
  readonly refunded_at: number | null;
  readonly derecognised_at: number | null;
  readonly replaced_by_id: number | string | null;
  readonly extended_until: string | null;
  readonly original_value: number | string | null;
  readonly balance: number | string | null;
  readonly bonus_value: number | string;
  readonly bonus_balance: number | string;
  readonly uses: number;
  readonly ledger_count: number;
  readonly ledger_head: string | null;
  readonly booking_ref: string | null;
  readonly invoice_ref: string | null;
  readonly note: string | null;
  readonly archived_at: number | string | null;
  readonly campaign_archived_at: number | string | null;
  readonly version: number;
  readonly created_at: number | string;
  readonly updated_at: number | string;
  readonly campaign_paid_on: string | null;
  readonly campaign_is_active: number | boolean | null;
  readonly recipient_of: number | string | null;
  readonly recipient_name: string | null;
  readonly recipient_email: string | null;
  readonly held: number | string;
}

export function toRecord(row: RecordRow): VoucherRecord {
  return {
    id: String(row.id),
    code: row.code,
    rulesId: String(row.rules_id),
    campaignId: row.campaign_id === null ? null : String(row.campaign_id),
    type: row.type,
    paidOn: row.paid_on,
    campaignPaidOn: row.campaign_paid_on,
    isCampaignActive: row.campaign_is_active === null || Boolean(row.campaign_is_active),
    isDeactivated: Boolean(row.is_deactivated),
    isCancelled: row.cancelled_at !== null,
    isRefunded: row.refunded_at !== null,
    isDerecognised: row.derecognised_at !== null,
    isReplaced: row.replaced_by_id !== null,
    extendedUntil: row.extended_until,
    originalValue: row.original_value === null ? null : Number(row.original_value),
    balance: row.balance === null ? null : Number(row.balance),
    bonusValue: Number(row.bonus_value),
    bonusBalance: Number(row.bonus_balance),
    uses: row.uses,
    ledgerCount: row.ledger_count,
    ledgerHead: row.ledger_head,
    bookingRef: row.booking_ref,
    invoiceRef: row.invoice_ref,
    note: row.note,
    isArchived: row.campaign_archived_at !== null || row.archived_at !== null,
    version: row.version,
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
    held: toSafeInteger(row.held),
    recipient: row.recipient_of === null ? null : { name: row.recipient_name, email: row.recipient_email },
  };
}

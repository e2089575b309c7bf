import type { Knex } from 'knex';
import type { VoucherType } from '../../../core/engine/voucher.ts';
import { toSafeInteger } from '../../../platform/data/db.ts';

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
  /** Taken from the balance by its rule; it waits for a derecognition. */
  readonly forfeited: number;
  /** The claim was acknowledged, which begins its limitation anew. */
  readonly acknowledgedOn: string | null;
  /** Money was last added, which is a claim of its own. */
  readonly toppedUpOn: string | null;
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

const RECORD_COLUMNS = [
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
  'v.forfeited',
  'v.acknowledged_on',
  'v.topped_up_on',
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
];

/** A voucher's row with its rules (`r`), campaign (`c`), recipient and holds. */
export function recordQuery(knex: Knex, now: number): Knex.QueryBuilder {
  return knex('vouchers as v')
    .join('voucher_rules as r', 'r.id', 'v.rules_id')
    .leftJoin('campaigns as c', 'c.id', 'v.campaign_id')
    .leftJoin('voucher_recipients as p', 'p.voucher_id', 'v.id')
    .select(
      ...RECORD_COLUMNS,
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
  readonly forfeited: number | string;
  readonly acknowledged_on: string | null;
  readonly topped_up_on: string | null;
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
    forfeited: Number(row.forfeited),
    acknowledgedOn: row.acknowledged_on,
    toppedUpOn: row.topped_up_on,
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

import { isStoredValue, readRules, rulesToBody, type StoredRules } from '../rules/rules-service.ts';
import { statusOf, type VoucherStatus } from '../../../core/engine/lifecycle.ts';
import type { Connection } from '../../../platform/data/db.ts';
import type { Recipient, VoucherRecord } from '../rows/voucher-row.ts';
import type { VoucherWithRules } from './voucher-store.ts';
import { findBookingNumbers } from './voucher-use-store.ts';

/** A voucher as the API and the pages show it: the JSON of api.md. */
export interface VoucherView extends ReturnType<typeof rulesToBody> {
  readonly id: string;
  readonly code: string;
  readonly campaign: string | null;
  readonly paidAt: string | null;
  readonly recipient: Recipient | null;
  readonly bookingId: string | null;
  readonly invoiceId: string | null;
  /** For the staff alone: on no document, in no mail and on no page of a holder. */
  readonly note: string | null;
  /** What a voucher of stored value is sold for; less than its original value where a bonus is given. */
  readonly issuePrice: number | null;
  /** What of the balance was given away and is owed to nobody. */
  readonly bonusBalance: number;
  readonly status: VoucherStatus;
  readonly available: number | null;
  readonly balance: number | null;
  readonly held: number;
  readonly uses: number;
  readonly bookingNumbers: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Hidden in lists, by itself or with its campaign. */
  readonly archived: boolean;
  readonly version: number;
}

export async function viewVouchers(
  connection: Connection,
  records: readonly VoucherRecord[],
  today: string,
): Promise<VoucherView[]> {
  const rules = await readRules(connection, [...new Set(records.map(({ rulesId }) => rulesId))]);
  return viewKnown(
    connection,
    records.map((record) => ({ record, rules: rulesOf(rules, record) })),
    today,
  );
}

/** The same where the rules are known. */
export async function viewKnown(
  connection: Connection,
  vouchers: readonly VoucherWithRules[],
  today: string,
): Promise<VoucherView[]> {
  const ids = vouchers.map(({ record }) => record.id);
  const numbers = await findBookingNumbers(connection, ids);
  return vouchers.map((voucher) => viewOf(voucher, numbers.get(voucher.record.id) ?? [], today));
}

export function statusOfRecord(record: VoucherRecord, rules: StoredRules, today: string): VoucherStatus {
  return statusOf(
    {
      ...record,
      isDeactivated: record.isDeactivated || !record.isCampaignActive,
      paidOn: record.paidOn ?? record.campaignPaidOn,
      bookUntil: endOf(record, rules),
      maxUses: rules.maxUses,
    },
    today,
  );
}

const ENDED: readonly VoucherStatus[] = ['cancelled', 'refunded', 'replaced', 'derecognised'];

/** Sold for less than its value, so that both stay as they are. */
export function hasBonus({ issuePrice, value }: Pick<VoucherView, 'issuePrice' | 'value'>): boolean {
  return issuePrice !== null && issuePrice < (value.originalValue ?? 0);
}

/** Nothing of it can be changed any more. */
export function isEnded({ status }: Pick<VoucherView, 'status'>): boolean {
  return ENDED.includes(status);
}

/** The last day on which a voucher may be redeemed: that of its rules, or a later one of its own. */
export function endOf(
  { extendedUntil }: Pick<VoucherRecord, 'extendedUntil'>,
  { bookUntil }: Pick<StoredRules, 'bookUntil'>,
): string | null {
  return bookUntil !== null && extendedUntil !== null && extendedUntil > bookUntil ? extendedUntil : bookUntil;
}

export function rulesOf(rules: ReadonlyMap<string, StoredRules>, record: VoucherRecord): StoredRules {
  const found = rules.get(record.rulesId);
  if (found === undefined) throw new Error('a voucher without its rules');
  return found;
}

export function viewOf(
  { record, rules }: VoucherWithRules,
  bookingNumbers: readonly string[],
  today: string,
): VoucherView {
  const body = rulesToBody(rules);
  const stored = isStoredValue(record.type);
  return {
    id: record.id,
    ...body,
    validity: { ...body.validity, bookUntil: endOf(record, rules) },
    value: { ...body.value, originalValue: stored ? record.originalValue : null },
    code: record.code,
    campaign: record.campaignId,
    paidAt: record.paidOn ?? record.campaignPaidOn,
    recipient: record.recipient,
    bookingId: record.bookingRef,
    invoiceId: record.invoiceRef,
    note: record.note,
    status: statusOfRecord(record, rules, today),
    available: record.balance === null ? null : Math.max(0, record.balance - record.held),
    balance: record.balance,
    issuePrice: stored ? (record.originalValue ?? 0) - record.bonusValue : null,
    bonusBalance: record.bonusBalance,
    held: record.held,
    uses: record.uses,
    bookingNumbers,
    createdAt: new Date(record.createdAt).toISOString(),
    updatedAt: new Date(record.updatedAt).toISOString(),
    archived: record.isArchived,
    version: record.version,
  };
}

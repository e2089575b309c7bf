import type { PaymentMethod } from '../../../core/books/postings.ts';
import { isMalformedCode, lookupKeys, normaliseCode } from '../../../core/engine/voucher-code.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { writeAudit, type AuditEntry } from '../../../platform/data/audit.ts';
import type { Connection, Database, Transaction } from '../../../platform/data/db.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { appError } from '../../../platform/process/errors.ts';
import { codeShapes, type RulesBody } from '../rules/rules-service.ts';
import type { Recipient } from '../rows/voucher-row.ts';
import {
  findVoucherByNumber,
  findVoucherRecordByCode,
  findVouchers,
  findVoucherShown,
  isCodeTaken,
  lockVoucher,
  type VoucherWithRules,
} from './voucher-store.ts';
import { findVouchersOfBooking } from './voucher-use-store.ts';
import { viewKnown, viewOf, viewVouchers, type VoucherView } from './voucher-view-service.ts';

export { archiveVouchers, deleteRecipients, restoreVoucher } from './voucher-store.ts';

export interface VoucherBody extends RulesBody {
  readonly code?: string | null;
  readonly paidAt?: string | null;
  readonly recipient?: Partial<Recipient> | null;
  readonly bookingId?: string | null;
  readonly invoiceId?: string | null;
  readonly note?: string | null;
  /** Paid for it; less than the original value where a bonus is given. */
  readonly issuePrice?: number | null;
  /** How a voucher that stores value was paid; `other` when nobody says. */
  readonly paymentMethod?: PaymentMethod;
  /** false: locked by hand. */
  readonly active?: boolean;
}

/** Characters of an internal note. */
export const MAX_NOTE = 1000;
export const DEFAULT_CODE_MASK = 'XXXX-XXXX-XXXX-XXXX';
export async function findVoucher(database: Database, id: string, moment: Moment): Promise<VoucherView> {
  return readVoucher(database.knex, id, moment);
}

/** By the code in any spelling; null when there is none. */
export async function findVoucherByCode(database: Database, code: string, moment: Moment): Promise<VoucherView | null> {
  const keys = lookupKeys(code, await codeShapes(database.knex));
  const record = await findVoucherRecordByCode(database.knex, keys, moment.now);
  return record === null ? null : ((await viewVouchers(database.knex, [record], moment.today))[0] ?? null);
}

/** By its own number, such as `G-2026-000001`. */
export async function voucherOfNumber(database: Database, number: string): Promise<string | null> {
  return findVoucherByNumber(database.knex, number.toUpperCase());
}

/** The vouchers redeemed in a booking or linked to it; at most ten. */
export async function vouchersOfBooking(database: Database, bookingNumber: string): Promise<string[]> {
  return findVouchersOfBooking(database.knex, bookingNumber, 10);
}

/** Whether an own code could be given to a new voucher. */
export async function isCodeFree(database: Database, code: string): Promise<boolean> {
  return !isMalformedCode(code) && !(await isCodeTaken(database.knex, normaliseCode(code)));
}

/** What a use case reads of a voucher under its lock, once, and hands on. */
export type LockedVoucher = VoucherWithRules;

/** The voucher and its rules with its row locked; throws `not_found`. */
export async function lockedVoucher(trx: Transaction, id: string, moment: Moment): Promise<LockedVoucher> {
  await lockVoucher(trx, id);
  const [voucher] = await findVouchers(trx, [id], moment.now);
  if (voucher === undefined) throw appError('not_found');
  return voucher;
}

/** Several that are locked already, in the order of their ids. */
export async function knownVouchers(
  connection: Connection,
  ids: readonly string[],
  moment: Moment,
): Promise<LockedVoucher[]> {
  const byId = new Map((await findVouchers(connection, ids, moment.now)).map((one) => [one.record.id, one]));
  return ids.map((id) => byId.get(id) ?? missing());
}

export async function readVoucher(connection: Connection, id: string, moment: Moment): Promise<VoucherView> {
  const shown = await findVoucherShown(connection, id, moment.now);
  if (shown === null) throw appError('not_found');
  return viewOf(shown, shown.bookingNumbers, moment.today);
}

/** Several in the order of their ids; throws `not_found` where one is missing. */
export async function readVouchers(
  connection: Connection,
  ids: readonly string[],
  moment: Moment,
): Promise<VoucherView[]> {
  return viewKnown(connection, await knownVouchers(connection, ids, moment), moment.today);
}

/** Codes never stand in the audit log in full, and whom a voucher is for not at all. */
export async function audit(act: Act, action: string, id: string, changes: object): Promise<void> {
  await writeAudit(act.trx, [auditEntry(act, action, id, changes)]);
}

export function auditEntry({ actor, moment }: Author, action: string, id: string, changes: object): AuditEntry {
  const masked = {
    ...changes,
    ...('code' in changes ? { code: '…' } : {}),
    ...('recipient' in changes ? { recipient: '…' } : {}),
  };
  return { recordedAt: moment.now, actor, action, entity: 'voucher', entityId: id, changes: masked };
}

export function toRecipient(recipient: Partial<Recipient> | null): Recipient | null {
  return recipient === null ? null : { name: recipient.name ?? null, email: recipient.email ?? null };
}

function missing(): never {
  throw appError('not_found');
}

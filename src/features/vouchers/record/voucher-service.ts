import type { Act, Author } from '../../../platform/data/act.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { randomBytes } from 'node:crypto';
import { postingsOfIssue, type PaymentMethod } from '../../../core/books/postings.ts';
import {
  DEFAULT_CODE_SHAPE,
  formatCode,
  generateCode,
  isMalformedCode,
  lookupKeys,
  normaliseCode,
} from '../../../core/engine/voucher-code.ts';
import { writeAudit, type AuditEntry } from '../../../platform/data/audit.ts';
import {
  inTransaction,
  isDuplicateKey,
  type Connection,
  type Database,
  type Transaction,
} from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import {
  codeShapes,
  insertRules,
  isStoredValue,
  readRules,
  requireSoundRules,
  rulesFromBody,
  type RulesBody,
  type StoredRules,
} from '../rules/rules-service.ts';
import { nextNumber, yearOf } from '../../accounting/ledger/number-service.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import { reasonWith, requireSecondPerson, type Approved } from './four-eyes-service.ts';
import { setLock } from './voucher-lock-service.ts';
import {
  findVoucherByNumber,
  findVoucherRecord,
  findVoucherRecordByCode,
  findVouchersOfBooking,
  insertVoucher,
  isCodeTaken,
  lockVoucher,
  saveRecipient,
  type Recipient,
  type VoucherRecord,
} from './voucher-store.ts';
import { moveValue } from './voucher-value-service.ts';
import { rulesOf, viewVouchers, type VoucherView } from './voucher-view-service.ts';

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
/** Two random codes of 75 bits are never the same; a bound all the same. */
export const MAX_CODE_ATTEMPTS = 5;

export async function createVoucher(database: Database, author: Author, body: VoucherBody): Promise<VoucherView> {
  const { currency } = await generalSettings(database.knex);
  const rules = rulesFromBody(body, currency);
  await requireSoundRules(database.knex, rules);
  if (rules.funding === 'credit') throw creditByHand();
  const ownCode = body.code ?? null;
  if (ownCode !== null && isMalformedCode(ownCode)) throw malformedCode();
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(database, (trx) =>
        createVoucherIn({ trx, ...author }, body, rules, ownCode ?? newCode()),
      );
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      if (ownCode !== null || attempt === MAX_CODE_ATTEMPTS) throw codeTaken();
    }
  }
}

/** A random code in the printed form. */
export function newCode(): string {
  return formatCode(generateCode(randomBytes(DEFAULT_CODE_SHAPE.length)), DEFAULT_CODE_SHAPE, DEFAULT_CODE_MASK);
}

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

export interface LockedVoucher {
  readonly record: VoucherRecord;
  readonly rules: StoredRules;
}

/** The voucher and its rules with its row locked; throws `not_found`. */
export async function lockedVoucher(trx: Transaction, id: string, moment: Moment): Promise<LockedVoucher> {
  await lockVoucher(trx, id);
  const record = await findVoucherRecord(trx, id, moment.now);
  if (record === null) throw appError('not_found');
  return { record, rules: rulesOf(await readRules(trx, [record.rulesId]), record) };
}

export async function readVoucher(connection: Connection, id: string, moment: Moment): Promise<VoucherView> {
  const record = await findVoucherRecord(connection, id, moment.now);
  if (record === null) throw appError('not_found');
  const [view] = await viewVouchers(connection, [record], moment.today);
  if (view === undefined) throw appError('not_found');
  return view;
}

/** Codes never stand in the audit log in full, and whom a voucher is for not at all. */
export async function audit(act: Act, action: string, id: string, changes: object): Promise<void> {
  const { trx, actor, moment } = act;
  await writeAudit(trx, [auditEntry(action, id, changes, actor, moment)]);
}

export function auditEntry(action: string, id: string, changes: object, actor: string, moment: Moment): AuditEntry {
  const masked = {
    ...changes,
    ...('code' in changes ? { code: '…' } : {}),
    ...('recipient' in changes ? { recipient: '…' } : {}),
  };
  return { recordedAt: moment.now, actor, action, entity: 'voucher', entityId: id, changes: masked };
}

/** Books the value of a voucher that stores one and gets its day of payment. */
export async function bookIssue(
  act: Act,
  record: VoucherRecord,
  rules: StoredRules,
  paidOn: string,
  method: Parameters<typeof postingsOfIssue>[2],
  reason: string | null,
  approved: Approved = null,
): Promise<void> {
  const { trx } = act;
  const cents = record.originalValue ?? 0;
  if (rules.funding === 'goodwill') await requireSecondPerson(trx, cents, approved);
  const postings = postingsOfIssue({ type: record.type, funding: rules.funding }, cents, method);
  const move = {
    voucher: record,
    currency: rules.currency,
    change: cents,
    postings,
    postedOn: paidOn,
    reason: reason === null ? null : reasonWith(reason, approved),
    columns: { paid_on: paidOn },
  };
  await moveValue(act, move);
}

export function codeTaken(): Error {
  return appError('code_taken', {
    fields: [{ path: 'code', code: 'code_taken', text: 'vouchers:refusal.code_taken' }],
  });
}

export function malformedCode(): Error {
  return appError('rule_broken', {
    fields: [{ path: 'code', code: 'malformed_code', text: 'vouchers:refusal.malformed_code' }],
  });
}

/** One voucher inside of a larger use case; its rules must have been found sound. */
export async function createVoucherIn(
  act: Act,
  body: VoucherBody,
  rules: StoredRules,
  code: string,
  approved: Approved = null,
): Promise<VoucherView> {
  const { trx, moment } = act;
  const stored = isStoredValue(rules.type);
  const bonusValue = bonusValueOf(body, rules);
  const paidOn = body.paidAt === undefined ? (rules.type === 'discount' ? moment.today : null) : body.paidAt;
  const rulesId = await insertRules(trx, rules);
  const id = await insertVoucher(trx, {
    number: await nextNumber(trx, 'voucher', yearOf(moment.today), { now: moment.now }),
    code,
    normalisedCode: normaliseCode(code),
    rulesId,
    campaignId: null,
    type: rules.type,
    paidOn,
    originalValue: rules.originalValue,
    balance: stored ? 0 : null,
    bonusValue,
    uses: 0,
    bookingRef: body.bookingId ?? null,
    invoiceRef: body.invoiceId ?? null,
    note: body.note ?? null,
    now: moment.now,
  });
  if (body.recipient !== undefined && body.recipient !== null)
    await saveRecipient(trx, id, toRecipient(body.recipient));
  if (stored && paidOn !== null) {
    const { record } = await lockedVoucher(trx, id, moment);
    await bookIssue(
      act,
      record,
      rules,
      paidOn,
      body.paymentMethod ?? 'other',
      approved === null ? null : 'Kulanz',
      approved,
    );
  }
  await audit(act, 'voucher.create', id, body);
  if (body.active === false) await setLock(act, await lockedVoucher(trx, id, moment), true, null);
  return readVoucher(trx, id, moment);
}

/** What is given away where the voucher is sold for less than its value. */
function bonusValueOf({ issuePrice }: VoucherBody, rules: StoredRules): number {
  if (issuePrice === undefined || issuePrice === null) return 0;
  const value = rules.originalValue ?? 0;
  const refuse = (code: string): Error =>
    appError('rule_broken', { fields: [{ path: 'issuePrice', code, text: `vouchers:refusal.${code}` }] });
  if (rules.type !== 'purchase') throw refuse('issue_price_only_purchase');
  if (issuePrice > value) throw refuse('issue_price_too_high');
  if (issuePrice < value && rules.residual !== 'keep') throw refuse('issue_price_residual');
  return value - issuePrice;
}

/** Credit comes from the rest of another voucher, never from nothing. */
export function creditByHand(): Error {
  return appError('rule_broken', {
    fields: [{ path: 'funding', code: 'credit_by_hand', text: 'vouchers:refusal.credit_by_hand' }],
  });
}

export function toRecipient(recipient: Partial<Recipient> | null): Recipient | null {
  return recipient === null ? null : { name: recipient.name ?? null, email: recipient.email ?? null };
}

import { requirePaidDay } from '../../staff/people/told-day-service.ts';
import { DEFAULT_CODE_SHAPE, formatCode, isMalformedCode, normaliseCode } from '../../../core/engine/voucher-code.ts';
import { DEFAULT_PAYMENT_METHOD } from '../../../core/books/postings.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { writeAudit, type AuditEntry } from '../../../platform/data/audit.ts';
import {
  inTransaction,
  isDuplicateKey,
  writeTogether,
  type Connection,
  type Database,
  type Write,
} from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { nextNumbers, yearOf } from '../../accounting/ledger/number-service.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import type { Approved } from '../record/four-eyes-service.ts';
import { bookIssue } from '../record/voucher-issue-service.ts';
import { setLock } from '../record/voucher-lock-service.ts';
import { drawCode } from '../rows/code-draw-service.ts';
import type { VoucherRecord } from '../rows/voucher-row.ts';
import {
  auditEntry,
  DEFAULT_CODE_MASK,
  lockedVoucher,
  readVoucher,
  toRecipient,
  type VoucherBody,
} from '../record/voucher-service.ts';
import { insertVouchers, recipientsInsert } from '../record/voucher-store.ts';
import type { ValueMove } from '../record/voucher-value-service.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import {
  insertManyRules,
  insertRules,
  isStoredValue,
  requireSoundRules,
  rulesFromBody,
  type StoredRules,
} from '../rules/rules-service.ts';

export function createVoucher(database: Database, author: Author, body: VoucherBody): Promise<VoucherView> {
  return inTransaction(database, (trx) => makeVoucher({ trx, ...author }, body));
}

/** The same inside of a larger use case. A random code of 75 bits is never taken; a code of one's own may be. */
export async function makeVoucher(act: Act, body: VoucherBody): Promise<VoucherView> {
  const { trx, moment } = act;
  const rules = await soundRulesOf(trx, body);
  if (rules.funding === 'credit') throw creditByHand();
  const code = body.code ?? newCode();
  if (isMalformedCode(code)) throw malformedCode();
  const { id } = await createVoucherIn(act, { body, rules, code }).catch(codeRefused);
  return readVoucher(trx, id, moment);
}

function codeRefused(error: unknown): never {
  throw isDuplicateKey(error) ? codeTaken() : error;
}

/** A random code in the printed form. */
export function newCode(): string {
  return formatCode(drawCode(DEFAULT_CODE_SHAPE), DEFAULT_CODE_SHAPE, DEFAULT_CODE_MASK);
}

/** Rules that were found sound, and the voucher that gets them. */
export interface WantedVoucher {
  readonly body: VoucherBody;
  readonly rules: StoredRules;
  readonly code: string;
  readonly approved?: Approved;
}

/** What is known of a voucher that was just made, without reading it. */
export interface CreatedVoucher {
  readonly id: string;
  readonly code: string;
  /** As it stands in its row, under the lock of who has just written it. */
  readonly value: ValueMove['voucher'] & Pick<VoucherRecord, 'type'>;
}

/** One voucher inside of a larger use case. */
export async function createVoucherIn(
  act: Act,
  { body, rules, code, approved = null }: WantedVoucher,
): Promise<CreatedVoucher> {
  const { trx, moment } = act;
  const paidOn = body.paidAt === undefined ? (rules.type === 'discount' ? moment.today : null) : body.paidAt;
  if (paidOn !== null) await requirePaidDay(act, paidOn, isStoredValue(rules.type));
  const bonusValue = bonusValueOf(body, rules);
  const rulesId = await insertRules(trx, rules);
  const { vouchers, writes } = await insertAlike(act, { body, rules, paidOn, bonusValue }, [{ code, rulesId }]);
  const [created] = vouchers;
  await writeTogether(trx, writes);
  if (created === undefined) throw new Error('a voucher that was just written is gone');
  if (isStoredValue(rules.type) && paidOn !== null) {
    const method = body.paymentMethod ?? DEFAULT_PAYMENT_METHOD;
    const reason = approved === null ? null : 'Kulanz';
    await bookIssue(act, { voucher: created.value, rules, paidOn, method, reason, approved });
  }
  await writeAudit(trx, [auditEntry(act, 'voucher.create', created.id, body)]);
  if (body.active === false) await setLock(act, await lockedVoucher(trx, created.id, moment), true, null);
  return created;
}

export interface CreatedVouchers {
  /** In the order of the codes. */
  readonly vouchers: readonly CreatedVoucher[];
  /** Still to be written, together with what else their maker writes. */
  readonly writes: readonly Write[];
  readonly entries: readonly AuditEntry[];
}

/** Several vouchers by the same rules that nobody has paid yet, each with rules of its own; at most 500. */
export async function createVouchersAlike(
  act: Act,
  body: VoucherBody,
  rules: StoredRules,
  codes: readonly string[],
): Promise<CreatedVouchers> {
  const bonusValue = bonusValueOf(body, rules);
  const rulesIds = await insertManyRules(
    act.trx,
    codes.map(() => rules),
  );
  const parts = codes.map((code, index) => ({ code, rulesId: rulesIds[index] ?? '' }));
  const created = await insertAlike(act, { body, rules, paidOn: null, bonusValue }, parts);
  return { ...created, entries: created.vouchers.map(({ id }) => auditEntry(act, 'voucher.create', id, body)) };
}

interface AlikeVouchers {
  readonly body: VoucherBody;
  readonly rules: StoredRules;
  readonly paidOn: string | null;
  readonly bonusValue: number;
}

async function insertAlike(
  { trx, moment }: Act,
  { body, rules, paidOn, bonusValue }: AlikeVouchers,
  parts: readonly { readonly code: string; readonly rulesId: string }[],
): Promise<Pick<CreatedVouchers, 'vouchers' | 'writes'>> {
  const balance = isStoredValue(rules.type) ? 0 : null;
  const numbers = await nextNumbers(trx, 'voucher', yearOf(moment.today), parts.length, { now: moment.now });
  const ids = await insertVouchers(
    trx,
    parts.map(({ code, rulesId }, index) => ({
      number: numbers[index] ?? '',
      code,
      normalisedCode: normaliseCode(code),
      rulesId,
      campaignId: null,
      type: rules.type,
      paidOn,
      originalValue: rules.originalValue,
      balance,
      bonusValue,
      uses: 0,
      bookingRef: body.bookingId ?? null,
      invoiceRef: body.invoiceId ?? null,
      note: body.note ?? null,
      now: moment.now,
    })),
  );
  const recipient = toRecipient(body.recipient ?? null);
  const recipients = recipient === null ? [] : ids.map((voucherId) => ({ voucherId, ...recipient }));
  const { type, originalValue } = rules;
  return {
    vouchers: ids.map((id, index) => ({
      id,
      code: parts[index]?.code ?? '',
      value: { id, type, originalValue, balance, bonusValue, ledgerCount: 0, ledgerHead: null },
    })),
    writes: recipients.length === 0 ? [] : [recipientsInsert(trx, recipients)],
  };
}

/** A voucher as the API describes it, inside of a larger use case; the new voucher's id. */
export async function createFromBody(act: Act, body: VoucherBody, approved: Approved): Promise<string> {
  const rules = await soundRulesOf(act.trx, body);
  return (await createVoucherIn(act, { body, rules, code: body.code ?? newCode(), approved })).id;
}

/** The rules of a body with the currency of the settings; throws what is wrong with them. */
export async function soundRulesOf(connection: Connection, body: VoucherBody): Promise<StoredRules> {
  const { currency } = await generalSettings(connection);
  const rules = rulesFromBody(body, currency);
  await requireSoundRules(connection, rules);
  return rules;
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

/** Credit comes from the rest of another voucher, never from nothing. */
export function creditByHand(): Error {
  return appError('rule_broken', {
    fields: [{ path: 'funding', code: 'credit_by_hand', text: 'vouchers:refusal.credit_by_hand' }],
  });
}

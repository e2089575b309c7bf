import { requirePaidDay } from '../../staff/people/told-day-service.ts';
import { DEFAULT_PAYMENT_METHOD, type PaymentMethod } from '../../../core/books/postings.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import {
  inTransaction,
  writeTogether,
  type Connection,
  type Database,
  type Transaction,
} from '../../../platform/data/db.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { appError } from '../../../platform/process/errors.ts';
import { fieldChanges } from '../record/changed-fields-service.ts';
import { needsSecondPerson } from '../record/four-eyes-service.ts';
import { bookIssue } from '../record/voucher-issue-service.ts';
import { setLock } from '../record/voucher-lock-service.ts';
import type { Recipient, VoucherRecord } from '../rows/voucher-row.ts';
import {
  audit,
  lockedVoucher,
  readVoucher,
  toRecipient,
  type LockedVoucher,
  type VoucherBody,
} from '../record/voucher-service.ts';
import { saveRecipient, updateVoucher, voucherUpdate } from '../record/voucher-store.ts';
import { requireNoBonus } from '../record/voucher-value-service.ts';
import { viewOf, type VoucherView } from '../record/voucher-view-service.ts';
import {
  isStoredValue,
  mergeRules,
  requireSoundRules,
  rulesFromBody,
  rulesUpdate,
  type RulesBody,
  type StoredRules,
} from '../rules/rules-service.ts';
import { creditByHand } from './voucher-create-service.ts';

/** Changes rules and own fields; `ifMatch` is the version the caller has seen. */
export function changeVoucher(
  database: Database,
  author: Author,
  id: string,
  { change, ifMatch }: VoucherChange,
): Promise<VoucherView> {
  return inTransaction(database, (trx) => changeVoucherIn({ trx, ...author }, id, change, ifMatch));
}

export interface VoucherChange {
  readonly change: Partial<VoucherBody>;
  readonly ifMatch: number | null;
}

/** The same inside of a larger use case. */
export async function changeVoucherIn(
  act: Act,
  id: string,
  change: Partial<VoucherBody>,
  ifMatch: number | null,
): Promise<VoucherView> {
  const { trx, moment } = act;
  const known = await lockedVoucher(trx, id, moment);
  await writeChange(act, known, change, ifMatch);
  const after = await readVoucher(trx, id, moment);
  const changes = fieldChanges(viewOf(known, [], moment.today), after);
  if (Object.keys(changes).length > 0) await audit(act, 'voucher.change', id, changes);
  return after;
}

/** The change itself, of a voucher that is locked and known; what is other by it the caller tells the log. */
export async function writeChange(
  act: Act,
  known: LockedVoucher,
  change: Partial<VoucherBody>,
  ifMatch: number | null,
): Promise<void> {
  const { trx, moment } = act;
  const { record } = known;
  if (ifMatch !== null && ifMatch !== record.version) throw appError('version_mismatch');
  const { paidAt, paymentMethod, active, recipient, bookingId, invoiceId, note, ...ruleChange } = change;
  const ofRules = Object.keys(ruleChange).length > 0 ? await rulesChange(trx, known, ruleChange, moment) : [];
  if (recipient !== undefined) await changeRecipient(trx, record, toRecipient(recipient));
  const own = {
    ...(bookingId === undefined ? {} : { booking_ref: bookingId }),
    ...(invoiceId === undefined ? {} : { invoice_ref: invoiceId }),
    ...(note === undefined ? {} : { note }),
  };
  await writeTogether(trx, [...ofRules, voucherUpdate(trx, record.id, own, moment.now)]);
  if (paidAt !== undefined && paidAt !== record.paidOn) await changePaidDay(act, record.id, paidAt, paymentMethod);
  if (active !== undefined && active === record.isDeactivated)
    await setLock(act, await lockedVoucher(trx, record.id, moment), !active, null);
}

/** What the rules would be after a change; throws what keeps it from being made. */
export async function changedRules(
  connection: Connection,
  { record, rules: before }: LockedVoucher,
  change: Partial<RulesBody>,
  { today }: Moment,
): Promise<{ readonly rules: StoredRules; readonly isWorthChanged: boolean }> {
  if (record.campaignId !== null) throw appError('follows_campaign');
  const rules = rulesFromBody(mergeRules(before, change), before.currency);
  await requireSoundRules(connection, rules);
  const isWorthChanged = WORTH.some((name) => rules[name] !== before[name]);
  if (isWorthChanged) requireNoBonus(record);
  if (rules.funding === 'credit' && before.funding !== 'credit') throw creditByHand();
  // The account of a booked voucher may be that of its brand.
  const isAccountChanged = rules.restrictions.brand !== before.restrictions.brand && record.ledgerCount > 0;
  if ((isWorthChanged && (record.paidOn !== null || record.uses > 0)) || isAccountChanged)
    throw appError('fixed_once_paid');
  if (
    opensAgain(before.bookUntil, rules.bookUntil, today) &&
    (await needsSecondPerson(connection, record.balance ?? 0))
  )
    throw extendElsewhere();
  return { rules, isWorthChanged };
}

/** The statements that write it. */
async function rulesChange(
  trx: Transaction,
  known: LockedVoucher,
  change: Partial<RulesBody>,
  moment: Moment,
): Promise<ReturnType<typeof rulesUpdate>> {
  const { record } = known;
  const { rules, isWorthChanged } = await changedRules(trx, known, change, moment);
  const ofRules = rulesUpdate(trx, record.rulesId, rules, known.rules);
  if (!isWorthChanged) return ofRules;
  const balance = isStoredValue(rules.type) ? 0 : null;
  const worth = { type: rules.type, original_value: rules.originalValue, balance };
  return [...ofRules, voucherUpdate(trx, record.id, worth, moment.now)];
}

async function changeRecipient(
  trx: Transaction,
  { id, recipient: before }: VoucherRecord,
  recipient: Recipient | null,
): Promise<void> {
  if (before?.name === recipient?.name && before?.email === recipient?.email) return;
  await saveRecipient(trx, id, recipient);
}

/** The worth may have just changed with it, so it is read again. */
async function changePaidDay(
  act: Act,
  id: string,
  paidAt: string | null,
  method: PaymentMethod = DEFAULT_PAYMENT_METHOD,
): Promise<void> {
  const { trx, moment } = act;
  const { record, rules } = await lockedVoucher(trx, id, moment);
  if (paidAt !== null) await requirePaidDay(act, paidAt, isStoredValue(record.type));
  if (!isStoredValue(record.type)) {
    await updateVoucher(trx, id, { paid_on: paidAt }, moment.now);
    return;
  }
  if (record.paidOn !== null || paidAt === null)
    throw appError('fixed_once_paid', {
      fields: [{ path: 'paidAt', code: 'fixed_once_paid', text: 'vouchers:refusal.paid_day_fixed' }],
    });
  await bookIssue(act, { voucher: record, rules, paidOn: paidAt, method, reason: null, approved: null });
}

/** Whether a voucher that is past its date may be redeemed again. */
export function opensAgain(before: string | null, after: string | null, today: string): boolean {
  return before !== null && before < today && (after === null || after >= today);
}

function extendElsewhere(): Error {
  return appError('needs_second_person', {
    fields: [{ path: 'validity.bookUntil', code: 'needs_second_person', text: 'vouchers:refusal.extend_elsewhere' }],
  });
}

/** What was booked, and on which account, stands on these. */
const WORTH = ['type', 'currency', 'originalValue', 'residual', 'funding'] as const;

import type { Act, Author } from '../../../platform/data/act.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import type { PaymentMethod } from '../../../core/books/postings.ts';
import { inTransaction, type Connection, type Database, type Transaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import {
  isStoredValue,
  mergeRules,
  requireSoundRules,
  rulesFromBody,
  updateRules,
  type RulesBody,
  type StoredRules,
} from '../rules/rules-service.ts';
import { needsSecondPerson } from '../record/four-eyes-service.ts';
import { fieldChanges } from '../record/changed-fields-service.ts';
import { setLock } from '../record/voucher-lock-service.ts';
import {
  audit,
  bookIssue,
  creditByHand,
  lockedVoucher,
  readVoucher,
  toRecipient,
  type LockedVoucher,
  type VoucherBody,
} from '../record/voucher-service.ts';
import { saveRecipient, updateVoucher, type VoucherRecord } from '../record/voucher-store.ts';
import type { VoucherView } from '../record/voucher-view-service.ts';
import { requireNoBonus } from '../record/voucher-value-service.ts';

/** Changes rules and own fields; `ifMatch` is the version the caller has seen. */
export async function changeVoucher(
  database: Database,
  author: Author,
  id: string,
  change: Partial<VoucherBody>,
  ifMatch: number | null,
): Promise<VoucherView> {
  const { moment } = author;
  await inTransaction(database, (trx) => changeVoucherIn({ trx, ...author }, id, change, ifMatch));
  return readVoucher(database.knex, id, moment);
}

/** The same inside of a larger use case. */
export async function changeVoucherIn(
  act: Act,
  id: string,
  change: Partial<VoucherBody>,
  ifMatch: number | null,
): Promise<void> {
  const { trx, moment } = act;
  const known = await lockedVoucher(trx, id, moment);
  const before = await readVoucher(trx, id, moment);
  await writeChange(act, known, change, ifMatch);
  const changes = fieldChanges(before, await readVoucher(trx, id, moment));
  if (Object.keys(changes).length > 0) await audit(act, 'voucher.change', id, changes);
}

/** The change itself, of a voucher that is locked and known; what is other by it the caller tells the log. */
export async function writeChange(
  act: Act,
  { record, rules }: LockedVoucher,
  change: Partial<VoucherBody>,
  ifMatch: number | null,
): Promise<void> {
  const { trx, moment } = act;
  const { id } = record;
  if (ifMatch !== null && ifMatch !== record.version) throw appError('version_mismatch');
  const { paidAt, paymentMethod, active, recipient, bookingId, invoiceId, note, ...ruleChange } = change;
  if (Object.keys(ruleChange).length > 0) await changeRules(trx, record, rules, ruleChange, moment);
  if (recipient !== undefined) await saveRecipient(trx, id, toRecipient(recipient));
  await updateVoucher(
    trx,
    id,
    {
      ...(bookingId === undefined ? {} : { booking_ref: bookingId }),
      ...(invoiceId === undefined ? {} : { invoice_ref: invoiceId }),
      ...(note === undefined ? {} : { note }),
    },
    moment.now,
  );
  if (paidAt !== undefined && paidAt !== record.paidOn) await changePaidDay(act, id, paidAt, paymentMethod);
  if (active !== undefined) await setLock(act, await lockedVoucher(trx, id, moment), !active, null);
}

/** What the rules would be after a change; throws what keeps it from being made. */
export async function changedRules(
  connection: Connection,
  record: VoucherRecord,
  before: StoredRules,
  change: Partial<RulesBody>,
  moment: Moment,
): Promise<{ readonly rules: StoredRules; readonly isWorthChanged: boolean }> {
  if (record.campaignId !== null) throw appError('follows_campaign');
  const rules = rulesFromBody(mergeRules(before, change), before.currency);
  await requireSoundRules(connection, rules);
  if (isWorthChangedOf(rules, before)) requireNoBonus(record);
  if (rules.funding === 'credit' && before.funding !== 'credit') throw creditByHand();
  const isWorthChanged = isWorthChangedOf(rules, before);
  // The account of a booked voucher may be that of its brand.
  const isAccountChanged = rules.restrictions.brand !== before.restrictions.brand && record.ledgerCount > 0;
  if ((isWorthChanged && (record.paidOn !== null || record.uses > 0)) || isAccountChanged)
    throw appError('fixed_once_paid');
  if (
    opensAgain(before.bookUntil, rules.bookUntil, moment.today) &&
    (await needsSecondPerson(connection, record.balance ?? 0))
  )
    throw extendElsewhere();
  return { rules, isWorthChanged };
}

async function changeRules(
  trx: Transaction,
  record: VoucherRecord,
  before: StoredRules,
  change: Partial<RulesBody>,
  moment: Moment,
): Promise<void> {
  const { rules, isWorthChanged } = await changedRules(trx, record, before, change, moment);
  await updateRules(trx, record.rulesId, rules, before);
  if (!isWorthChanged) return;
  const balance = isStoredValue(rules.type) ? 0 : null;
  await updateVoucher(trx, record.id, { type: rules.type, original_value: rules.originalValue, balance }, moment.now);
}

async function changePaidDay(
  act: Act,
  id: string,
  paidAt: string | null,
  method: PaymentMethod = 'other',
): Promise<void> {
  const { trx, moment } = act;
  const { record, rules } = await lockedVoucher(trx, id, moment);
  if (!isStoredValue(record.type)) {
    await updateVoucher(trx, id, { paid_on: paidAt }, moment.now);
    return;
  }
  if (record.paidOn !== null || paidAt === null)
    throw appError('fixed_once_paid', {
      fields: [{ path: 'paidAt', code: 'fixed_once_paid', text: 'vouchers:refusal.paid_day_fixed' }],
    });
  await bookIssue(act, record, rules, paidAt, method, null);
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

function isWorthChangedOf(rules: StoredRules, before: StoredRules): boolean {
  return WORTH.some((name) => rules[name] !== before[name]);
}

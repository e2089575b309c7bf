import type { Act, Author } from '../../../platform/data/act.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { isLegal, type VoucherAction } from '../../../core/engine/lifecycle.ts';
import { postingsOfTopUp, type PaymentMethod } from '../../../core/books/postings.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { isStoredValue } from '../rules/rules-service.ts';
import { needsSecondPerson, reasonWith, requireSecondPerson, type Approved } from '../record/four-eyes-service.ts';
import { requireUndisputed, setLock } from '../record/voucher-lock-service.ts';
import { refundBalance, type TakenBackCents } from './voucher-refund-service.ts';
import { updateVoucher } from '../record/voucher-store.ts';
import { moveValue, owedOf, requireNoBonus } from '../record/voucher-value-service.ts';
import { audit, lockedVoucher, readVoucher, type LockedVoucher } from '../record/voucher-service.ts';
import { bookIssue } from '../record/voucher-issue-service.ts';
import { statusOfRecord, type VoucherView } from '../record/voucher-view-service.ts';

/** Sets the day of payment; a voucher that stores value gets its value booked. */
export async function payVoucher(
  act: Act,
  id: string,
  payment: { readonly paidAt: string; readonly method: PaymentMethod; readonly reference: string | null },
  approved: Approved = null,
): Promise<VoucherView> {
  const { trx, moment } = act;
  const voucher = await lockedVoucher(trx, id, moment);
  requireLegal('pay', voucher, moment);
  const { record, rules } = voucher;
  if (record.paidOn !== null) throw appError('illegal_transition');
  if (isStoredValue(record.type))
    await bookIssue(act, {
      voucher: record,
      rules,
      paidOn: payment.paidAt,
      method: payment.method,
      reason: payment.reference,
      approved,
    });
  else await updateVoucher(trx, id, { paid_on: payment.paidAt }, moment.now);
  await audit(act, 'voucher.pay', id, payment);
  return readVoucher(trx, id, moment);
}

export async function setDeactivated(
  database: Database,
  author: Author,
  id: string,
  isDeactivated: boolean,
  reason: string | null,
): Promise<VoucherView> {
  const { moment } = author;
  return inTransaction(database, async (trx) => {
    await setLock({ trx, ...author }, await lockedVoucher(trx, id, moment), isDeactivated, reason);
    return readVoucher(trx, id, moment);
  });
}

/** Ends a voucher. With a refund its balance is paid out; without one a paid balance stays a liability that is blocked. */
export async function cancelVoucher(
  act: Act,
  id: string,
  cancellation: { readonly refund: boolean; readonly reason: string; readonly takenBack?: TakenBackCents },
  approved: Approved = null,
): Promise<VoucherView> {
  const { trx, actor, moment } = act;
  const voucher = await lockedVoucher(trx, id, moment);
  requireLegal('cancel', voucher, moment);
  const { record } = voucher;
  if (cancellation.takenBack === undefined) await requireUndisputed(trx, id, 'refund');
  const balance = record.balance ?? 0;
  if (cancellation.refund && balance > 0) {
    // What a program pays back follows its own booking; a person does it by hand.
    const { charged, refunded } = cancellation.takenBack ?? { charged: [], refunded: 0 };
    const paidOut = Math.max(0, owedOf(record) - charged.reduce((sum, { cents }) => sum + cents, 0) - refunded);
    if (actor.startsWith('user:') && paidOut > 0) await requireSecondPerson(trx, paidOut, approved);
    await refundBalance(act, voucher, reasonWith(cancellation.reason, approved), cancellation.takenBack);
  } else {
    await updateVoucher(trx, id, { cancelled_at: moment.now }, moment.now);
  }
  await audit(act, 'voucher.cancel', id, { ...cancellation, balance });
  return readVoucher(trx, id, moment);
}

/** Adds money to a purchase or settlement voucher. The whole is owed for as long as the youngest part of it. */
export async function topUpVoucher(
  act: Act,
  id: string,
  topUp: { readonly amount: number; readonly method: PaymentMethod },
): Promise<VoucherView> {
  const { trx, moment } = act;
  const voucher = await lockedVoucher(trx, id, moment);
  requireLegal('topup', voucher, moment);
  const { record, rules } = voucher;
  if (record.balance === null) throw appError('illegal_transition');
  requireNoBonus(record);
  if (rules.funding === 'goodwill' && (await needsSecondPerson(trx, record.balance + topUp.amount)))
    throw appError('needs_second_person', {
      fields: [{ path: 'amount', code: 'needs_second_person', text: 'vouchers:refusal.correct_instead' }],
    });
  const postings = postingsOfTopUp({ type: record.type, funding: rules.funding }, topUp.amount, topUp.method);
  const move = {
    voucher: record,
    currency: rules.currency,
    change: topUp.amount,
    postings,
    postedOn: moment.today,
    reason: null,
    columns: { acknowledged_on: moment.today },
  };
  await moveValue(act, move);
  await audit(act, 'voucher.topup', id, topUp);
  return readVoucher(trx, id, moment);
}

/** Throws `illegal_transition` where it cannot be done to a voucher in its state. */
export function requireLegal(action: VoucherAction, { record, rules }: LockedVoucher, moment: Moment): void {
  if (!isLegal(action, statusOfRecord(record, rules, moment.today))) throw appError('illegal_transition');
}

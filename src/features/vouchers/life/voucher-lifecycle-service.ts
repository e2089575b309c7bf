import { requirePaidDay } from '../../staff/people/told-day-service.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { isLegal, type VoucherAction } from '../../../core/engine/lifecycle.ts';
import { postingsOfTopUp, takesMoney, type PaymentMethod, type TakenBy } from '../../../core/books/postings.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { isStoredValue } from '../rules/rules-service.ts';
import { reasonWith, requireSecondPerson, type Approved } from '../record/four-eyes-service.ts';
import { illegalAction, requireUndisputed, setLock } from '../record/voucher-lock-service.ts';
import { payOut, type RefundOpening, type TakenBackCents } from './voucher-refund-service.ts';
import { updateVoucher } from '../record/voucher-store.ts';
import type { VoucherRecord } from '../rows/voucher-row.ts';
import { moveValue, owedOf, requireNoBonus } from '../record/voucher-value-service.ts';
import { audit, lockedVoucher, readVoucher, type LockedVoucher } from '../record/voucher-service.ts';
import { bookIssue } from '../record/voucher-issue-service.ts';
import { endOf, statusOfRecord, type VoucherView } from '../record/voucher-view-service.ts';

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
  await requirePaidDay(act, payment.paidAt, isStoredValue(record.type));
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

export interface Cancellation {
  readonly refund: boolean;
  readonly reason: string;
  /** What the payment provider has taken back of it. */
  readonly takenBack?: TakenBackCents;
  /** The larger refund it belongs to. */
  readonly opening?: RefundOpening;
}

/**
 * Ends a voucher. With a refund its balance is to be paid back; without one a paid balance stays a liability that is blocked.
 * What came back to a voucher after its end is paid back in the same way.
 */
export async function cancelVoucher(
  act: Act,
  id: string,
  cancellation: Cancellation,
  approved: Approved = null,
): Promise<VoucherView> {
  const { trx, actor, moment } = act;
  const voucher = await lockedVoucher(trx, id, moment);
  const { record } = voucher;
  requireLegal(cancellation.refund && hasEnded(record) ? 'payout' : 'cancel', voucher, moment);
  if (cancellation.takenBack === undefined) await requireUndisputed(trx, id, 'refund');
  const balance = record.balance ?? 0;
  const { refund, reason, takenBack = null, opening = null } = cancellation;
  if (refund && balance > 0) {
    // What a program pays back follows its own booking; a person does it by hand.
    const paidOut = Math.max(0, owedOf(record) - takenBackOf(takenBack));
    if (actor.startsWith('user:') && paidOut > 0) await requireSecondPerson(trx, paidOut, approved);
    await payOut(act, voucher, { reason: reasonWith(reason, approved), takenBack, opening });
  } else {
    await updateVoucher(trx, id, { cancelled_at: moment.now }, moment.now);
  }
  await audit(act, 'voucher.cancel', id, { refund, reason, balance, takenBack: takenBackOf(takenBack) });
  return readVoucher(trx, id, moment);
}

function takenBackOf(takenBack: TakenBackCents | null): number {
  if (takenBack === null) return 0;
  return [...takenBack.charged, takenBack.refunded].reduce((sum, { cents }) => sum + cents, 0);
}

/** What came back to a voucher after its end is paid out; one that has not ended is cancelled instead. */
export async function payOutRest(act: Act, id: string, reason: string): Promise<VoucherView> {
  requireLegal('payout', await lockedVoucher(act.trx, id, act.moment), act.moment);
  return cancelVoucher(act, id, { refund: true, reason });
}

function hasEnded({ isCancelled, isRefunded, isDerecognised, isReplaced }: VoucherRecord): boolean {
  return isCancelled || isRefunded || isDerecognised || isReplaced;
}

/**
 * Adds money to a purchase or settlement voucher, the way it came. It is a claim of its own: its limitation begins today,
 * and that of what stood on the voucher before goes on.
 */
export async function topUpVoucher(
  act: Act,
  id: string,
  topUp: { readonly amount: number; readonly method: TakenBy; readonly documentNumber?: string },
): Promise<VoucherView> {
  const { trx, moment } = act;
  const voucher = await lockedVoucher(trx, id, moment);
  requireTakesMoney(voucher);
  requireLegal('topup', voucher, moment);
  requireUsable(voucher, moment);
  const { record, rules } = voucher;
  requireNoBonus(record);
  await moveValue(act, {
    voucher: record,
    currency: rules.currency,
    change: topUp.amount,
    postings: postingsOfTopUp({ type: record.type, funding: rules.funding }, topUp.amount, topUp.method),
    postedOn: moment.today,
    reason: null,
    ...(topUp.documentNumber === undefined ? {} : { documentNumber: topUp.documentNumber }),
    columns: { topped_up_on: moment.today },
  });
  await audit(act, 'voucher.topup', id, topUp);
  return readVoucher(trx, id, moment);
}

/** A gift is owed to nobody: what a customer pays for is sold as a voucher of its own. */
function requireTakesMoney({ record, rules }: LockedVoucher): void {
  if (takesMoney({ type: record.type, funding: rules.funding })) return;
  throw refusedTopUp(rules.funding === 'goodwill' ? 'topup_goodwill' : 'topup_no_value');
}

/** Money that nobody could redeem would only wait for its refund. */
function requireUsable({ record, rules }: LockedVoucher, { today }: Moment): void {
  const end = endOf(record, rules);
  if (end !== null && end < today) throw refusedTopUp('topup_expired');
  if (rules.maxUses !== null && record.uses >= rules.maxUses) throw refusedTopUp('topup_used_up');
}

function refusedTopUp(code: string): Error {
  return appError('rule_broken', { fields: [{ path: 'amount', code, text: `vouchers:refusal.${code}` }] });
}

/** Throws `illegal_transition`, with the state and the way out of it, where it cannot be done to a voucher in its state. */
export function requireLegal(action: VoucherAction, { record, rules }: LockedVoucher, moment: Moment): void {
  const status = statusOfRecord(record, rules, moment.today);
  if (!isLegal(action, status, (record.balance ?? 0) > 0)) throw illegalAction(action, status);
}

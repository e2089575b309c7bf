import type { Act } from '../../../platform/data/act.ts';
import { isLegal } from '../../../core/engine/lifecycle.ts';
import { postingsOfChargebackReversal } from '../../../core/books/postings.ts';
import type { Connection, Transaction } from '../../../platform/data/db.ts';
import {
  deleteVoucherDispute,
  findChildren,
  findDisputedOrder,
  findOtherDisputes,
  findVoucherDisputes,
  insertVoucherDispute,
  isLockedByDispute,
  markEnded,
  sumBalances,
  sumEntries,
} from '../record/voucher-dispute-store.ts';
import { lockVouchersInOrder } from '../record/voucher-family-store.ts';
import { setLock } from '../record/voucher-lock-service.ts';
import { audit, lockedVoucher } from '../record/voucher-service.ts';
import { updateVoucher } from '../record/voucher-store.ts';
import { moveValue } from '../record/voucher-value-service.ts';
import { statusOfRecord } from '../record/voucher-view-service.ts';

/** An order of fifty vouchers, each split into fifty, is far less. */
const MAX_FAMILY = 5000;
const MAX_STEPS = 100;

/** These vouchers and all that came of them: new codes, parts, merged ones, rests; each once, the given ones first. */
export async function withDescendants(connection: Connection, ids: readonly string[]): Promise<string[]> {
  const known = new Set(ids);
  let edge = [...ids];
  for (let step = 0; edge.length > 0; step++) {
    if (step > MAX_STEPS || known.size > MAX_FAMILY) throw new Error('a family of vouchers without an end');
    edge = (await findChildren(connection, edge)).filter((id) => !known.has(id));
    for (const id of edge) known.add(id);
  }
  return [...known];
}

/**
 * The same with every one of them locked. What replaces a voucher locks it first, so once the known ones are ours, what
 * came of them meanwhile can be seen, and nothing more can come.
 */
export async function lockedFamily(trx: Transaction, ids: readonly string[]): Promise<string[]> {
  for (let known = await withDescendants(trx, ids); ;) {
    await lockVouchersInOrder(trx, known);
    const now = await withDescendants(trx, known);
    if (now.length === known.length) return now;
    known = now;
  }
}

/** Locks a voucher whose money was taken back. One that is locked already, or over, keeps the state it has. */
export async function lockForDispute(act: Act, voucherId: string, orderId: string, reason: string): Promise<void> {
  const { trx, moment } = act;
  const locked = await lockedVoucher(trx, voucherId, moment);
  const isLockable =
    isLegal('deactivate', statusOfRecord(locked.record, locked.rules, moment.today)) && !locked.record.isDeactivated;
  const hasLocked = isLockable || (locked.record.isDeactivated && (await isLockedByDispute(trx, voucherId)));
  if (isLockable) await setLock(act, locked, true, reason);
  await insertVoucherDispute(trx, voucherId, orderId, hasLocked, moment.now);
}

/** The money is back: vouchers that this dispute locked are open again, unless another dispute holds them. How many had been ended and exist again. */
export async function unlockAfterDispute(act: Act, orderId: string, reason: string): Promise<number> {
  const { trx, moment } = act;
  let reopened = 0;
  const disputes = await findVoucherDisputes(trx, orderId);
  if (disputes.length > 0)
    await lockVouchersInOrder(
      trx,
      disputes.map(({ voucherId }) => voucherId),
    );
  for (const { voucherId, hasLocked, hasEnded } of disputes) {
    if (hasEnded && (await reopen(act, voucherId, orderId))) reopened += 1;
    await deleteVoucherDispute(trx, voucherId, orderId);
    if (!hasLocked || (await isLockedByDispute(trx, voucherId))) continue;
    const locked = await lockedVoucher(trx, voucherId, moment);
    if (isLegal('activate', statusOfRecord(locked.record, locked.rules, moment.today)))
      await setLock(act, locked, false, reason);
    // One that is over stays so, but no lock is left under its end.
    else if (locked.record.isDeactivated) await updateVoucher(trx, voucherId, { is_deactivated: false }, moment.now);
  }
  return reopened;
}

/** A person ended the voucher of a disputed order. */
export async function markEndedByDispute(trx: Transaction, voucherId: string, orderId: string): Promise<void> {
  await markEnded(trx, voucherId, orderId, true);
}

/** The other orders that dispute a voucher too. */
export function otherDisputesOf(connection: Connection, voucherId: string, orderId: string): Promise<string[]> {
  return findOtherDisputes(connection, voucherId, orderId);
}

/**
 * Gives vouchers back what a chargeback took from them, newest first, until no more than `allowed` cents are booked as
 * charged back; the vouchers exist again. How many cents came back.
 */
export async function giveBackCharged(
  act: Act,
  family: readonly string[],
  order: { readonly id: string; readonly number: string; readonly openItemId: string },
  allowed: number,
): Promise<number> {
  const { trx, moment } = act;
  const { perVoucher, charged } = await chargedOf(trx, family, order.number);
  let left = Math.max(0, charged - allowed);
  const total = left;
  for (const id of [...family].reverse()) {
    const cents = Math.min(left, perVoucher.get(id) ?? 0);
    if (cents === 0) continue;
    const { record, rules } = await lockedVoucher(trx, id, moment);
    const postings = postingsOfChargebackReversal({ type: record.type, funding: rules.funding }, cents);
    const columns = { cancelled_at: null, refunded_at: null };
    await moveValue(act, {
      voucher: record,
      currency: rules.currency,
      change: cents,
      postings,
      postedOn: moment.today,
      reason: 'chargeback_won',
      documentNumber: order.number,
      openItemId: order.openItemId,
      columns,
    });
    await audit(act, 'voucher.chargeback_won', id, { cents });
    await markEnded(trx, id, order.id, false);
    left -= cents;
  }
  return total - left;
}

/** One that was ended with nothing on it had only been cancelled; what was paid out otherwise stays so. */
async function reopen(act: Act, id: string, orderId: string): Promise<boolean> {
  const { trx, moment } = act;
  const { record } = await lockedVoucher(trx, id, moment);
  if (!record.isCancelled || record.isRefunded) return false;
  await updateVoucher(trx, id, { cancelled_at: null }, moment.now);
  await audit(act, 'voucher.chargeback_won', id, { cents: 0, order: orderId });
  return true;
}

async function chargedOf(
  connection: Connection,
  ids: readonly string[],
  orderNumber: string,
): Promise<{ readonly perVoucher: ReadonlyMap<string, number>; readonly charged: number }> {
  const perVoucher = new Map<string, number>();
  for (const { voucherId, event, cents, documentNumber } of await sumEntries(connection, ids, [
    'chargeback',
    'chargeback_reversal',
  ])) {
    if (documentNumber !== orderNumber) continue;
    perVoucher.set(voucherId, (perVoucher.get(voucherId) ?? 0) + (event === 'chargeback' ? cents : -cents));
  }
  return { perVoucher, charged: [...perVoucher.values()].reduce((sum, cents) => sum + cents, 0) };
}

/** The order whose money was taken back; null: nobody disputes the voucher. */
export function disputedOrderOf(
  connection: Connection,
  voucherId: string,
): Promise<{ readonly id: string; readonly number: string } | null> {
  return findDisputedOrder(connection, voucherId);
}

export interface FamilyMoney {
  readonly balance: number;
  /** Redeemed less what bookings gave back. */
  readonly redeemed: number;
  /** Ended as charged back for this order, less what came back. */
  readonly charged: number;
  /** Ended as refunded at the provider. */
  readonly refunded: number;
}

const MONEY_EVENTS = ['redemption', 'redemption_reversal', 'chargeback', 'chargeback_reversal', 'refund'];

/** What stands on the vouchers of an order and what came of them, and what became of the rest. */
export async function moneyOfFamily(
  connection: Connection,
  ids: readonly string[],
  orderNumber: string,
): Promise<FamilyMoney> {
  const sums = { redeemed: 0, charged: 0, refunded: 0 };
  if (ids.length === 0) return { balance: 0, ...sums };
  for (const { event, creditRole, cents, documentNumber } of await sumEntries(connection, ids, MONEY_EVENTS)) {
    if (event === 'redemption') sums.redeemed += cents;
    if (event === 'redemption_reversal') sums.redeemed -= cents;
    if (event === 'chargeback' && documentNumber === orderNumber) sums.charged += cents;
    if (event === 'chargeback_reversal' && documentNumber === orderNumber) sums.charged -= cents;
    // Against the money under way until chargebacks were posted when they happen.
    const isAtProvider = creditRole === 'TRANSIT' || documentNumber === orderNumber;
    if (event === 'refund' && isAtProvider) sums.refunded += cents;
  }
  return { balance: await balanceOfFamily(connection, ids), ...sums };
}

/** What stands on vouchers, in cents. */
export async function balanceOfFamily(connection: Connection, ids: readonly string[]): Promise<number> {
  const balances = await sumBalances(connection, ids);
  return [...balances.values()].reduce((sum, cents) => sum + cents, 0);
}

import { requireToldDay } from '../../staff/people/told-day-service.ts';
import type { I18n } from '../../../platform/html/i18n.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { postingTakenBack } from '../../../core/books/order-postings.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { moveSubject } from '../../accounting/ledger/ledger-subject-service.ts';
import { payRefund } from '../../accounting/refunds/refund-service.ts';
import { unpaidRefundsOf } from '../../accounting/refunds/refund-list-service.ts';
import { holdMails, releaseMails } from '../../documents/mail/mail-hold-service.ts';
import {
  giveBackCharged,
  lockedFamily,
  lockForDispute,
  moneyOfFamily,
  unlockAfterDispute,
  withDescendants,
} from '../../vouchers/life/voucher-dispute-service.ts';
import {
  findKeptChargeback,
  hasWaitingChargebacks,
  insertChargeback,
  keyByHand,
  markChargebacksPosted,
  replaceByHand,
  saveDispute,
  type Chargeback,
} from './chargeback-store.ts';
import { chargebacksOf } from './dispute-figures-service.ts';
import { orderMove, orderSubject, postWaitingPayments } from './order-money-service.ts';
import { auditOrder, lockedOrder, readOrder } from '../record/order-service.ts';
import { findOrderVouchers, updateOrder, type Order } from '../record/order-store.ts';

export { type Chargeback } from './chargeback-store.ts';

export interface ChargebackOutcome {
  readonly order: Order;
  readonly isRepeated: boolean;
  /** Cents that were taken back and not given again. */
  readonly disputed: number;
}

/** The reason of a lock is written in the language of the order. */
type DisputeParts = Pick<Shell, 'database' | 'i18n'>;

/**
 * Keeps money that the provider took back or gave again, once per event. What is missing locks the order's vouchers and
 * all that came of them; once nothing is missing any more, everything the dispute did is undone.
 */
export async function bookChargeback(
  { database, i18n }: DisputeParts,
  author: Author,
  orderId: string,
  one: ToldChargeback,
): Promise<ChargebackOutcome> {
  const { moment } = author;
  return inTransaction(database, async (trx) => {
    const order = await lockedOrder(trx, orderId, moment);
    const kept = await findKeptChargeback(trx, one.sourceKey);
    if (kept !== null && kept.orderId !== orderId) throw appError('conflict');
    if (kept !== null) requireSameAmount(kept.cents, one.cents);
    if (kept !== null) return { order, isRepeated: true, disputed: (await chargebacksOf(trx, orderId)).disputed.total };
    const act: Act = { trx, ...author };
    await requireToldDay(act, one.happenedOn, 'paidOn');
    await postWaitingMoney(act, order);
    const replaced = one.kind === 'chargeback_won' ? await replaceByHand(trx, orderId, one.cents) : 0;
    const confirmed = one.kind === 'refund' ? await confirmRefunds(act, order, one) : 0;
    await keep(act, order, { ...one, confirmed }, { i18n, cents: one.cents - replaced - confirmed });
    return {
      order: await readOrder(trx, orderId),
      isRepeated: false,
      disputed: (await chargebacksOf(trx, orderId)).disputed.total,
    };
  });
}

export interface WonByHand {
  /** What the person saw as missing; another sum by now is a conflict. */
  readonly cents: number;
  readonly happenedOn: string;
  readonly reference: string | null;
  /** Of the form, so that sending it twice counts once. */
  readonly formKey: string;
}

/** The same event or form may come twice; with another amount it is another one, and is never told to be booked. */
export function requireSameAmount(booked: number, told: number): void {
  if (booked === told) return;
  const text = 'orders:refusal.told_otherwise';
  throw appError('conflict', { fields: [{ path: 'amount', code: 'told_otherwise', params: { booked, told }, text }] });
}

/** A person knows that all of the missing money is back, without having been told by the provider. */
export async function bookWonByHand(
  { database, i18n }: DisputeParts,
  author: Author,
  orderId: string,
  won: WonByHand,
): Promise<Order> {
  const { moment } = author;
  return inTransaction(database, async (trx) => {
    const order = await lockedOrder(trx, orderId, moment);
    const sourceKey = keyByHand(won.formKey);
    if ((await findKeptChargeback(trx, sourceKey)) !== null) return order;
    const { disputed } = await chargebacksOf(trx, orderId);
    if (disputed.total === 0 || disputed.total !== won.cents) throw appError('conflict');
    const act: Act = { trx, ...author };
    await requireToldDay(act, won.happenedOn, 'wonOn');
    await postWaitingMoney(act, order);
    const { cents, happenedOn, reference } = won;
    const one = { kind: 'chargeback_won', cents, happenedOn, sourceKey, reference, confirmed: 0 } as const;
    await keep(act, order, one, { i18n, cents });
    return readOrder(trx, orderId);
  });
}

/** What the provider tells; how much of it confirms a refund of ours is found out here. */
export type ToldChargeback = Omit<Chargeback, 'confirmed'>;

/** A refund at the provider that we had decided is paid now: the oldest first, each as a whole. How many cents they are. */
async function confirmRefunds(act: Act, { id }: Order, told: ToldChargeback): Promise<number> {
  let left = told.cents;
  for (const refund of await unpaidRefundsOf(act.trx, id)) {
    if (refund.way !== 'provider' || refund.state !== 'open' || refund.cents > left) continue;
    if (told.happenedOn < refund.decidedOn) continue;
    await payRefund(act, refund.id, 'provider', { paidOn: told.happenedOn, reference: told.reference });
    left -= refund.cents;
  }
  return told.cents - left;
}

/** `cents`: what is new of it for the books, posted on its day and in full, however much of the vouchers was redeemed. */
async function keep(
  act: Act,
  order: Order,
  one: Chargeback,
  { i18n, cents }: { readonly i18n: I18n; readonly cents: number },
): Promise<void> {
  const { trx, moment } = act;
  await insertChargeback(trx, order.id, one, moment.now);
  if (cents > 0) {
    const move = orderMove(order, postingTakenBack(one.kind, cents), { paidOn: one.happenedOn });
    await moveSubject(act, await orderSubject(trx, order), [move]);
  }
  await auditOrder(act, one.kind === 'refund' ? 'order.provider_refund' : `order.${one.kind}`, order.id, {
    cents: one.cents,
    happenedOn: one.happenedOn,
    reference: one.reference,
  });
  await applyDispute(act, order, i18n);
}

/**
 * What was told of an order before such things were posted when they happen is posted now, under its lock: payments, and
 * what the provider took back beyond what ended vouchers show already. How many cents moved.
 */
export async function postWaitingMoney(act: Act, order: Order): Promise<number> {
  const paid = await postWaitingPayments(act, order);
  const { trx } = act;
  if (!(await hasWaitingChargebacks(trx, order.id))) return paid;
  const { items, disputed } = await chargebacksOf(trx, order.id);
  const family = await withDescendants(trx, await findOrderVouchers(trx, order.id));
  const booked = await moneyOfFamily(trx, family, order.number);
  const parts = [
    ['chargeback', disputed.charged - booked.charged],
    ['refund', disputed.refunded - booked.refunded],
  ] as const;
  const happenedOn = items.at(-1)?.happenedOn ?? act.moment.today;
  const moves = parts
    .filter(([, cents]) => cents > 0)
    .map(([kind, cents]) => orderMove(order, postingTakenBack(kind, cents), { paidOn: happenedOn }));
  if (moves.length > 0) await moveSubject(act, await orderSubject(trx, order), moves);
  await markChargebacksPosted(trx, order.id);
  return parts.reduce((sum, [, cents]) => sum + Math.max(0, cents), paid);
}

/** Brings the order's vouchers and mails in line with the money that is missing; nothing happens where nobody ever took any back. */
export async function applyDispute(act: Act, order: Order, i18n: I18n): Promise<void> {
  const { trx, moment } = act;
  const reason = i18n.translator(order.locale)('orders:chargeback_reason', { number: order.number });
  const { items, disputed } = await chargebacksOf(trx, order.id);
  if (items.length === 0) return;
  await saveDispute(trx, order.id, disputed.total, moment.now);
  const family = await lockedFamily(trx, await findOrderVouchers(trx, order.id));
  let reopened = 0;
  const { id: openItemId } = await orderSubject(trx, order);
  const givenBack = await giveBackCharged(act, family, { ...order, openItemId }, disputed.charged);
  const subjects = [
    { entity: 'order', id: order.id } as const,
    ...family.map((id) => ({ entity: 'voucher', id }) as const),
  ];
  if (disputed.total > 0) {
    for (const id of family) await lockForDispute(act, id, order.id, reason);
    await holdMails(trx, subjects, moment.now);
  } else {
    reopened = await unlockAfterDispute(act, order.id, reason);
    await releaseMails(trx, subjects);
  }
  // What a refund of the order had ended for the chargeback's sake exists again.
  if (order.state === 'refunded' && (givenBack > 0 || reopened > 0)) {
    await updateOrder(trx, order.id, { state: 'fulfilled', ended_at: null });
    await auditOrder(act, 'order.reopen', order.id, { cents: givenBack });
  }
}

import { postingMovedOut } from '../../../core/books/order-postings.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { inTransaction, writeTogether, type Connection } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { moveSubject, subjectOf } from '../../accounting/ledger/ledger-subject-service.ts';
import { decideRefund, type OpenedRefund } from '../../accounting/refunds/refund-service.ts';
import { unpaidRefundsOf } from '../../accounting/refunds/refund-list-service.ts';
import { refundWayOfOrder } from '../../accounting/refunds/refund-source-service.ts';
import { bookPayment, preparedParts } from '../payments/order-payment-service.ts';
import { postWaitingMoney } from '../payments/chargeback-service.ts';
import { orderMove, orderSubject } from '../payments/order-money-service.ts';
import type { OrderDesk } from '../record/order-message-service.ts';
import { auditOrder, findByNumber, lockedOrder, readOrder } from '../record/order-service.ts';
import type { Order } from '../record/order-store.ts';

/** What stands on the open item of an order. */
export interface OrderBalance {
  /** Cents of the buyer's money on no voucher; below 0: what the buyer owes us after a chargeback. */
  readonly balance: number;
  /** Of it decided to be paid back and not yet paid. */
  readonly refunding: number;
  /** What somebody has to decide about: not refunded, and not meant for an order that still waits for the rest. */
  readonly free: number;
}

export async function orderBalance(connection: Connection, order: Order): Promise<OrderBalance> {
  const subject = await subjectOf(connection, 'order', order.id);
  const balance = subject?.balance ?? 0;
  const refunding = (await unpaidRefundsOf(connection, order.id))
    .filter(({ origin }) => origin === 'order_money')
    .reduce((sum, { cents }) => sum + cents, 0);
  const isWanted = order.state === 'ordered' || order.state === 'partly_paid';
  return { balance, refunding, free: isWanted ? 0 : Math.max(0, balance - refunding) };
}

/** Decides to pay back what stands on no voucher: a task, and the money stays where it is until it is paid. */
export async function refundOrderMoney(
  { database }: OrderDesk,
  author: Author,
  id: string,
  { cents, reason }: { readonly cents: number; readonly reason: string },
): Promise<OpenedRefund> {
  return inTransaction(database, async (trx) => {
    const act: Act = { trx, ...author };
    const order = await lockedOrder(trx, id, author.moment);
    await postWaitingMoney(act, order);
    await requireFree(act, order, cents);
    const openItem = await orderSubject(trx, order);
    const refund = await decideRefund(act, {
      origin: 'order_money',
      ...(await refundWayOfOrder(trx, id)),
      payee: order.buyerName ?? '',
      iban: '',
      cents,
      currency: order.currency,
      voucher: null,
      order: { id, number: order.number },
      partnerId: null,
      lineId: null,
      reason,
      brand: order.brand,
      openItem,
    });
    await writeTogether(trx, refund.writes);
    await auditOrder(act, 'order.refund_money', id, { cents, refund: refund.number });
    return refund;
  });
}

export interface MovedMoney {
  readonly target: Order;
  readonly cents: number;
}

/**
 * Uses money that stands on no voucher for another order, as far as that one needs it; what completes it makes its
 * vouchers. Both orders are locked by ascending id, so that two people who move money across each other do not meet.
 */
export async function moveOrderMoney(
  desk: OrderDesk,
  author: Author,
  id: string,
  { targetNumber, formKey }: { readonly targetNumber: string; readonly formKey: string },
): Promise<MovedMoney> {
  const { database } = desk;
  const target = await findByNumber(database.knex, targetNumber);
  if (target === null) throw ruleBroken('unknown_order');
  if (target.id === id) throw ruleBroken('same_order');
  const parts = await preparedParts(desk);
  return inTransaction(database, async (trx) => {
    const act: Act = { trx, ...author };
    const ids = [id, target.id].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    for (const one of ids) await lockedOrder(trx, one, author.moment);
    const order = await readOrder(trx, id);
    await postWaitingMoney(act, order);
    const wanting = await readOrder(trx, target.id);
    if (wanting.state !== 'ordered' && wanting.state !== 'partly_paid') throw ruleBroken('order_needs_nothing');
    if (wanting.currency !== order.currency) throw ruleBroken('other_currency');
    const { free } = await orderBalance(trx, order);
    const cents = Math.min(free, wanting.total - wanting.paid);
    if (cents <= 0) throw appError('conflict');
    const out = orderMove(order, postingMovedOut(cents), { paidOn: author.moment.today });
    await moveSubject(act, await orderSubject(trx, order), [{ ...out, reason: wanting.number }]);
    const payment = {
      cents,
      method: 'other_order',
      paidOn: author.moment.today,
      sourceKey: `moved:${formKey}`.slice(0, 160),
      reference: order.number,
    } as const;
    const { order: paid, isRepeated } = await bookPayment(act, target.id, payment, parts);
    if (isRepeated) throw appError('conflict');
    await auditOrder(act, 'order.move_money', id, { cents, to: wanting.number });
    return { target: paid, cents };
  });
}

async function requireFree({ trx }: Act, order: Order, cents: number): Promise<void> {
  const { free } = await orderBalance(trx, order);
  if (cents < 1 || cents > free) throw appError('conflict');
}

function ruleBroken(code: string): Error {
  return appError('rule_broken', { fields: [{ path: 'targetNumber', code, text: `orders:refusal.${code}` }] });
}

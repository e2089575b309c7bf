import { postingOnAccount } from '../../../core/books/order-postings.ts';
import type { PaymentMethod } from '../../../core/books/postings.ts';
import { applyPayment, isLegalForOrder } from '../../../core/sale/order-lifecycle.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { inTransaction, writeTogether } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { shopSettings } from '../../settings/shop-settings-service.ts';
import { preparePin } from '../../vouchers/record/voucher-pin-service.ts';
import { lockedVoucher } from '../../vouchers/record/voucher-service.ts';
import { moveValue } from '../../vouchers/record/voucher-value-service.ts';
import type { OrderDesk } from '../record/order-message-service.ts';
import { auditOrder, lockedOrder } from '../record/order-service.ts';
import { findOrderVouchers, orderUpdate, type Order } from '../record/order-store.ts';
import { applyDispute } from './chargeback-service.ts';
import { fulfilOrder, type PaymentParts } from './order-fulfilment-service.ts';
import { findPaymentOrder, findPayments, paymentInsert } from './order-payment-store.ts';

export interface IncomingPayment {
  readonly cents: number;
  readonly method: PaymentMethod;
  readonly paidOn: string;
  /** Where it came from, such as one line of one statement; a second payment with the same key changes nothing. */
  readonly sourceKey: string;
  readonly reference: string | null;
}

export interface PaymentOutcome {
  readonly order: Order;
  /** true: this very payment was booked before. */
  readonly isRepeated: boolean;
  readonly missing: number;
  readonly excess: number;
}

/** Books a payment; the one that completes the price makes codes, vouchers, ledger entries and the buyer's second mail. */
export async function payOrder(
  desk: OrderDesk,
  author: Author,
  orderId: string,
  payment: IncomingPayment,
): Promise<PaymentOutcome> {
  const parts = await preparedParts(desk);
  return inTransaction(desk.database, (trx) => bookPayment({ trx, ...author }, orderId, payment, parts));
}

export interface Settlement {
  readonly method: PaymentMethod;
  readonly paidOn: string;
}

/** "Als bezahlt und erledigt": whatever is missing has come in. An order that is done already stays as it is. */
export async function settleOrder(
  desk: OrderDesk,
  author: Author,
  orderId: string,
  settlement: Settlement,
): Promise<PaymentOutcome> {
  const parts = await preparedParts(desk);
  return inTransaction(desk.database, (trx) => settleIn({ trx, ...author }, orderId, settlement, parts));
}

export async function settleIn(
  act: Act,
  orderId: string,
  settlement: Settlement,
  parts: PaymentParts,
): Promise<PaymentOutcome> {
  const { trx, moment } = act;
  const order = await lockedOrder(trx, orderId, moment);
  if (order.state === 'fulfilled') return { order, isRepeated: true, missing: 0, excess: 0 };
  if (!isLegalForOrder('settle', order.state)) throw appError('illegal_transition');
  const payment = { ...settlement, cents: order.total - order.paid, sourceKey: `settle:${order.id}`, reference: null };
  return bookPayment(act, orderId, payment, parts);
}

/** What a payment needs from outside of its transaction. */
export async function preparedParts(desk: OrderDesk): Promise<PaymentParts> {
  return { prepared: await preparePin(), shop: await shopSettings(desk.database.knex), links: desk };
}

/** The same inside of a larger use case; `prepared` comes from `preparePin`. */
export async function bookPayment(
  act: Act,
  orderId: string,
  payment: IncomingPayment,
  parts: PaymentParts,
): Promise<PaymentOutcome> {
  const { trx, actor, moment } = act;
  const order = await lockedOrder(trx, orderId, moment);
  const bookedFor = await findPaymentOrder(trx, payment.sourceKey);
  if (bookedFor !== null) {
    if (bookedFor !== orderId) throw appError('conflict');
    return { order, isRepeated: true, missing: Math.max(0, order.total - order.paid), excess: 0 };
  }
  const { state, paid, fulfils, missing, excess } = applyPayment(order, payment.cents);
  const fulfilledAt = fulfils ? moment.now : order.fulfilledAt;
  await writeTogether(trx, [
    paymentInsert(trx, orderId, { ...payment, recordedAt: moment.now, actor }),
    orderUpdate(trx, orderId, { state, paid, fulfilled_at: fulfilledAt }),
  ]);
  const after: Order = { ...order, state, paid, fulfilledAt };
  if (fulfils) {
    await fulfilOrder(act, after, await findPayments(trx, orderId), parts);
    await applyDispute(act, after, parts.links.i18n);
  } else if (order.state === 'fulfilled') await bookExcess(act, after, payment);
  await auditOrder(act, 'order.pay', orderId, { cents: payment.cents, method: payment.method, missing, excess });
  return { order: after, isRepeated: false, missing, excess };
}

/** Money for vouchers that exist already stands on the buyer's account, where the bookkeeping finds it. */
async function bookExcess(act: Act, order: Order, payment: IncomingPayment): Promise<void> {
  const { trx, moment } = act;
  const [first] = await findOrderVouchers(trx, order.id);
  if (first === undefined) throw new Error('a fulfilled order without a voucher');
  const { record } = await lockedVoucher(trx, first, moment);
  await moveValue(act, {
    voucher: record,
    currency: order.currency,
    change: 0,
    postings: [postingOnAccount(payment)],
    postedOn: payment.paidOn,
    reason: order.number,
    documentNumber: order.number,
  });
}

import { requireAmount } from '../../../platform/process/amount-limit.ts';
import { requireToldDay } from '../../staff/people/told-day-service.ts';
import {
  postingsOfPaidSales,
  postingsOfWholePayment,
  type OrderMethod,
  type OrderPostings,
} from '../../../core/books/order-postings.ts';
import { applyPayment, isLegalForOrder } from '../../../core/sale/order-lifecycle.ts';
import type { Act, Author } from '../../../platform/data/act.ts';
import { writeAudit } from '../../../platform/data/audit.ts';
import { inTransaction, writeTogether, type Transaction, type Write } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { subjectWrites } from '../../accounting/ledger/ledger-subject-service.ts';
import { DOCUMENT_SETTING } from '../../settings/document-settings-service.ts';
import { settingsTogether } from '../../settings/setting-service.ts';
import { SHOP_SETTING } from '../../settings/shop-settings-service.ts';
import { preparePin } from '../../vouchers/record/voucher-pin-service.ts';
import type { OrderDesk } from '../record/order-message-service.ts';
import { orderAuditEntry } from '../record/order-service.ts';
import { orderUpdate, type Order } from '../record/order-store.ts';
import { applyDispute, requireSameAmount } from './chargeback-service.ts';
import { fulfilOrder, type PaymentParts } from './order-fulfilment-service.ts';
import { orderMove, orderSubject, paymentMoves } from './order-money-service.ts';
import {
  findPaymentsAndKey,
  lockPayableOrder,
  markPaymentsPosted,
  paymentInsert,
  type OrderPayment,
  type PayableOrder,
  type PaymentLeg,
} from './order-payment-store.ts';

export interface IncomingPayment {
  readonly cents: number;
  readonly method: OrderMethod;
  readonly paidOn: string;
  /** Where it came from, such as one line of one statement; a second payment with the same key changes nothing. */
  readonly sourceKey: string;
  readonly reference: string | null;
  /** Under which it is posted; where none is given, the number of the order. */
  readonly documentNumber?: string;
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
  readonly method: OrderMethod;
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
  const payable = await payableOrder(act.trx, orderId);
  const { order } = payable;
  if (order.state === 'fulfilled') return { order, isRepeated: true, missing: 0, excess: 0 };
  if (!isLegalForOrder('settle', order.state)) throw appError('illegal_transition');
  const payment = { ...settlement, cents: order.total - order.paid, sourceKey: `settle:${order.id}`, reference: null };
  return bookOn(act, payable, payment, parts);
}

/** What a payment needs from outside of its transaction. */
export async function preparedParts(desk: OrderDesk): Promise<PaymentParts> {
  const [shop, { codeMask }] = await settingsTogether(desk.database.knex, SHOP_SETTING, DOCUMENT_SETTING);
  return { prepared: await preparePin(), shop, codeMask, links: desk };
}

/** The same inside of a larger use case; `parts` come from `preparedParts`. */
export async function bookPayment(
  act: Act,
  orderId: string,
  payment: IncomingPayment,
  parts: PaymentParts,
): Promise<PaymentOutcome> {
  return bookOn(act, await payableOrder(act.trx, orderId), payment, parts);
}

async function payableOrder(trx: Transaction, id: string): Promise<PayableOrder> {
  const payable = await lockPayableOrder(trx, id);
  if (payable === null) throw appError('not_found');
  return payable;
}

async function bookOn(
  act: Act,
  { order, isDisputed }: PayableOrder,
  payment: IncomingPayment,
  parts: PaymentParts,
): Promise<PaymentOutcome> {
  const { trx, actor, moment } = act;
  const { payments, bookedFor } = await findPaymentsAndKey(trx, order.id, payment.sourceKey);
  if (bookedFor !== null) {
    if (bookedFor !== order.id) throw appError('conflict');
    const booked = payments.find(({ sourceKey }) => sourceKey === payment.sourceKey);
    if (booked !== undefined) requireSameAmount(booked.cents, payment.cents);
    return { order, isRepeated: true, missing: Math.max(0, order.total - order.paid), excess: 0 };
  }
  await requireToldDay(act, payment.paidOn, 'paidOn');
  requireAmount(payment.cents, 'amount');
  const { state, paid, fulfils, missing, excess } = applyPayment(order, payment.cents);
  const fulfilledAt = fulfils ? moment.now : order.fulfilledAt;
  await writeTogether(trx, [
    paymentInsert(trx, order.id, { ...payment, recordedAt: moment.now, actor }),
    orderUpdate(trx, order.id, { state, paid, fulfilled_at: fulfilledAt, updated_at: moment.now }),
  ]);
  const after: Order = { ...order, state, paid, fulfilledAt };
  const { cents, method } = payment;
  const entry = orderAuditEntry(act, 'order.pay', order.id, { cents, method, missing, excess });
  // What a dispute does to the new vouchers is told before the payment.
  const isToldLater = !fulfils || isDisputed;
  const { writes, openItemId, sales } = await moneyWrites(act, after, payments, { payment, fulfils });
  if (fulfils) {
    const paidOn = [...payments, payment].map((one) => one.paidOn).reduce((last, day) => (day > last ? day : last));
    const documentNumber = payment.documentNumber ?? order.number;
    const completion = { sales, paidOn, documentNumber, openItemId, writes, entries: isToldLater ? [] : [entry] };
    await fulfilOrder(act, after, completion, parts);
    if (isDisputed) await applyDispute(act, after, parts.links.i18n);
  } else await writeTogether(trx, writes);
  if (isToldLater) await writeAudit(trx, [entry]);
  return { order: after, isRepeated: false, missing, excess };
}

interface PostedMoney {
  readonly writes: readonly Write[];
  /** Where money of the order waits. */
  readonly openItemId: string | null;
  readonly sales: OrderPostings['sales'];
}

/**
 * What the books say of a payment, on its own day: one that completes the order at once is the sale itself; all other
 * money comes onto the order's open item, and the vouchers are paid from there.
 */
async function moneyWrites(
  act: Act,
  order: Order,
  earlier: readonly OrderPayment[],
  {
    payment,
    fulfils,
  }: { readonly payment: PaymentLeg & { readonly documentNumber?: string }; readonly fulfils: boolean },
): Promise<PostedMoney> {
  const prices = fulfils ? Array.from({ length: order.quantity }, () => order.amount) : [];
  const isWhole = fulfils && earlier.length === 0;
  const whole = isWhole ? postingsOfWholePayment(prices, payment) : null;
  const waiting = earlier.filter(({ isPosted }) => !isPosted);
  const moves =
    whole === null
      ? paymentMoves(order, [...waiting, payment])
      : whole.received.map((posting) => orderMove(order, posting, payment));
  const sales = whole?.sales ?? postingsOfPaidSales(prices);
  if (moves.length === 0) return { writes: [], openItemId: null, sales };
  if (waiting.length > 0) await markPaymentsPosted(act.trx, order.id);
  const subject = await orderSubject(act.trx, order);
  const { writes } = await subjectWrites(act, subject, moves);
  return { writes, openItemId: subject.id, sales };
}

import type { Act, Author } from '../../../platform/data/act.ts';
import { applyPayment, isLegalForOrder } from '../../../core/sale/order-lifecycle.ts';
import { postingOnAccount, postingsOfOrder } from '../../../core/books/order-postings.ts';
import type { PaymentMethod } from '../../../core/books/postings.ts';
import { inTransaction, type Database } from '../../../platform/data/db.ts';
import { appError } from '../../../platform/process/errors.ts';
import { hashToken } from '../../../platform/secrets/tokens.ts';
import { rulesFromBody } from '../../vouchers/rules/rules-service.ts';
import { shopSettings, type ShopSettings } from '../../settings/shop-settings-service.ts';
import { moveValue } from '../../vouchers/record/voucher-value-service.ts';
import { preparePin, savePin, type PreparedPin } from '../../vouchers/record/voucher-pin-service.ts';
import { createVoucherIn, lockedVoucher, newCode, type VoucherBody } from '../../vouchers/record/voucher-service.ts';
import { applyDispute } from './chargeback-service.ts';
import { queueOrderFulfilled, type MailLinks } from '../record/order-message-service.ts';
import { auditOrder, lockedOrder, newOrderToken, readOrder } from '../record/order-service.ts';
import {
  findOrderVouchers,
  findPaymentOrder,
  findPayments,
  insertLink,
  insertOrderVoucher,
  insertPayment,
  updateOrder,
  type Order,
  type OrderPayment,
} from '../record/order-store.ts';

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
  database: Database,
  author: Author,
  orderId: string,
  payment: IncomingPayment,
  links: MailLinks,
): Promise<PaymentOutcome> {
  const parts = await preparedParts(database, links);
  return inTransaction(database, (trx) => bookPayment({ trx, ...author }, orderId, payment, parts));
}

export interface Settlement {
  readonly method: PaymentMethod;
  readonly paidOn: string;
}

/** "Als bezahlt und erledigt": whatever is missing has come in. An order that is done already stays as it is. */
export async function settleOrder(
  database: Database,
  author: Author,
  orderId: string,
  settlement: Settlement,
  links: MailLinks,
): Promise<PaymentOutcome> {
  const parts = await preparedParts(database, links);
  return inTransaction(database, (trx) => settleIn({ trx, ...author }, orderId, settlement, parts));
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
export async function preparedParts(database: Database, links: MailLinks): Promise<PaymentParts> {
  return { prepared: await preparePin(), shop: await shopSettings(database.knex), links };
}

export interface PaymentParts {
  readonly prepared: PreparedPin;
  readonly shop: ShopSettings;
  readonly links: MailLinks;
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
  const effect = applyPayment(order, payment.cents);
  await insertPayment(trx, orderId, { ...payment, recordedAt: moment.now, actor });
  await updateOrder(trx, orderId, {
    state: effect.state,
    paid: effect.paid,
    ...(effect.fulfils ? { fulfilled_at: moment.now } : {}),
  });
  if (effect.fulfils) {
    await fulfil(act, order, parts);
    await applyDispute(act, await readOrder(trx, orderId));
  } else if (order.state === 'fulfilled') await bookExcess(act, orderId, payment);
  await auditOrder(act, 'order.pay', orderId, {
    cents: payment.cents,
    method: payment.method,
    missing: effect.missing,
    excess: effect.excess,
  });
  return { order: await readOrder(trx, orderId), isRepeated: false, missing: effect.missing, excess: effect.excess };
}

/** The rules of a voucher somebody buys: its price is its worth, it stays with what is left, it may be for one brand. */
export function purchaseBody(
  order: Pick<
    Order,
    'amount' | 'currency' | 'brand' | 'motif' | 'message' | 'recipientName' | 'recipientEmail' | 'number'
  >,
  title: string,
  shop: ShopSettings,
  today: string,
): VoucherBody {
  return {
    type: 'purchase',
    title,
    currency: order.currency,
    value: { originalValue: order.amount },
    validity: { bookUntil: endOfValidity(shop, today) },
    restrictions: { brand: order.brand },
    motif: order.motif,
    message: order.message,
    paidAt: null,
    invoiceId: order.number,
    recipient: { name: order.recipientName, email: order.recipientEmail },
  };
}

/** The last day of the so-and-so-many-th year after the sale, as limitation counts; null: without an end. */
export function endOfValidity({ validYears }: ShopSettings, today: string): string | null {
  return validYears === null ? null : `${Number(today.slice(0, 4)) + validYears}-12-31`;
}

async function fulfil(act: Act, order: Order, { prepared, shop, links }: PaymentParts): Promise<void> {
  const { trx, moment } = act;
  const payments = await findPayments(trx, order.id);
  const prices = Array.from({ length: order.quantity }, () => order.amount);
  const { sales, received } = postingsOfOrder(prices, payments);
  const body = purchaseBody(order, voucherTitle(order), shop, moment.today);
  const rules = rulesFromBody(body, order.currency);
  const paidOn = payments.at(-1)?.paidOn ?? moment.today;
  const vouchers: { readonly id: string; readonly code: string }[] = [];
  for (const [index, sale] of sales.entries()) {
    const { id, code } = await createVoucherIn(act, body, rules, newCode());
    await insertOrderVoucher(trx, order.id, index + 1, id);
    await savePin(trx, id, prepared.hash, moment.now);
    if (index === 0) {
      for (const { payment, posting } of received)
        await post(act, id, 0, [posting], paymentAt(payments, payment).paidOn, order, {});
    }
    await post(act, id, order.amount, [sale], paidOn, order, { paid_on: paidOn });
    vouchers.push({ id, code });
  }
  const token = newOrderToken();
  await insertLink(trx, order.id, hashToken(token), moment.now);
  await queueOrderFulfilled(
    trx,
    await readOrder(trx, order.id),
    { vouchers, pin: prepared.pin, token, shop, links },
    moment,
  );
}

/** Money for vouchers that exist already stands on the buyer's account, where the bookkeeping finds it. */
async function bookExcess(act: Act, orderId: string, payment: IncomingPayment): Promise<void> {
  const { trx } = act;
  const [first] = await findOrderVouchers(trx, orderId);
  if (first === undefined) throw new Error('a fulfilled order without a voucher');
  const order = await readOrder(trx, orderId);
  await post(act, first, 0, [postingOnAccount(payment)], payment.paidOn, order, {});
}

async function post(
  act: Act,
  voucherId: string,
  change: number,
  postings: Parameters<typeof moveValue>[1]['postings'],
  postedOn: string,
  order: Order,
  columns: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { trx, moment } = act;
  const { record } = await lockedVoucher(trx, voucherId, moment);
  await moveValue(act, {
    voucher: record,
    currency: order.currency,
    change,
    postings,
    postedOn,
    reason: order.number,
    documentNumber: order.number,
    columns,
  });
}

function voucherTitle({ locale, number }: Order): string {
  return locale === 'de' ? `Reisegutschein ${number}` : `Travel voucher ${number}`;
}

function paymentAt(payments: readonly OrderPayment[], index: number): OrderPayment {
  const payment = payments[index];
  if (payment === undefined) throw new Error('a posting without its payment');
  return payment;
}

import { postingsOfOrder } from '../../../core/books/order-postings.ts';
import type { Act } from '../../../platform/data/act.ts';
import { auditInsert, type AuditEntry } from '../../../platform/data/audit.ts';
import { writeTogether } from '../../../platform/data/db.ts';
import { hashToken } from '../../../platform/secrets/tokens.ts';
import type { ShopSettings } from '../../settings/shop-settings-service.ts';
import { createVouchersAlike, newCode, type CreatedVoucher } from '../../vouchers/life/voucher-create-service.ts';
import { pinsInsert, type PreparedPin } from '../../vouchers/record/voucher-pin-service.ts';
import type { VoucherBody } from '../../vouchers/record/voucher-service.ts';
import { valueWrites, type ValueMove } from '../../vouchers/record/voucher-value-service.ts';
import { rulesFromBody } from '../../vouchers/rules/rules-service.ts';
import { orderFulfilledWrites, type MailLinks } from '../record/order-message-service.ts';
import { newOrderToken } from '../record/order-service.ts';
import { linkInsert, orderVouchersInsert, type Order } from '../record/order-store.ts';
import type { PaymentLeg } from './order-payment-store.ts';

/** What a payment needs from outside of its transaction. */
export interface PaymentParts {
  readonly prepared: PreparedPin;
  readonly shop: ShopSettings;
  /** How a code is grouped in a mail. */
  readonly codeMask: string;
  readonly links: MailLinks;
}

/** What completed the price of an order. */
export interface Completion {
  /** In the order in which they came. */
  readonly payments: readonly PaymentLeg[];
  /** What the audit log tells of it after the vouchers. */
  readonly entries: readonly AuditEntry[];
}

/** Makes what was bought of an order that is paid now: codes, vouchers, ledger entries and the mails that carry them. */
export async function fulfilOrder(
  act: Act,
  order: Order,
  { payments, entries }: Completion,
  { prepared, shop, codeMask, links }: PaymentParts,
): Promise<void> {
  const { trx, moment } = act;
  const body = purchaseBody(order, voucherTitle(order, links), shop, moment.today);
  const codes = Array.from({ length: order.quantity }, newCode);
  const created = await createVouchersAlike(act, body, rulesFromBody(body, order.currency), codes);
  const { vouchers } = created;
  const ids = vouchers.map(({ id }) => id);
  const token = newOrderToken();
  await writeTogether(trx, [
    ...created.writes,
    orderVouchersInsert(trx, order.id, ids),
    pinsInsert(trx, ids, prepared.hash, moment.now),
    ...(await valueWrites(act, movesOf(order, payments, vouchers, moment.today))),
    linkInsert(trx, order.id, hashToken(token), moment.now),
    ...orderFulfilledWrites(act, order, { vouchers, pin: prepared.pin, token, shop, codeMask, links }),
    auditInsert(trx, [...created.entries, ...entries]),
  ]);
}

/** The money that came in stands in the first voucher's chain, before its sale. */
function movesOf(
  order: Order,
  payments: readonly PaymentLeg[],
  vouchers: readonly CreatedVoucher[],
  today: string,
): ValueMove[] {
  const prices = vouchers.map(() => order.amount);
  const { sales, received } = postingsOfOrder(prices, payments);
  const paidOn = payments.at(-1)?.paidOn ?? today;
  const common = { currency: order.currency, reason: order.number, documentNumber: order.number };
  return vouchers.flatMap(({ value: voucher }, index) => [
    ...(index > 0
      ? []
      : received.map(({ payment, posting }) => {
          const postedOn = paymentAt(payments, payment).paidOn;
          return { ...common, voucher, change: 0, postings: [posting], postedOn };
        })),
    {
      ...common,
      voucher,
      change: order.amount,
      postings: [saleAt(sales, index)],
      postedOn: paidOn,
      columns: { paid_on: paidOn },
    },
  ]);
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

function voucherTitle({ locale, number }: Order, { i18n }: MailLinks): string {
  return i18n.translator(locale)('orders:voucher_title', { number });
}

function paymentAt(payments: readonly PaymentLeg[], index: number): PaymentLeg {
  const payment = payments[index];
  if (payment === undefined) throw new Error('a posting without its payment');
  return payment;
}

function saleAt<T>(sales: readonly T[], index: number): T {
  const sale = sales[index];
  if (sale === undefined) throw new Error('a voucher without its sale');
  return sale;
}

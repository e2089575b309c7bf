import type { Posting } from '../../../core/books/postings.ts';
import type { Act } from '../../../platform/data/act.ts';
import { auditInsert, type AuditEntry } from '../../../platform/data/audit.ts';
import { writeTogether, type Write } from '../../../platform/data/db.ts';
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
  /** One per voucher. */
  readonly sales: readonly Posting[];
  /** The day on which the whole price was there. */
  readonly paidOn: string;
  readonly documentNumber: string;
  /** Where money of the order waits. */
  readonly openItemId: string | null;
  /** What the books say of the money itself. */
  readonly writes: readonly Write[];
  /** What the audit log tells of it after the vouchers. */
  readonly entries: readonly AuditEntry[];
}

/** Makes what was bought of an order that is paid now: codes, vouchers, ledger entries and the mails that carry them. */
export async function fulfilOrder(
  act: Act,
  order: Order,
  completion: Completion,
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
    ...completion.writes,
    orderVouchersInsert(trx, order.id, ids),
    pinsInsert(trx, ids, prepared.hash, moment.now),
    ...(await valueWrites(act, movesOf(order, completion, vouchers))),
    linkInsert(trx, order.id, hashToken(token), moment.now),
    ...orderFulfilledWrites(act, order, { vouchers, pin: prepared.pin, token, shop, codeMask, links }),
    auditInsert(trx, [...created.entries, ...completion.entries]),
  ]);
}

function movesOf(
  order: Order,
  { sales, paidOn, documentNumber, openItemId }: Completion,
  vouchers: readonly CreatedVoucher[],
): ValueMove[] {
  return vouchers.map(({ value: voucher }, index) => {
    const sale = saleAt(sales, index);
    return {
      voucher,
      currency: order.currency,
      change: order.amount,
      postings: [sale],
      postedOn: paidOn,
      reason: order.number,
      documentNumber,
      ...(openItemId !== null && sale.debitRole === 'DEBITOR' ? { openItemId } : {}),
      columns: { paid_on: paidOn },
    };
  });
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

function saleAt<T>(sales: readonly T[], index: number): T {
  const sale = sales[index];
  if (sale === undefined) throw new Error('a voucher without its sale');
  return sale;
}

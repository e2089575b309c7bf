import { addDays } from '../../../core/calendar.ts';
import { groupCode } from '../../../core/engine/code-mask.ts';
import { groupedIban } from '../../../core/sale/epc-payment.ts';
import { normaliseCode } from '../../../core/engine/voucher-code.ts';
import type { Act } from '../../../platform/data/act.ts';
import type { Database, Write } from '../../../platform/data/db.ts';
import { formatDay, formatMoney } from '../../../platform/html/format.ts';
import type { I18n } from '../../../platform/html/i18n.ts';
import type { ShopSettings } from '../../settings/shop-settings-service.ts';
import { insertOrderMail, orderMailInserts, type OrderMail } from './order-message-store.ts';
import type { Order } from './order-store.ts';

/** Where links in mails begin, and what is written in the language of an order. */
export interface MailLinks {
  readonly baseUrl: string;
  readonly i18n: I18n;
}

/** Where orders are worked on: their data, and where the links of their mails begin. */
export interface OrderDesk extends MailLinks {
  readonly database: Database;
}

/** The buyer's first mail: what was ordered and how to pay, never a code; and a note to the agency. */
export async function queueOrderPlaced(
  { trx, moment }: Act,
  order: Order,
  { token, shop, links }: Pick<FulfilledOrder, 'token' | 'shop' | 'links'>,
): Promise<void> {
  const values = { ...valuesOf(order, shop), orderLink: `${links.baseUrl}/order/${token}` };
  if (order.buyerEmail !== null)
    await insertOrderMail(
      trx,
      { event: 'order_placed', order, to: order.buyerEmail, values, voucherIds: [], deliverOn: null },
      moment.now,
    );
  if (shop.notifyEmail === '') return;
  const agency = { ...values, orderLink: `${links.baseUrl}/admin/orders/${order.id}` };
  await insertOrderMail(
    trx,
    { event: 'order_agency', order, to: shop.notifyEmail, values: agency, voucherIds: [], deliverOn: null },
    moment.now,
  );
}

export interface FulfilledOrder {
  readonly vouchers: readonly { readonly id: string; readonly code: string }[];
  readonly pin: string;
  readonly token: string;
  readonly shop: ShopSettings;
  /** How a code is grouped. */
  readonly codeMask: string;
  readonly links: MailLinks;
}

/** The second mail: codes, PIN and the PDFs, to whom the voucher is for; a buyer who gives it away hears that it is done. */
export function orderFulfilledWrites({ trx, moment }: Act, order: Order, done: FulfilledOrder): Write[] {
  const { vouchers, pin, token, shop, codeMask, links } = done;
  const common = { ...valuesOf(order, shop), balanceLink: `${links.baseUrl}/v` };
  const codes = vouchers.map(({ code }) => groupCode(normaliseCode(code), codeMask)).join('\n');
  const secret = { ...common, codes, pin };
  const voucherIds = vouchers.map(({ id }) => id);
  const orderLink = `${links.baseUrl}/order/${token}`;
  const { buyerEmail, recipientEmail, deliverOn } = order;
  const isGift = order.delivery === 'recipient' && recipientEmail !== null;
  const mails: OrderMail[] = [];
  if (isGift) mails.push({ event: 'voucher_gift', order, to: recipientEmail, values: secret, voucherIds, deliverOn });
  if (buyerEmail !== null)
    mails.push({
      event: isGift ? 'order_paid' : 'order_fulfilled',
      order,
      to: buyerEmail,
      values: isGift ? { ...common, orderLink } : { ...secret, orderLink },
      voucherIds: isGift ? [] : voucherIds,
      deliverOn: null,
    });
  return orderMailInserts(trx, mails, moment.now);
}

export async function queueOrderCancelled({ trx, moment }: Act, order: Order, shop: ShopSettings): Promise<void> {
  if (order.buyerEmail === null) return;
  await insertOrderMail(
    trx,
    {
      event: 'order_cancelled',
      order,
      to: order.buyerEmail,
      values: valuesOf(order, shop),
      voucherIds: [],
      deliverOn: null,
    },
    moment.now,
  );
}

export async function queueOrderRefunded(
  { trx, moment }: Act,
  order: Order,
  cents: number,
  shop: ShopSettings,
): Promise<void> {
  if (order.buyerEmail === null) return;
  const values = { ...valuesOf(order, shop), refunded: formatMoney(cents, order.currency, order.locale) };
  await insertOrderMail(
    trx,
    { event: 'order_refunded', order, to: order.buyerEmail, values, voucherIds: [], deliverOn: null },
    moment.now,
  );
}

function valuesOf(order: Order, shop: ShopSettings): Record<string, string> {
  const money = (cents: number): string => formatMoney(cents, order.currency, order.locale);
  return {
    orderNumber: order.number,
    orderedOn: formatDay(order.orderedOn, order.locale),
    buyerName: order.buyerName ?? '',
    recipientName: order.recipientName ?? '',
    message: order.message ?? '',
    quantity: String(order.quantity),
    amount: money(order.amount),
    total: money(order.total),
    open: money(Math.max(0, order.total - order.paid)),
    payUntil: formatDay(addDays(order.orderedOn, shop.paymentDays), order.locale),
    deliverOn: order.deliverOn === null ? '' : formatDay(order.deliverOn, order.locale),
    accountHolder: shop.accountHolder,
    iban: groupedIban(shop.iban),
    bic: shop.bic,
    bankName: shop.bankName,
    companyName: shop.companyName,
    contactEmail: shop.contactEmail,
    contactPhone: shop.contactPhone,
  };
}

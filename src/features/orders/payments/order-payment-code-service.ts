import { epcPaymentText, groupedIban } from '../../../core/sale/epc-payment.ts';
import type { Database } from '../../../platform/data/db.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { toLocale, type I18n } from '../../../platform/html/i18n.ts';
import { qrPng } from '../../../platform/files/qr-image.ts';
import type { PictureOf } from '../../documents/mail/mail-delivery-service.ts';
import { shopSettings, type ShopSettings } from '../../settings/shop-settings-service.ts';
import { findOrder, type Order } from '../record/order-store.ts';

/** Money is due for it. */
export function isOpen({ state }: Order): boolean {
  return state === 'ordered' || state === 'partly_paid';
}

/** The payment code of what is still due; null: nothing is, or it cannot be paid this way (no IBAN, not in euros). */
export function paymentCodeOf(order: Order, shop: ShopSettings): string | null {
  if (!isOpen(order)) return null;
  const { accountHolder, iban, bic } = shop;
  return epcPaymentText(
    { accountHolder, iban, bic, cents: order.total - order.paid, reference: order.number },
    order.currency,
  );
}

/** Gives the buyer's first mail its payment code, for what is due when it goes out. */
export function createPaymentCodePictures(database: Database, i18n: I18n): PictureOf {
  return async (mail) => {
    if (mail.event !== 'order_placed' || mail.entity !== 'order' || mail.entityId === null) return null;
    const order = await findOrder(database.knex, mail.entityId);
    if (order === null) return null;
    const shop = await shopSettings(database.knex);
    const code = paymentCodeOf(order, shop);
    if (code === null) return null;
    const locale = toLocale(mail.locale) ?? order.locale;
    const t = i18n.translator(locale);
    const amount = formatMoney(order.total - order.paid, order.currency, locale);
    const iban = groupedIban(shop.iban);
    const values = { holder: shop.accountHolder, iban, amount, reference: order.number };
    return {
      filename: 'girocode.png',
      png: await qrPng(code),
      alt: t('shop:payment_code.alt', values),
      caption: t('shop:payment_code.caption', values),
      values: [iban, amount, order.number],
    };
  };
}

import type { Router } from 'express';
import { addDays } from '../../../core/calendar.ts';
import { compactIban, groupedIban } from '../../../core/sale/epc-payment.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { formatDay, formatMoney } from '../../../platform/html/format.ts';
import type { Locale, Translate } from '../../../platform/html/i18n.ts';
import { qrDataUrl } from '../../../platform/files/qr-image.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { readEntry } from '../../catalogue/catalogue-service.ts';
import { shopSettings, type ShopSettings } from '../../settings/shop-settings-service.ts';
import { pictureOf } from '../shop/motif-choice-service.ts';
import { isOpen, paymentCodeOf } from '../payments/order-payment-code-service.ts';
import { orderOfToken, type Order } from './order-service.ts';
import { cardOf, frameOf, SHOP_PATH } from '../shop/shop-pages.ts';

/** The buyer's own page of an order, behind a link that cannot be guessed. It never shows a code. */
export function orderStatusPages({ database, clock }: Shell): Router {
  const router = pageRouter();
  router.get('/order/:token', async (req, res) => {
    const order = await orderOfToken(database.knex, req.params.token);
    if (order === null) throw appError('not_found');
    const shop = await shopSettings(database.knex);
    const { t, locale } = res.locals;
    const brand = order.brand === null ? null : await readEntry(database.knex, 'brand', order.brand);
    res.set('X-Robots-Tag', 'noindex').set('Referrer-Policy', 'no-referrer');
    renderPage(
      res,
      'orders/shop/order',
      {
        ...frameOf(shop, brand),
        title: t('shop:order.title', { number: order.number }),
        heading: t(`shop:order.state.${order.state}`),
        text: textOf(order, clock.today(), locale, t),
        order,
        card: cardOf({ ...order, ...(await pictureOf(database.knex, order.motif)) }),
        currency: order.currency,
        isOpen: isOpen(order),
        transfer: isOpen(order) ? await transferOf(order, shop) : null,
        isPaid: order.state === 'fulfilled',
        isSent: order.state === 'fulfilled' && (order.deliverOn === null || order.deliverOn <= clock.today()),
        shopHref: order.brand === null ? SHOP_PATH : `${SHOP_PATH}/${order.brand}`,
      },
      'public',
    );
  });
  return router;
}

async function transferOf(order: Order, shop: ShopSettings) {
  const cents = order.total - order.paid;
  const text = paymentCodeOf(order, shop);
  return {
    cents,
    reference: order.number,
    iban: groupedIban(shop.iban),
    plainIban: compactIban(shop.iban),
    until: addDays(order.orderedOn, shop.paymentDays),
    qr: text === null ? '' : await qrDataUrl(text),
  };
}

function textOf(order: Order, today: string, locale: Locale, t: Translate): string {
  const money = (cents: number): string => formatMoney(cents, order.currency, locale);
  const date = (day: string): string => formatDay(day, locale);
  switch (order.state) {
    case 'ordered':
      return t('shop:order.text.ordered', {
        number: order.number,
        date: date(order.orderedOn),
        amount: money(order.total),
      });
    case 'partly_paid':
      return t('shop:order.text.partly_paid', {
        total: money(order.total),
        paid: money(order.paid),
        amount: money(order.total - order.paid),
      });
    case 'fulfilled':
      return order.deliverOn !== null && order.deliverOn > today
        ? t('shop:order.text.fulfilled_scheduled', { date: date(order.deliverOn) })
        : t(`shop:order.text.fulfilled_${order.delivery}`);
    case 'cancelled':
    case 'refunded':
      return t(`shop:order.text.${order.state}`);
  }
}

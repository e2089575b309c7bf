import { requires } from '../../../platform/http/permissions.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import type { Response, Router } from 'express';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import { markInvalid, actorOf } from '../../../platform/http/request.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import { parseCount } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { offeredMotifs } from '../../documents/motifs/motif-service.ts';
import { orderDetails } from '../../orders/record/order-service.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import { shopSettings } from '../../settings/shop-settings-service.ts';
import { findVoucher } from '../../vouchers/record/voucher-service.ts';
import {
  amountOf,
  COUNTER_PATH,
  knowsVoucher,
  rememberVouchers,
  sentForm,
  TENDER_FIELDS,
  tenderChoices,
  tenderOf,
  typedFields,
  type Typed,
} from '../till/counter-form.ts';
import { sellAtCounter } from './counter-service.ts';
import { tillRefusal } from './counter-voucher-view.ts';
import { openShiftOf } from '../till/shift-service.ts';
import { isId } from '../../../platform/data/id.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const FIELDS = ['amount', 'quantity', 'recipientName', 'message', 'email', 'motif', ...TENDER_FIELDS] as const;
const MAX_MESSAGE = 300;

/** Selling vouchers over the counter, to print or to mail. */
export function counterSalePages(shell: Shell): Router {
  const { database, clock } = shell;
  const router = pageRouter();
  const moment = (): Moment => clock.moment();

  router.get(`${COUNTER_PATH}/sale`, requires('counter.sell'), async (_req, res) => {
    if ((await openShiftOf(database.knex, actorOf(res))) === null) return res.redirect(303, COUNTER_PATH);
    await show(res, { quantity: '1', by: 'cash', entryKey: generateToken('') });
  });

  router.post(`${COUNTER_PATH}/sale`, requires('counter.sell'), async (req, res) => {
    const { t, locale } = res.locals;
    const shift = await openShiftOf(database.knex, actorOf(res));
    if (shift === null) return res.redirect(303, COUNTER_PATH);
    const typed = typedFields(req, FIELDS);
    const { currency } = await generalSettings(database.knex);
    const shop = await shopSettings(database.knex);
    const errors: FormError[] = [];
    const amount = amountOf(typed, 'amount', errors, { t, otherwise: t('counter:error.amount') });
    const quantity = parseCount(typed['quantity'] ?? '');
    if (!quantity.ok || quantity.value < 1 || quantity.value > shop.maxQuantity)
      errors.push({ path: 'quantity', message: t('counter:error.quantity', { max: shop.maxQuantity }) });
    const email = typed['email'] ?? '';
    if (email !== '' && !/^[^@\s,;]+@[^@\s,;]+\.[^@\s,;]{2,}$/.test(email))
      errors.push({ path: 'email', message: t('counter:error.email') });
    if (amount === null || !quantity.ok || errors.length > 0) return show(res, typed, errors);
    const tender = tenderOf(typed, amount * quantity.value, currency, res, errors);
    if (tender === null) return show(res, typed, errors);
    try {
      const input = {
        locale,
        brand: null,
        amount,
        quantity: quantity.value,
        motif: typed['motif'] === '' ? null : (typed['motif'] ?? null),
        buyerName: null,
        buyerEmail: email === '' ? null : email,
        buyerPhone: null,
        buyerStreet: null,
        buyerPostcode: null,
        buyerCity: null,
        recipientName: typed['recipientName'] === '' ? null : (typed['recipientName'] ?? null),
        recipientEmail: null,
        message: typed['message'] === '' ? null : (typed['message'] ?? '').slice(0, MAX_MESSAGE),
      };
      const sent = { ...sentForm(typed, 'sale'), shiftId: shift.id };
      const author = { actor: actorOf(res), moment: moment() };
      const sold = await sellAtCounter(shell, sent, { input, tender }, author);
      rememberVouchers(req, sold.voucherIds);
      addFlash(req, {
        kind: 'success',
        text: t('counter:done.sold', {
          count: sold.voucherIds.length,
          sum: formatMoney(sold.total, currency, locale),
        }),
      });
      if (sold.pin !== null) addFlash(req, { kind: 'info', text: t('counter:done.pin', { pin: sold.pin }) });
      res.redirect(303, `${COUNTER_PATH}/sold/${sold.orderId}`);
    } catch (error) {
      rethrowUnexpected(error);
      await show(res, typed, [
        {
          path: '',
          message: tillRefusal(error, t),
        },
      ]);
    }
  });

  router.get(`${COUNTER_PATH}/sold/:id`, requires('counter.sell'), async (req, res) => {
    const { id } = req.params;
    if (!isId(id)) return res.redirect(303, COUNTER_PATH);
    const { order, voucherIds } = await orderDetails(database.knex, id);
    // Codes are shown to whom sold them, and not again tomorrow.
    if (!voucherIds.every((one) => knowsVoucher(req, one))) return res.redirect(303, `/admin/orders/${id}`);
    const vouchers = await Promise.all(voucherIds.map((one) => findVoucher(database, one, moment())));
    renderPage(res, 'counter/sold', {
      title: res.locals.t('counter:sold.title'),
      breadcrumbs: [{ href: COUNTER_PATH, text: res.locals.t('counter:title') }],
      order,
      vouchers: vouchers.map((one) => ({
        code: one.code,
        amount: one.value.originalValue ?? 0,
        pdf: `${COUNTER_PATH}/vouchers/${one.id}/pdf`,
      })),
      currency: order.currency,
    });
  });

  return router;

  async function show(res: Response, typed: Typed, errors: readonly FormError[] = []): Promise<void> {
    const { t } = res.locals;
    markInvalid(res, errors);
    const { currency } = await generalSettings(database.knex);
    const empty = Object.fromEntries(FIELDS.map((name) => [name, '']));
    renderPage(res, 'counter/sale', {
      title: t('counter:sale.title'),
      breadcrumbs: [{ href: COUNTER_PATH, text: t('counter:title') }],
      form: formView({ ...empty, ...typed }, errors),
      motifs: (await offeredMotifs(database.knex)).map(({ id, name }) => ({ value: id, label: name })),
      tenders: tenderChoices(t),
      currency,
    });
  }
}

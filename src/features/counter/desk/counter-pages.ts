import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { appError, rethrowUnexpected } from '../../../platform/process/errors.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { actorOf, markInvalid } from '../../../platform/http/request.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import { renderPage } from '../../../platform/html/views.ts';
import {
  pdfName,
  scannedCode,
  voucherPdf,
  type VoucherDocuments,
} from '../../vouchers/printing/voucher-document-service.ts';
import { findVoucher, findVoucherByCode } from '../../vouchers/record/voucher-service.ts';
import type { VoucherView } from '../../vouchers/record/voucher-view-service.ts';
import {
  amountOf,
  COUNTER_PATH,
  knowsVoucher,
  rememberVouchers,
  sentForm,
  tenderOf,
  typedFields,
  type Typed,
} from '../till/counter-form.ts';
import { topUpAtCounter } from './counter-service.ts';
import { tillRefusal, TOP_UP_FIELDS, voucherPage } from './counter-voucher-view.ts';
import { openShiftOf } from '../till/shift-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

/** Scan or type a code, see what is left on it, take the voucher's part and the rest in money: by keyboard alone. */
export function counterPages(shell: Shell & VoucherDocuments): Router {
  const { database, clock, wrongCodes } = shell;
  const router = pageRouter();
  const moment = (): Moment => clock.moment();

  router.post(`${COUNTER_PATH}/find`, requires('counter.sell'), async (req, res) => {
    const { code = '' } = typedFields(req, ['code']);
    const who = { caller: null, client: null, address: `${actorOf(res)} ${req.ip ?? ''}` };
    wrongCodes.assertNotBlocked(who);
    const voucher = code === '' ? null : await findVoucherByCode(database, await scannedCode(database, code), moment());
    if (voucher === null) {
      if (code !== '') await wrongCodes.countWrongCodes(who, 1);
      addFlash(req, { kind: 'danger', text: res.locals.t('counter:error.no_voucher') });
      return res.redirect(303, COUNTER_PATH);
    }
    rememberVouchers(req, [voucher.id]);
    res.redirect(303, `${COUNTER_PATH}/vouchers/${voucher.id}`);
  });

  router.get(`${COUNTER_PATH}/vouchers/:id`, requires('counter.sell'), async (req, res) => {
    const voucher = await scanned(req);
    if (voucher === null) return res.redirect(303, COUNTER_PATH);
    await show(res, voucher, { by: 'cash', entryKey: generateToken('') });
  });

  router.post(`${COUNTER_PATH}/vouchers/:id/topup`, requires('counter.sell'), async (req, res) => {
    const [voucher, shift] = [await scanned(req), await openShiftOf(database.knex, actorOf(res))];
    if (voucher === null || shift === null) return res.redirect(303, COUNTER_PATH);
    const { t, locale } = res.locals;
    const typed = typedFields(req, TOP_UP_FIELDS);
    const errors: FormError[] = [];
    const amount = amountOf(typed, 'amount', errors, { t, otherwise: t('counter:error.amount') });
    const tender = amount === null ? null : tenderOf(typed, amount, voucher.currency, res, errors);
    if (amount === null || tender === null) return show(res, voucher, typed, errors);
    const sent = { ...sentForm(typed, `top-up ${voucher.id}`), shiftId: shift.id };
    await act(req, res, voucher, async () => {
      const author = { actor: actorOf(res), moment: moment() };
      const { price } = await topUpAtCounter(database, sent, { voucherId: voucher.id, tender }, author);
      return t('counter:done.topped_up', { amount: formatMoney(price, voucher.currency, locale) });
    });
  });

  router.get(`${COUNTER_PATH}/vouchers/:id/pdf`, requires('counter.sell'), async (req, res) => {
    const voucher = await scanned(req);
    if (voucher === null) throw appError('not_found');
    const content = await voucherPdf(shell, voucher.id, 'a4', res.locals.locale, moment());
    res
      .type('application/pdf')
      .set('Content-Disposition', `inline; filename="${pdfName(voucher, res.locals.t)}"`)
      .send(content);
  });

  return router;

  async function scanned(req: Request): Promise<VoucherView | null> {
    const { id } = req.params;
    return typeof id === 'string' && knowsVoucher(req, id) ? findVoucher(database, id, moment()) : null;
  }

  async function act(req: Request, res: Response, voucher: VoucherView, work: () => Promise<string>): Promise<void> {
    try {
      addFlash(req, { kind: 'success', text: await work() });
    } catch (error) {
      rethrowUnexpected(error);
      addFlash(req, { kind: 'danger', text: tillRefusal(error, res.locals.t) });
    }
    res.redirect(303, `${COUNTER_PATH}/vouchers/${voucher.id}`);
  }

  async function show(
    res: Response,
    voucher: VoucherView,
    typed: Typed,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    markInvalid(res, errors);
    const shift = await openShiftOf(database.knex, actorOf(res));
    renderPage(res, 'counter/voucher', voucherPage({ voucher, shift, typed, errors, before: null }, res.locals.t));
  }
}

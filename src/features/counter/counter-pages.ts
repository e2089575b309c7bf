import { takesMoney } from '../../core/books/postings.ts';
import { maskedCode } from '../../core/engine/code-mask.ts';
import { isLegal } from '../../core/engine/lifecycle.ts';
import type { Request, Response, Router } from 'express';
import { requires } from '../../platform/http/permissions.ts';
import type { Moment } from '../../platform/process/clock.ts';
import { appError, rethrowUnexpected } from '../../platform/process/errors.ts';
import { refusalSentence } from '../../platform/http/error-sentence.ts';
import { addFlash } from '../../platform/html/flash.ts';
import { formView, type FormError } from '../../platform/html/form-view.ts';
import { formatMoney } from '../../platform/html/format.ts';
import { allowCamera } from '../../platform/http/security.ts';
import { actorOf, markInvalid } from '../../platform/http/request.ts';
import { generateToken } from '../../platform/secrets/tokens.ts';
import { renderPage } from '../../platform/html/views.ts';
import { rejectionSentence } from '../booking/quotes/rejection-service.ts';
import {
  pdfName,
  scannedCode,
  voucherPdf,
  type VoucherDocuments,
} from '../vouchers/printing/voucher-document-service.ts';
import { findVoucher, findVoucherByCode } from '../vouchers/record/voucher-service.ts';
import { STATUS_TONES } from '../vouchers/record/voucher-status-view.ts';
import { hasBonus, type VoucherView } from '../vouchers/record/voucher-view-service.ts';
import {
  amountOf,
  COUNTER_PATH,
  knowsVoucher,
  rememberVouchers,
  TENDER_FIELDS,
  tenderChoices,
  tenderOf,
  typedFields,
  type Typed,
} from './counter-form.ts';
import { quoteAtCounter, redeemAtCounter, topUpAtCounter } from './counter-service.ts';
import { openShiftOf, type Shift } from './shift-service.ts';
import type { Shell } from '../../platform/process/feature.ts';
import { pageRouter } from '../../platform/http/page-router.ts';

const REDEEM_FIELDS = ['price', 'bookingNumber', 'atMost', ...TENDER_FIELDS] as const;
const TOP_UP_FIELDS = ['amount', ...TENDER_FIELDS] as const;
const USABLE: ReadonlySet<string> = new Set(['active', 'partly_redeemed']);

/** Scan or type a code, see what is left on it, take the voucher's part and the rest in money: by keyboard alone. */
export function counterPages(shell: Shell & VoucherDocuments): Router {
  const { database, clock, wrongCodes } = shell;
  const router = pageRouter();
  const moment = (): Moment => clock.moment();

  router.get(COUNTER_PATH, requires('counter.sell'), async (_req, res) => {
    const shift = await openShiftOf(database.knex, actorOf(res));
    allowCamera(res);
    renderPage(res, 'counter/home', {
      title: res.locals.t('counter:title'),
      shift,
      form: formView({ code: '', till: res.locals.t('counter:first_till'), openingCash: '' }),
    });
  });

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

  router.post(`${COUNTER_PATH}/vouchers/:id/redemption`, requires('counter.sell'), async (req, res) => {
    const [voucher, shift] = [await scanned(req), await openShiftOf(database.knex, actorOf(res))];
    if (voucher === null || shift === null) return res.redirect(303, COUNTER_PATH);
    const { t, locale } = res.locals;
    const typed = typedFields(req, REDEEM_FIELDS);
    const errors: FormError[] = [];
    const price = amountOf(typed, 'price', errors, t('counter:error.price'));
    const bookingNumber = (typed['bookingNumber'] ?? '').slice(0, 64);
    if (bookingNumber === '') errors.push({ path: 'bookingNumber', message: t('counter:error.number') });
    const atMost = (typed['atMost'] ?? '') === '' ? null : amountOf(typed, 'atMost', errors, t('counter:error.amount'));
    if (price === null || errors.length > 0) return show(res, voucher, typed, errors);
    const { evaluation } = await quoteAtCounter(database, { voucherId: voucher.id, price, atMost }, moment());
    const [rejected] = evaluation.rejected;
    if (rejected !== undefined)
      return show(res, voucher, typed, [
        { path: '', message: rejectionSentence(rejected, voucher.currency, locale, t) },
      ]);
    const tender = tenderOf(typed, evaluation.payable, voucher.currency, res, errors);
    if (tender === null) return show(res, voucher, typed, errors);
    const wish = {
      voucherId: voucher.id,
      price,
      atMost,
      bookingNumber,
      expectedPayable: evaluation.payable,
      tender,
      entryKey: typed['entryKey'] ?? '',
    };
    await act(req, res, voucher, async () => {
      await redeemAtCounter(database, shift.id, wish, actorOf(res), moment());
      const left = await findVoucher(database, voucher.id, moment());
      const money = (cents: number): string => formatMoney(cents, voucher.currency, locale);
      return t(left.balance === null ? 'counter:done.redeemed' : 'counter:done.redeemed_rest', {
        amount: money(price - evaluation.payable),
        rest: money(evaluation.payable),
        left: money(left.available ?? 0),
      });
    });
  });

  router.post(`${COUNTER_PATH}/vouchers/:id/topup`, requires('counter.sell'), async (req, res) => {
    const [voucher, shift] = [await scanned(req), await openShiftOf(database.knex, actorOf(res))];
    if (voucher === null || shift === null) return res.redirect(303, COUNTER_PATH);
    const { t, locale } = res.locals;
    const typed = typedFields(req, TOP_UP_FIELDS);
    const errors: FormError[] = [];
    const amount = amountOf(typed, 'amount', errors, t('counter:error.amount'));
    const tender = amount === null ? null : tenderOf(typed, amount, voucher.currency, res, errors);
    if (amount === null || tender === null) return show(res, voucher, typed, errors);
    await act(req, res, voucher, async () => {
      await topUpAtCounter(
        database,
        shift.id,
        { voucherId: voucher.id, tender, entryKey: typed['entryKey'] ?? '' },
        actorOf(res),
        moment(),
      );
      return t('counter:done.topped_up', { amount: formatMoney(amount, voucher.currency, locale) });
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
      addFlash(req, {
        kind: 'danger',
        text:
          error.code === 'conflict' ? res.locals.t('counter:error.shift_closed') : refusalSentence(error, res.locals.t),
      });
    }
    res.redirect(303, `${COUNTER_PATH}/vouchers/${voucher.id}`);
  }

  async function show(
    res: Response,
    voucher: VoucherView,
    typed: Typed,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t } = res.locals;
    markInvalid(res, errors);
    const shift: Shift | null = await openShiftOf(database.knex, actorOf(res));
    const empty = Object.fromEntries([...REDEEM_FIELDS, ...TOP_UP_FIELDS].map((name) => [name, '']));
    renderPage(res, 'counter/voucher', {
      title: voucher.title,
      breadcrumbs: [{ href: COUNTER_PATH, text: t('counter:title') }],
      form: formView({ ...empty, ...typed }, errors),
      shift,
      voucher,
      masked: maskedCode(voucher.code),
      statusText: t(`vouchers:status.${voucher.status}`),
      tone: STATUS_TONES[voucher.status],
      isStored: voucher.balance !== null,
      available: voucher.available ?? 0,
      bookUntil: voucher.validity.bookUntil,
      mayRedeem: shift !== null && USABLE.has(voucher.status),
      mayTopUp: shift !== null && takesMoney(voucher) && !hasBonus(voucher) && isLegal('topup', voucher.status),
      isTopUp: 'amount' in typed,
      // A link of the summary of errors leads into the form that was sent.
      prefixes: 'amount' in typed ? { redeem: 'redeem', topUp: 'f' } : { redeem: 'f', topUp: 'topup' },
      tenders: tenderChoices(t),
      currency: voucher.currency,
    });
  }
}

import type { Request, Response, Router } from 'express';
import { HOUSE } from '../../../core/booking-owner.ts';
import type { Author } from '../../../platform/data/act.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formatMoney, moneyInput } from '../../../platform/html/format.ts';
import type { FormError } from '../../../platform/html/form-view.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, markInvalid } from '../../../platform/http/request.ts';
import { AppError, rethrowUnexpected } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { rejectionSentence } from '../../booking/quotes/rejection-service.ts';
import { earlierRedemptions, type EarlierRedemptions } from '../../booking/redemptions/redemption-list-service.ts';
import { findVoucher } from '../../vouchers/record/voucher-service.ts';
import type { VoucherView } from '../../vouchers/record/voucher-view-service.ts';
import { COUNTER_PATH, knowsVoucher, sentForm, tenderOf, typedFields, type Typed } from '../till/counter-form.ts';
import { parseFurther, parseRedemption, REDEEM_FIELDS, type WishedRedemption } from './counter-redemption-form.ts';
import { quoteAtCounter, redeemAtCounter, type SentAtTill } from './counter-service.ts';
import { tillRefusal, voucherPage } from './counter-voucher-view.ts';
import { openShiftOf, type Shift, type TillEntry } from '../till/shift-service.ts';
import { entryOfForm } from '../till/till-form-service.ts';

interface Asked {
  readonly voucher: VoucherView;
  readonly shift: Shift;
  readonly typed: Typed;
  readonly sent: SentAtTill;
  readonly author: Author;
}

/** Redeeming at the till: what was redeemed for the booking before is shown, and asked about, first. */
export function counterRedemptionPages(shell: Shell): Router {
  const { database, clock } = shell;
  const router = pageRouter();

  router.post(`${COUNTER_PATH}/vouchers/:id/redemption`, requires('counter.sell'), async (req, res) => {
    const asked = await askedOf(req, res);
    if (asked === null) return res.redirect(303, COUNTER_PATH);
    try {
      const before = await entryOfForm(database.knex, asked.sent);
      if (before === null) await redeem(req, res, asked);
      else await done(req, res, asked, before);
    } catch (error) {
      rethrowUnexpected(error);
      addFlash(req, { kind: 'danger', text: tillRefusal(error, res.locals.t) });
      res.redirect(303, pathOf(asked.voucher));
    }
  });
  return router;

  /** null: the voucher was not scanned here, or the till is closed. */
  async function askedOf(req: Request, res: Response): Promise<Asked | null> {
    const { id } = req.params;
    const shift = await openShiftOf(database.knex, actorOf(res));
    if (typeof id !== 'string' || !knowsVoucher(req, id) || shift === null) return null;
    const moment = clock.moment();
    const typed = typedFields(req, REDEEM_FIELDS);
    const sent = { ...sentForm(typed, `redemption ${id}`), shiftId: shift.id };
    const voucher = await findVoucher(database, id, moment);
    return { voucher, shift, typed, sent, author: { actor: actorOf(res), moment } };
  }

  async function redeem(req: Request, res: Response, asked: Asked): Promise<void> {
    const { typed, voucher } = asked;
    const parsed = parseRedemption(typed, res.locals.t);
    if ('errors' in parsed) return show(res, asked, parsed.errors, null);
    const { wish } = parsed;
    const before = await earlierRedemptions(database, HOUSE, wish.bookingNumber);
    const again = (errors: readonly FormError[]): void => {
      show(res, asked, errors, before);
    };
    const further = before.earlier.length === 0 ? { wholePrice: null } : parseFurther(typed, wish.price, res.locals.t);
    if ('errors' in further) return again(further.errors);
    const { evaluation } = await quoteAtCounter(database, { ...wish, voucherId: voucher.id }, asked.author.moment);
    const [rejected] = evaluation.rejected;
    if (rejected !== undefined) {
      const { t, locale } = res.locals;
      return again([{ path: '', message: rejectionSentence(rejected, voucher.currency, locale, t) }]);
    }
    const errors: FormError[] = [];
    const expectedPayable = evaluation.payable;
    const tender = tenderOf(typed, expectedPayable, voucher.currency, res, errors);
    if (tender === null) return again(errors);
    const whole = { ...wish, ...further, voucherId: voucher.id, expectedPayable, tender };
    try {
      await done(req, res, asked, await redeemAtCounter(database, asked.sent, whole, asked.author));
    } catch (error) {
      if (!(error instanceof AppError) || !OF_BOOKING.has(error.code)) throw error;
      await refused(res, asked, wish, error);
    }
  }

  /** What the booking took is shown as it is now: somebody may have redeemed meanwhile. */
  async function refused(
    res: Response,
    asked: Asked,
    { bookingNumber }: WishedRedemption,
    error: AppError,
  ): Promise<void> {
    const { t, locale } = res.locals;
    const { voucher } = asked;
    const now = await earlierRedemptions(database, HOUSE, bookingNumber);
    const { price = 0, redeemed = 0 } = now.standing ?? {};
    const money = (cents: number): string => formatMoney(cents, voucher.currency, locale);
    const key = error.code === 'already_redeemed' && voucher.type === 'discount' ? 'discount_once' : error.code;
    const told = { number: bookingNumber, redeemed: money(redeemed), left: money(Math.max(0, price - redeemed)) };
    const path = error.code === 'exceeds_booking' ? 'wholePrice' : 'bookingNumber';
    show(res, asked, [{ path, message: t(`counter:error.${key}`, told) }], now);
  }

  function show(
    res: Response,
    { voucher, shift, typed }: Asked,
    errors: readonly FormError[],
    before: EarlierRedemptions | null,
  ): void {
    const known = before?.standing?.price ?? null;
    const isAsked = before !== null && before.earlier.length > 0;
    const prefilled =
      isAsked && (typed['wholePrice'] ?? '') === '' && known !== null
        ? { wholePrice: moneyInput(known, voucher.currency, res.locals.locale) }
        : {};
    markInvalid(res, errors);
    const shown = { voucher, shift, typed: { ...typed, ...prefilled }, errors, before: isAsked ? before : null };
    renderPage(res, 'counter/voucher', voucherPage(shown, res.locals.t));
  }

  /** What the till has written, not what was typed: the same form may have been sent twice. */
  async function done(req: Request, res: Response, { voucher, author }: Asked, entry: TillEntry): Promise<void> {
    const { t, locale } = res.locals;
    const left = await findVoucher(database, voucher.id, author.moment);
    const money = (cents: number): string => formatMoney(cents, voucher.currency, locale);
    const text = t(left.balance === null ? 'counter:done.redeemed' : 'counter:done.redeemed_rest', {
      amount: money(entry.voucherAmount),
      rest: money(entry.price - entry.voucherAmount),
      left: money(left.available ?? 0),
    });
    addFlash(req, { kind: 'success', text });
    res.redirect(303, pathOf(voucher));
  }
}

const OF_BOOKING: ReadonlySet<string> = new Set(['already_redeemed', 'exceeds_booking', 'other_currency']);

function pathOf({ id }: VoucherView): string {
  return `${COUNTER_PATH}/vouchers/${id}`;
}

import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { createRateLimiter, RATE_LIMITS } from '../../../platform/data/rate-limit.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { appError } from '../../../platform/process/errors.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { LENGTHS, actorOf, fieldOf, idOf, markInvalid, textOf } from '../../../platform/http/request.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { shopSettings } from '../../settings/shop-settings-service.ts';
import { pdfName, voucherPdf, type VoucherDocuments } from '../../vouchers/printing/voucher-document-service.ts';
import { findVoucherByCode } from '../../vouchers/record/voucher-service.ts';
import { STATUS_TONES } from '../../vouchers/record/voucher-status-view.ts';
import { mailNewPin } from './holder-pin-service.ts';
import { holderView, openVoucher, type OpenedVoucher } from './holder-service.ts';
import { pictureOf } from '../shop/motif-choice-service.ts';
import { cardOf, frameOf, SHOP_PATH } from '../shop/shop-pages.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

declare module 'express-session' {
  interface SessionData {
    /** The voucher a holder has opened, until this instant. */
    holder?: OpenedVoucher & { readonly until: number };
  }
}

const PATH = '/v';
const OPEN_MS = 15 * 60 * 1000;
const PRINTABLE: ReadonlySet<string> = new Set(['active', 'partly_redeemed', 'expired', 'deactivated']);
const KNOWN_EVENTS: ReadonlySet<string> = new Set([
  'sale',
  'issue',
  'redemption',
  'redemption_reversal',
  'top_up',
  'refund',
  'chargeback',
  'chargeback_reversal',
  'transfer_out',
  'transfer_in',
  'forfeit',
  'forfeit_reversal',
]);

/** What the holder of a voucher sees: the rest with the code, history and PDF with the PIN of the mail. */
export function holderPages(shell: Shell & VoucherDocuments): Router {
  const { database, clock, wrongCodes } = shell;
  const router = pageRouter();
  const limiter = createRateLimiter(database, RATE_LIMITS.holderPin);
  const newPins = createRateLimiter(database, RATE_LIMITS.newHolderPin);
  const moment = (): Moment => clock.moment();

  router.get(PATH, async (_req, res) => {
    await showForm(res, '');
  });

  router.post(PATH, async (req, res) => {
    const sent = req.body as Record<string, unknown>;
    const code = textOf(sent['code'], LENGTHS.code);
    const who = { caller: null, client: null, address: req.ip ?? '' };
    wrongCodes.assertNotBlocked(who);
    const opened = await openVoucher(
      database,
      limiter,
      code,
      textOf(sent['pin'], LENGTHS.code).replaceAll(/\D/g, ''),
      moment(),
    );
    if (opened === null) {
      await wrongCodes.countWrongCodes(who, 1);
      return showForm(res, code, [{ path: 'code', message: res.locals.t('shop:holder.wrong') }]);
    }
    req.session.holder = { ...opened, until: clock.now() + OPEN_MS };
    res.redirect(303, `${PATH}/voucher`);
  });

  // The answer is the same whether there is such a voucher, and whether an address is known for it.
  router.post(`${PATH}/pin`, async (req, res) => {
    const { t, locale } = res.locals;
    const code = fieldOf(req, 'code', LENGTHS.code);
    const who = { caller: null, client: null, address: req.ip ?? '' };
    wrongCodes.assertNotBlocked(who);
    if (code === '') return showForm(res, code, [{ path: 'lostCode', message: t('shop:holder.code_required') }]);
    const voucher = await findVoucherByCode(database, code, moment());
    if (voucher === null) await wrongCodes.countWrongCodes(who, 1);
    else if ((await newPins.consume(voucher.id)).allowed)
      await mailNewPin(shell, voucher.id, locale, 'holder', moment());
    addFlash(req, { kind: 'info', text: t('shop:holder.pin_on_its_way') });
    res.redirect(303, PATH);
  });

  router.post('/admin/vouchers/:id/pin', requires('vouchers.change'), async (req, res) => {
    const id = idOf(req);
    const { t, locale } = res.locals;
    const to = await mailNewPin(shell, id, locale, actorOf(res), moment());
    addFlash(
      req,
      to === null
        ? { kind: 'danger', text: t('documents:voucher.pin_no_address') }
        : { kind: 'success', text: t('documents:voucher.pin_mailed', { to }) },
    );
    res.redirect(303, `/admin/vouchers/${id}/document`);
  });

  router.get(`${PATH}/voucher`, async (req, res) => {
    const opened = openedBy(req);
    if (opened === null) return res.redirect(303, PATH);
    const { voucher, moves } = await holderView(database, opened, moment());
    const { t } = res.locals;
    const shop = await shopSettings(database.knex);
    res.set('X-Robots-Tag', 'noindex');
    renderPage(
      res,
      'orders/holder/holder',
      {
        ...frameOf(shop, null),
        title: t('shop:holder.title'),
        voucher,
        isStored: voucher.balance !== null,
        available: voucher.available ?? 0,
        statusText: t(`vouchers:status.${voucher.status}`),
        tone: STATUS_TONES[voucher.status],
        bookUntil: voucher.validity.bookUntil,
        card:
          voucher.value.originalValue === null
            ? null
            : {
                ...cardOf({
                  ...(await pictureOf(database.knex, voucher.motif)),
                  amount: voucher.value.originalValue,
                  recipientName: voucher.recipient?.name ?? null,
                  message: voucher.message,
                }),
                code: opened.isHolder ? voucher.code : '',
              },
        currency: voucher.currency,
        isHolder: opened.isHolder,
        hasPdf: opened.isHolder && PRINTABLE.has(voucher.status),
        moves: moves.map((move) => ({
          ...move,
          text: t(`shop:holder.event.${KNOWN_EVENTS.has(move.event) ? move.event : 'other'}`),
        })),
        shopHref: shop.isOpen ? SHOP_PATH : '',
      },
      'public',
    );
  });

  router.get(`${PATH}/voucher/pdf`, async (req, res) => {
    const opened = openedBy(req);
    if (opened?.isHolder !== true) return res.redirect(303, PATH);
    const { voucher } = await holderView(database, opened, moment());
    if (!PRINTABLE.has(voucher.status)) throw appError('not_found');
    const content = await voucherPdf(shell, opened.id, 'a4', res.locals.locale, moment());
    res
      .type('application/pdf')
      .set('Content-Disposition', `attachment; filename="${pdfName(voucher, res.locals.t)}"`)
      .send(content);
  });

  router.post(`${PATH}/close`, (req, res) => {
    delete req.session.holder;
    res.redirect(303, PATH);
  });

  return router;

  function openedBy(req: Request): OpenedVoucher | null {
    const { holder } = req.session;
    return holder !== undefined && holder.until > clock.now() ? holder : null;
  }

  async function showForm(res: Response, code: string, errors: readonly FormError[] = []): Promise<void> {
    markInvalid(res, errors);
    const { user, t } = res.locals;
    const shop = await shopSettings(database.knex);
    // The PIN is typed again: what is shown once too often is known to too many.
    renderPage(
      res,
      'orders/holder/holder-form',
      {
        ...frameOf(shop, null),
        title: t('shop:holder.title'),
        form: formView({ code, lostCode: code, pin: '' }, errors),
        isAgent: may(user, 'vouchers.change'),
      },
      'public',
    );
  }
}

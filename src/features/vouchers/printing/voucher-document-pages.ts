import type { Request, Response, Router } from 'express';
import { may } from '../../../core/access.ts';
import { requires } from '../../../platform/http/permissions.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { inTransaction } from '../../../platform/data/db.ts';
import { AppError, appError } from '../../../platform/process/errors.ts';
import { errorSentence, fieldSentence } from '../../../platform/http/error-sentence.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { generateToken } from '../../../platform/secrets/tokens.ts';
import { idOf, actorOf, LENGTHS, markInvalid, textOf } from '../../../platform/http/request.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { PRINT_FORMATS, type PrintFormat } from '../../documents/printing/print-service.ts';
import {
  mailVoucher,
  pdfName,
  recordPrint,
  voucherPdf,
  voucherPreview,
  type VoucherDocuments,
} from './voucher-document-service.ts';
import { prepareFirstPin } from '../record/voucher-pin-service.ts';
import { findVoucher } from '../record/voucher-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const PATH = '/admin/vouchers/:id/document';
/** The printed page is shown inside of ours: it may be framed by us, and nothing in it may run or be fetched. */
export const PRINT_POLICY =
  "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox";

/**
 * How a voucher looks on paper, its PDF, and sending it. A person without the right to see codes sends it to its own
 * recipient only and is shown no preview; whoever may print all the same sees the code on the paper, so that is logged.
 */
export function voucherDocumentPages(shell: Shell & VoucherDocuments): Router {
  const { database, clock } = shell;
  const router = pageRouter();
  const moment = (): Moment => clock.moment();

  router.get(PATH, requires('vouchers.document'), async (req, res) => {
    await show(req, res, { to: '' });
  });

  router.get(`${PATH}/print`, requires('vouchers.preview'), async (req, res) => {
    const html = await voucherPreview(shell, idOf(req), formatOf(req), res.locals.locale, moment());
    res.set('Content-Security-Policy', PRINT_POLICY).set('X-Frame-Options', 'SAMEORIGIN').type('html').send(html);
  });

  router.get(`${PATH}/pdf`, requires('vouchers.print'), async (req, res) => {
    const pdf = await voucherPdf(shell, idOf(req), formatOf(req), res.locals.locale, moment());
    if (!may(res.locals.user, 'codes.see'))
      await inTransaction(database, (trx) =>
        recordPrint({ trx, actor: actorOf(res), moment: moment() }, idOf(req), formatOf(req)),
      );
    res
      .type('application/pdf')
      .set('Content-Disposition', `inline; filename="${pdfName({ id: idOf(req) }, res.locals.t)}"`)
      .send(pdf);
  });

  router.post(`${PATH}/mail`, requires('vouchers.send'), async (req, res) => {
    const body = req.body as Record<string, unknown>;
    const text = (name: string): string => textOf(body[name], LENGTHS.email);
    const to = text('to');
    const { t, locale, user } = res.locals;
    if (to !== '' && !may(user, 'codes.see')) throw appError('forbidden');
    if (to !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(to))
      return show(req, res, { to }, [{ path: 'to', message: t('documents:voucher.email_wrong') }]);
    try {
      const wish = {
        to: to === '' ? null : to,
        locale,
        attempt: `page:${text('once')}`,
        firstPin: await prepareFirstPin(database.knex, idOf(req)),
      };
      const address = await inTransaction(database, (trx) =>
        mailVoucher(shell, trx, idOf(req), wish, actorOf(res), moment()),
      );
      addFlash(req, {
        kind: 'success',
        text: t('documents:voucher.mail_queued', { to: address }),
        link: { href: `/admin/outbox?entity=voucher&id=${idOf(req)}`, text: t('documents:voucher.mail_see') },
      });
      res.redirect(303, `/admin/vouchers/${idOf(req)}/document`);
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'not_found') throw error;
      const fields = (error.details.fields ?? []).map((field) => ({
        path: field.path,
        message: fieldSentence(field, t),
      }));
      await show(req, res, { to }, fields.length > 0 ? fields : [{ path: '', message: errorSentence(error.code, t) }]);
    }
  });

  return router;

  async function show(
    req: Request,
    res: Response,
    values: Record<string, unknown>,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t, user } = res.locals;
    const voucher = await findVoucher(database, idOf(req), moment());
    const format = formatOf(req);
    markInvalid(res, errors);
    renderPage(res, 'vouchers/printing/voucher', {
      title: t('documents:voucher.title', { title: voucher.title }),
      breadcrumbs: [
        { href: '/admin/vouchers', text: t('common:menu.vouchers') },
        { href: `/admin/vouchers/${voucher.id}`, text: voucher.title },
      ],
      voucherId: voucher.id,
      path: `/admin/vouchers/${voucher.id}/document`,
      format,
      formats: PRINT_FORMATS.map((one) => ({
        href: `?format=${one}`,
        label: t(`documents:format.${one}`),
        current: one === format,
      })),
      form: formView(values, errors),
      maySend: may(user, 'vouchers.send'),
      mayPrint: may(user, 'vouchers.print'),
      mayPreview: may(user, 'vouchers.preview'),
      mayChooseAddress: may(user, 'codes.see'),
      knownAddress: voucher.recipient?.email ?? voucher.restrictions.customer?.email ?? null,
      once: generateToken('m'),
    });
  }
}

function formatOf(req: Request): PrintFormat {
  return PRINT_FORMATS.find((one) => one === req.query['format']) ?? 'a4';
}

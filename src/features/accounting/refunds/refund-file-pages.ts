import type { Request, Response, Router } from 'express';
import { may } from '../../../core/access.ts';
import type { Author } from '../../../platform/data/act.ts';
import { readPage } from '../../../platform/data/page.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { fieldSentence } from '../../../platform/http/error-sentence.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, cursorOf, fieldsOf, idOf, idsOf, markInvalid, textOf } from '../../../platform/http/request.ts';
import { AppError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { emptyPayment, parsePayment, typedPayment } from './refund-form.ts';
import {
  contentOfRefundFile,
  orderRefunds,
  payRefundFile,
  readRefundFile,
  refundFiles,
  takeBackRefundFile,
  type RefundFile,
} from './refund-file-service.ts';
import { REFUNDS_PATH } from './refund-view.ts';

const FILES_PATH = `${REFUNDS_PATH}/files`;
const ROWS = 50;

/** Files of payments for the bank: made of several refunds, handed over, paid, or taken back. */
export function refundFilePages(pages: Shell): Router {
  const { database, clock } = pages;
  const router = pageRouter();
  const authorOf = (res: Response): Author => ({ actor: actorOf(res), moment: clock.moment() });
  router.use(FILES_PATH, requires('refunds.see'));

  router.get(FILES_PATH, async (req, res) => {
    await showList(req, res);
  });

  router.post(FILES_PATH, requires('refunds.pay'), async (req, res) => {
    const { t, locale } = res.locals;
    const body = fieldsOf(req);
    const day = parseDay(textOf(body['executionOn']));
    if (!day.ok) return refused(req, res, REFUNDS_PATH, t(`common:${day.error}`));
    await act(req, res, REFUNDS_PATH, async () => {
      const file = await orderRefunds(database, authorOf(res), { ids: idsOf(body['ids']), executionOn: day.value });
      const sum = formatMoney(file.cents, file.currency, locale);
      addFlash(req, { kind: 'success', text: t('refunds:done.ordered', { count: file.payments, sum }) });
      return `${FILES_PATH}/${file.id}`;
    });
  });

  router.get(`${FILES_PATH}/:id`, async (req, res) => {
    await show(res, idOf(req));
  });

  router.get(`${FILES_PATH}/:id/download`, requires('refunds.pay'), async (req, res) => {
    const { number } = await readRefundFile(database.knex, idOf(req));
    res
      .attachment(`${number}.xml`)
      .type('application/xml')
      .send(await contentOfRefundFile(database.knex, idOf(req)));
  });

  router.post(`${FILES_PATH}/:id/withdrawal`, requires('refunds.pay'), async (req, res) => {
    await act(req, res, `${FILES_PATH}/${idOf(req)}`, async () => {
      const file = await takeBackRefundFile(database, authorOf(res), idOf(req));
      addFlash(req, { kind: 'success', text: res.locals.t('refunds:done.file_withdrawn', { number: file.number }) });
      return REFUNDS_PATH;
    });
  });

  router.post(`${FILES_PATH}/:id/payment`, requires('refunds.pay'), async (req, res) => {
    const typed = typedPayment(fieldsOf(req));
    const parsed = parsePayment(typed, res.locals.t);
    if ('errors' in parsed) return show(res, idOf(req), typed, parsed.errors);
    const path = `${FILES_PATH}/${idOf(req)}`;
    await act(req, res, path, async () => {
      const count = await payRefundFile(database, authorOf(res), idOf(req), parsed.value);
      addFlash(req, { kind: 'success', text: res.locals.t('refunds:done.file_paid', { count }) });
      return path;
    });
  });

  return router;

  async function act(req: Request, res: Response, back: string, work: () => Promise<string>): Promise<void> {
    const { t } = res.locals;
    try {
      res.redirect(303, await work());
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'not_found') throw error;
      const [field] = error.details.fields ?? [];
      refused(req, res, back, field === undefined ? t('refunds:done.overtaken') : fieldSentence(field, t));
    }
  }

  function refused(req: Request, res: Response, back: string, text: string): void {
    addFlash(req, { kind: 'danger', text });
    res.redirect(303, back);
  }

  async function showList(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const before = cursorOf(req);
    const { items, nextCursor } = await readPage(
      ROWS,
      (limit) => refundFiles(database.knex, before, limit),
      ({ id }) => id,
    );
    const names = await pages.namesOfActors(items.map(({ createdBy }) => createdBy));
    renderPage(res, 'accounting/refunds/refund-files', {
      title: t('refunds:files.title'),
      breadcrumbs: [{ href: REFUNDS_PATH, text: t('refunds:title') }],
      rows: items.map((file) => fileView(file, names, res)),
      next: nextCursor === null ? '' : `${FILES_PATH}?cursor=${nextCursor}`,
      first: before === null ? '' : FILES_PATH,
    });
  }

  async function show(
    res: Response,
    id: string,
    typed: Readonly<Record<string, string>> | null = null,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t, locale } = res.locals;
    const file = await readRefundFile(database.knex, id);
    const names = await pages.namesOfActors([file.createdBy, file.withdrawnBy ?? '']);
    markInvalid(res, errors);
    renderPage(res, 'accounting/refunds/refund-file', {
      title: t('refunds:files.one', { number: file.number }),
      breadcrumbs: [
        { href: REFUNDS_PATH, text: t('refunds:title') },
        { href: FILES_PATH, text: t('refunds:files.title') },
      ],
      file: fileView(file, names, res),
      form: formView(typed ?? emptyPayment(clock.today(), locale), errors),
    });
  }
}

function fileView(file: RefundFile, names: ReadonlyMap<string, string>, { locals: { t, user } }: Response) {
  const isDone = file.paid === file.payments;
  const state = file.state === 'withdrawn' ? 'withdrawn' : isDone ? 'paid' : 'live';
  const mayPay = may(user, 'refunds.pay') && file.state === 'live';
  return {
    ...file,
    href: `${FILES_PATH}/${file.id}`,
    refundsHref: `${REFUNDS_PATH}?state=all&text=`,
    stateText: t(`refunds:files.state.${state}`),
    tone: { withdrawn: 'quiet', paid: 'ok', live: 'info' }[state],
    createdByText: names.get(file.createdBy) ?? file.createdBy,
    withdrawnByText: file.withdrawnBy === null ? '' : (names.get(file.withdrawnBy) ?? file.withdrawnBy),
    mayDownload: mayPay,
    mayPay: mayPay && !isDone,
    mayWithdraw: mayPay && file.paid === 0,
  };
}

import type { Request, Response, Router } from 'express';
import { REFUND_WAYS } from '../../../core/sale/refund.ts';
import { may } from '../../../core/access.ts';
import type { Author } from '../../../platform/data/act.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { dayInput } from '../../../platform/html/format.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, cursorOf, fieldsOf, idOf, markInvalid } from '../../../platform/http/request.ts';
import { AppError } from '../../../platform/process/errors.ts';
import { errorSentence, fieldSentence } from '../../../platform/http/error-sentence.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { urlWith } from '../ledger/ledger-request-form.ts';
import {
  emptyPayment,
  parsePayment,
  parseTarget,
  refundFilterOf,
  typedPayment,
  typedRefundFilter,
  typedTarget,
  type TypedRefundFilter,
} from './refund-form.ts';
import { refundPage, refundSums } from './refund-list-service.ts';
import {
  changeRefund,
  payRefundByHand,
  readRefund,
  REFUND_STATES,
  withdrawRefundByHand,
  type Refund,
} from './refund-service.ts';
import { REFUNDS_PATH, refundRow, type Names } from './refund-view.ts';

const ROWS = 50;

/** What is to be paid back, to whom and how: the list, one refund, and what can be done with it. */
export function refundPages(pages: Shell): Router {
  const { database, clock } = pages;
  const router = pageRouter();
  router.get(REFUNDS_PATH, requires('refunds.see'), async (req, res) => {
    await showList(req, res);
  });

  router.get(`${REFUNDS_PATH}/:id`, requires('refunds.see'), async (req, res) => {
    await show(res, idOf(req));
  });

  router.post(`${REFUNDS_PATH}/:id/target`, requires('refunds.pay'), async (req, res) => {
    const typed = typedTarget(fieldsOf(req));
    const parsed = parseTarget(typed, res.locals.t);
    if ('errors' in parsed) return show(res, idOf(req), typed, parsed.errors);
    await act(req, res, typed, async (author) => {
      await changeRefund(database, author, idOf(req), parsed.value);
      return res.locals.t('refunds:done.changed');
    });
  });

  router.post(`${REFUNDS_PATH}/:id/payment`, requires('refunds.pay'), async (req, res) => {
    const typed = typedPayment(fieldsOf(req));
    const parsed = parsePayment(typed, res.locals.t);
    if ('errors' in parsed) return show(res, idOf(req), typed, parsed.errors);
    await act(req, res, typed, async (author) => {
      await payRefundByHand(database, author, idOf(req), parsed.value);
      return res.locals.t('refunds:done.paid');
    });
  });

  router.post(`${REFUNDS_PATH}/:id/withdrawal`, requires('refunds.pay'), async (req, res) => {
    await act(req, res, {}, async (author) => {
      await withdrawRefundByHand(database, author, idOf(req));
      return res.locals.t('refunds:done.withdrawn');
    });
  });

  return router;

  async function act(
    req: Request,
    res: Response,
    typed: Readonly<Record<string, string>>,
    work: (author: Author) => Promise<string>,
  ): Promise<void> {
    const { t } = res.locals;
    try {
      const text = await work({ actor: actorOf(res), moment: clock.moment() });
      addFlash(req, { kind: 'success', text });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const errors = (error.details.fields ?? []).map((one) => ({ path: one.path, message: fieldSentence(one, t) }));
      if (errors.length > 0) return show(res, idOf(req), typed, errors);
      if (error.code === 'not_found') throw error;
      addFlash(req, {
        kind: 'warning',
        text: error.code === 'conflict' ? t('refunds:done.overtaken') : errorSentence(error.code, t),
      });
    }
    res.redirect(303, `${REFUNDS_PATH}/${idOf(req)}`);
  }

  async function showList(req: Request, res: Response): Promise<void> {
    const { t, locale, user } = res.locals;
    const typed = typedRefundFilter(req.query);
    const filter = refundFilterOf(typed);
    const after = cursorOf(req);
    const { items: refunds, nextCursor } = await refundPage(database.knex, { ...filter, after, limit: ROWS });
    const names = await namesOf(refunds);
    renderPage(res, 'accounting/refunds/refunds', {
      title: t('refunds:title'),
      path: REFUNDS_PATH,
      filesHref: `${REFUNDS_PATH}/files`,
      form: formView({ ...typed, executionOn: dayInput(clock.today(), locale) }),
      states: [...REFUND_STATES, 'all'].map((value) => ({ value, label: t(`refunds:state.${value}`) })),
      ways: REFUND_WAYS.map((value) => ({ value, label: t(`refunds:way.${value}`) })),
      sums: await refundSums(database.knex, filter),
      rows: refunds.map((refund) => refundRow(refund, names, res)),
      mayPay: may(user, 'refunds.pay'),
      isFiltered: isNarrow(typed),
      next: nextCursor === null ? '' : urlWith(REFUNDS_PATH, { ...typed, cursor: nextCursor }),
      first: after === null ? '' : urlWith(REFUNDS_PATH, typed),
    });
  }

  async function show(
    res: Response,
    id: string,
    typed: Readonly<Record<string, string>> = {},
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t, locale } = res.locals;
    const refund = await readRefund(database.knex, id);
    const row = refundRow(refund, await namesOf([refund]), res);
    markInvalid(res, errors);
    const { way, payee, providerReference } = refund;
    const known = { way, payee, iban: row.ibanText, providerReference, ...emptyPayment(clock.today(), locale) };
    renderPage(res, 'accounting/refunds/refund', {
      title: t('refunds:one', { number: refund.number }),
      breadcrumbs: [{ href: REFUNDS_PATH, text: t('refunds:title') }],
      refund: row,
      form: formView({ ...known, ...typed }, errors),
      ways: REFUND_WAYS.map((value) => ({ value, label: t(`refunds:way.${value}`) })),
      payText: t(`refunds:pay.${way === 'provider' ? 'provider' : 'transfer'}`),
    });
  }

  function namesOf(refunds: readonly Refund[]): Promise<Names> {
    return pages.namesOfActors(refunds.flatMap(({ decidedBy, paidBy }) => [decidedBy, paidBy ?? '']));
  }
}

function isNarrow({ state, way, text, incomplete }: TypedRefundFilter): boolean {
  return state !== 'open' || way !== '' || text !== '' || incomplete !== '';
}

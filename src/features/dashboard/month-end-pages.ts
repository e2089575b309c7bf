import type { Request, Response, Router } from 'express';
import { may } from '../../core/access.ts';
import { isMonth, lastDayOf, firstDayOf, monthBefore, monthOf } from '../../core/month.ts';
import { dayInput } from '../../platform/html/format.ts';
import type { Locale } from '../../platform/html/i18n.ts';
import { renderPage } from '../../platform/html/views.ts';
import { pageRouter } from '../../platform/http/page-router.ts';
import { requires } from '../../platform/http/permissions.ts';
import { textOf } from '../../platform/http/request.ts';
import { appError } from '../../platform/process/errors.ts';
import type { Shell } from '../../platform/process/feature.ts';
import { urlWith } from '../accounting/ledger/ledger-request-form.ts';
import { monthText } from '../accounting/ledger/month-view.ts';
import { listPeriods } from '../accounting/closing/period-service.ts';
import { MAX_COUNTED, MONTH_END_STEPS, monthEnd, type MonthEndStep } from './month-end-service.ts';

const PATH = '/admin/accounting/month-end';
const MONTHS = 24;

/** What is to be done before a month is closed, step by step, each with its count and the place where it is done. */
export function monthEndPages({ database, clock, namesOfActors }: Shell): Router {
  const router = pageRouter();

  router.get(PATH, requires('books.see'), showMonthEnd);

  return router;

  async function showMonthEnd(req: Request, res: Response): Promise<void> {
    const { t, locale, user } = res.locals;
    const periods = await listPeriods(database.knex, clock.today());
    const next = periods.findLast(({ closed }) => closed === null)?.month ?? monthBefore(monthOf(clock.today()));
    const month = textOf(req.query['month']) || next;
    if (!isMonth(month)) throw appError('not_found');
    const state = await monthEnd(database, month, clock.today());
    if (state === null) throw appError('not_found');
    const names = await namesOfActors(state.comparisons.map(({ createdBy }) => createdBy));
    const hrefs = hrefsOf(month, locale);
    renderPage(res, 'dashboard/month-end', {
      title: t('accounting:month_end.title', { month: monthText(month, t) }),
      breadcrumbs: [{ href: '/admin/accounting/periods', text: t('accounting:periods.title') }],
      months: periods.slice(0, MONTHS).map((period) => ({
        href: urlWith(PATH, { month: period.month }),
        label: monthText(period.month, t),
        isShown: period.month === month,
      })),
      steps: MONTH_END_STEPS.map((step) => ({
        label: t(`accounting:month_end.step.${step}`),
        hint: t(`accounting:month_end.hint.${step}`),
        count: state.counts[step],
        isMore: state.counts[step] >= MAX_COUNTED && step !== 'exported',
        isDone: state.counts[step] === 0,
        href: hrefs[step],
      })),
      comparisons: state.comparisons.map((one) => ({
        ...one,
        difference: one.actual - one.expected,
        isRight: one.actual === one.expected,
        by: names.get(one.createdBy) ?? one.createdBy,
      })),
      isClosed: state.isClosed,
      close: state.isNext && may(user, 'books.close') ? closeOf(month) : null,
    });
  }
}

function closeOf(month: string) {
  return { action: `/admin/accounting/periods/${month}/close` };
}

function hrefsOf(month: string, locale: Locale): Readonly<Record<MonthEndStep, string>> {
  const [from, on] = [dayInput(firstDayOf(month), locale), dayInput(lastDayOf(month), locale)];
  return {
    exported: urlWith('/admin/accounting/exports/preview', { fromMonth: month, toMonth: month }),
    imported: '/admin/accounting/exports',
    compared: urlWith('/admin/accounting/liabilities', { from, on }),
    refunds: '/admin/refunds',
    chargebacks: '/admin/chargebacks',
    bank_lines: '/admin/orders/statements',
    paid_orders: '/admin/orders?state=partly_paid',
    jobs: '/admin/jobs',
    shifts: '/admin/counter/shifts',
    partner_invoices: '/admin/partner-invoices?state=open',
  };
}

import type { Response, Router } from 'express';
import { addDays, isCalendarDay } from '../../../core/calendar.ts';
import { firstDayOf, isMonth, lastDayOf } from '../../../core/month.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { parseDay } from '../../../platform/html/typed-input.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, fieldsOf, markInvalid, textOf } from '../../../platform/http/request.ts';
import { startOfDay } from '../../../platform/process/clock.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { MAX_CASH_BOOK_ROWS, queueCashBook, type CashBookPayload } from './cash-book-service.ts';
import { COUNTER_PATH } from './counter-form.ts';
import { knownTills } from './shift-service.ts';

const PATH = `${COUNTER_PATH}/cash-book`;

/** The cash book of a till as a workbook: of a day, or of a month. */
export function cashBookPages({ database, clock, timeZone }: Shell): Router {
  const router = pageRouter();

  router.get(PATH, requires('shifts.see'), async (_req, res) => {
    const [till = ''] = await knownTills(database.knex);
    await show(res, { till, period: clock.today().slice(0, 7) }, []);
  });

  router.post(PATH, requires('shifts.see'), async (req, res) => {
    const sent = fieldsOf(req);
    const typed = { till: textOf(sent['till'], 40), period: textOf(sent['period'], 20) };
    const days = daysOf(typed.period);
    if (days === null) return show(res, typed, [{ path: 'period', message: res.locals.t('counter:error.period') }]);
    const payload: CashBookPayload = {
      ...typed,
      from: startOfDay(days.first, timeZone),
      until: startOfDay(addDays(days.last, 1), timeZone),
      locale: res.locals.locale,
      userName: res.locals.user?.name ?? '',
    };
    const author = { actor: actorOf(res), moment: clock.moment() };
    res.redirect(303, `/admin/jobs/${await queueCashBook(database, payload, author)}`);
  });

  return router;

  async function show(
    res: Response,
    typed: Readonly<Record<'till' | 'period', string>>,
    errors: readonly FormError[],
  ): Promise<void> {
    const { t } = res.locals;
    markInvalid(res, errors);
    renderPage(res, 'counter/cash-book', {
      title: t('counter:cash_book.title'),
      breadcrumbs: [{ href: `${COUNTER_PATH}/shifts`, text: t('counter:shifts.title') }],
      form: formView(typed, errors),
      action: PATH,
      tills: (await knownTills(database.knex)).map((value) => ({ value, label: value })),
      max: MAX_CASH_BOOK_ROWS,
    });
  }
}

/** `2026-05` or 05/2026 is a month, a day in any form a day is typed in is one day; null: neither. */
function daysOf(period: string): { readonly first: string; readonly last: string } | null {
  const month = /^(\d\d?)[./](\d{4})$/.exec(period);
  const asMonth = month === null ? period : `${month[2]}-${(month[1] ?? '').padStart(2, '0')}`;
  if (isMonth(asMonth)) return { first: firstDayOf(asMonth), last: lastDayOf(asMonth) };
  const day = parseDay(period);
  return day.ok && isCalendarDay(day.value) ? { first: day.value, last: day.value } : null;
}

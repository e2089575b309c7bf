import type { Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { appError } from '../../../platform/process/errors.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { monthText } from '../ledger/month-view.ts';
import { actorOf } from '../../../platform/http/request.ts';
import { countOpen } from '../datev/export-run-service.ts';
import { CLOSE_JOB, queueLedgerJob } from '../ledger/ledger-job-service.ts';
import { answerWithJob } from '../../../platform/jobs/job-answer.ts';
import { firstDayOf, isMonth, lastDayOf, monthAfter } from '../../../core/month.ts';
import { listPeriods } from './period-service.ts';
import { urlWith, ACCOUNTING_PATH } from '../ledger/ledger-request-form.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const PATH = `${ACCOUNTING_PATH}/periods`;

/** The months of the books: open, or closed for good. */
export function periodPages({ database, clock, namesOfActors }: Shell): Router {
  const router = pageRouter();

  router.get(PATH, requires('books.see'), (_req, res) => showPeriods(res));

  router.post(`${PATH}/:month/close`, requires('books.close'), async (req, res) => {
    const month = String(req.params['month']);
    if (!isMonth(month)) throw appError('not_found');
    const { t } = res.locals;
    const id = await queueLedgerJob(database, CLOSE_JOB, { month }, actorOf(res), clock.now());
    await answerWithJob({ req, res }, database, id, {
      refusedAt: PATH,
      done(result) {
        const { rows: count } = result as { readonly rows: number };
        const text = t('accounting:periods.closed', { month: monthText(month, t), count });
        return { href: PATH, flashes: [{ kind: 'success', text }] };
      },
    });
  });

  return router;

  async function showPeriods(res: Response): Promise<void> {
    const { t } = res.locals;
    const periods = await listPeriods(database.knex, clock.today());
    const names = await namesOfActors(periods.flatMap(({ closed }) => (closed === null ? [] : [closed.closedBy])));
    const next = periods.find(({ isNext }) => isNext);
    const open =
      next === undefined ? 0 : await countOpen(database.knex, { fromMonth: next.month, toMonth: next.month });
    renderPage(res, 'accounting/closing/periods', {
      title: t('accounting:periods.title'),
      mayChange: may(res.locals.user, 'books.close'),
      rows: periods.map(({ month, entries, closed, isNext, closableFrom }) => ({
        month,
        label: monthText(month, t),
        href: urlWith(`${ACCOUNTING_PATH}/journal`, { from: firstDayOf(month), to: lastDayOf(month) }),
        entries,
        isClosed: closed !== null,
        closedAt: closed?.closedAt ?? null,
        closedBy: closed === null ? '' : (names.get(closed.closedBy) ?? closed.closedBy),
        isNext,
        closableFrom,
      })),
      next:
        next === undefined
          ? null
          : {
              month: next.month,
              title: t('accounting:periods.close_title', { month: monthText(next.month, t) }),
              text: [
                t('accounting:periods.close_text', { count: next.entries, day: monthText(monthAfter(next.month), t) }),
                ...(open > 0 ? [t('accounting:periods.close_open', { count: open })] : []),
              ].join(' '),
              action: `${PATH}/${next.month}/close`,
            },
    });
  }
}

import type { Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { reportCircles } from '../ledger/number-service.ts';
import { ACCOUNTING_PATH } from '../ledger/ledger-request-form.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

/** The number circles and what is missing in them: nothing, or it is told here. */
export function numberPages({ database }: Shell): Router {
  const router = pageRouter();
  router.get(`${ACCOUNTING_PATH}/numbers`, requires('books.see'), async (_req, res) => {
    const { t } = res.locals;
    const circles = await reportCircles(database.knex);
    renderPage(res, 'accounting/journal/numbers', {
      title: t('accounting:numbers.title'),
      hasGaps: circles.some(({ gaps, issued, last }) => gaps.length > 0 || issued !== last),
      circles: circles.map((circle) => ({
        ...circle,
        label: t(`accounting:numbers.circle.${circle.circle}`),
        isWhole: circle.issued === circle.last && circle.gaps.length === 0,
      })),
    });
  });
  return router;
}

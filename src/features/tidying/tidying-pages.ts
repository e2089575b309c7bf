import express, { type Router } from 'express';
import { requireRole } from '../../platform/auth.ts';
import { formatDay, formatNumber } from '../../platform/format.ts';
import { renderPage } from '../../platform/views.ts';
import { namesOfActors } from '../staff/user-service.ts';
import { previewTidying, queueTidying, tidyingLog, type Tidying } from './tidying-service.ts';

const PATH = '/admin/tidying';

/** What goes by itself, what the next run would take, what the last ones took. */
export function tidyingPages(tidying: Tidying): Router {
  const { database, clock } = tidying;
  const router = express.Router();

  router.get(PATH, requireRole('admin', 'auditor'), async (_req, res) => {
    const { t, locale, user } = res.locals;
    const log = await tidyingLog(database);
    const names = await namesOfActors(database, log.map(({ actor }) => actor));
    renderPage(res, 'tidying/tidying', {
      title: t('tidying:title'),
      mayRun: user?.role === 'admin',
      rules: (await previewTidying(tidying)).map(({ rule, days, before, count, isMore }) => ({
        name: t(`tidying:rule.${rule}.name`),
        says: t(`tidying:rule.${rule}.says`, { days, day: formatDay(before, locale) }),
        countText: isMore ? t('tidying:more', { count: formatNumber(count, locale) }) : formatNumber(count, locale),
      })),
      log: log.map(({ at, actor, rule, count }) => ({ at, name: t(`tidying:rule.${rule}.name`), who: names.get(actor) ?? t('tidying:system'), countText: formatNumber(count, locale) })),
    });
  });

  router.post(PATH, requireRole('admin'), async (_req, res) => {
    const job = await queueTidying(database, `user:${res.locals.user?.id ?? ''}`, clock.now());
    res.redirect(303, `/admin/jobs/${job ?? ''}`);
  });

  return router;
}

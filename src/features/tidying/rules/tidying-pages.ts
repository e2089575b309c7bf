import type { Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { actorOf } from '../../../platform/http/request.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formatDay, formatNumber } from '../../../platform/html/format.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { generalSettings } from '../../settings/general-settings-service.ts';
import { readSettings, typedSettings, type TypedSettings } from '../../settings/settings-form.ts';
import { changeTidyingSettings, TIDYING_FIELDS, tidyingSettings } from '../../settings/tidying-settings-service.ts';
import { namesOfActors } from '../../staff/people/user-service.ts';
import { previewTidying, queueTidying, tidyingLog, type Tidying } from './tidying-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';

const PATH = '/admin/tidying';

/** What goes by itself, what the next run would take, what the last ones took, and after how many days. */
export function tidyingPages(tidying: Tidying): Router {
  const { database, clock } = tidying;
  const router = pageRouter();

  router.get(PATH, requires('tidying.see'), async (_req, res) => {
    const { currency } = await generalSettings(database.knex);
    const settings = await tidyingSettings(database.knex);
    await show(res, typedSettings(TIDYING_FIELDS, settings, { currency, locale: res.locals.locale }));
  });

  router.post(PATH, requires('tidying.change'), async (_req, res) => {
    const job = await queueTidying(database, actorOf(res), clock.now());
    res.redirect(303, `/admin/jobs/${job ?? ''}`);
  });

  router.post(`${PATH}/settings`, requires('tidying.change'), async (req, res) => {
    const { t } = res.locals;
    const says = (name: string): string => t('tidying:days_wrong', { name: t(`tidying:setting.${name}`) });
    const { typed, settings, errors } = readSettings(TIDYING_FIELDS, req.body, says, res.locals);
    if (settings === null) {
      res.status(422);
      await show(res, typed, errors);
      return;
    }
    await changeTidyingSettings(database, settings, actorOf(res), clock.now());
    addFlash(req, { kind: 'success', text: res.locals.t('settings:saved') });
    res.redirect(303, PATH);
  });

  return router;

  async function show(
    res: Response,
    typed: TypedSettings<typeof TIDYING_FIELDS>,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t, locale, user } = res.locals;
    const log = await tidyingLog(database);
    const names = await namesOfActors(
      database,
      log.map(({ actor }) => actor),
    );
    renderPage(res, 'tidying/rules/tidying', {
      title: t('tidying:title'),
      mayRun: may(user, 'tidying.change'),
      mayChange: may(user, 'tidying.change'),
      form: formView({ ...typed }, errors),
      rules: (await previewTidying(tidying)).map(({ rule, days, before, count, isMore, isOff, samples }) => ({
        name: t(`tidying:rule.${rule}.name`),
        says: isOff ? t('tidying:off') : t(`tidying:rule.${rule}.says`, { days, day: formatDay(before, locale) }),
        countText: isMore ? t('tidying:more', { count: formatNumber(count, locale) }) : formatNumber(count, locale),
        samples: samples.join(', '),
      })),
      log: log.map(({ at, actor, rule, count }) => ({
        at,
        name: t(`tidying:rule.${rule}.name`),
        who: names.get(actor) ?? t('tidying:system'),
        countText: formatNumber(count, locale),
      })),
    });
  }
}

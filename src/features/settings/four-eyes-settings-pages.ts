import type { Response, Router } from 'express';
import { requires } from '../../platform/http/permissions.ts';
import { may } from '../../core/access.ts';
import { markInvalid, actorOf } from '../../platform/http/request.ts';
import { addFlash } from '../../platform/html/flash.ts';
import { formView, type FormError } from '../../platform/html/form-view.ts';
import { renderPage } from '../../platform/html/views.ts';
import { changeFourEyesSettings, FOUR_EYES_FIELDS, fourEyesSettings } from './four-eyes-settings-service.ts';
import { SETTINGS_PATH } from './settings-pages.ts';
import { generalSettings } from './general-settings-service.ts';
import { readSettings, typedSettings, wrongIn } from './settings-form.ts';
import { pageRouter } from '../../platform/http/page-router.ts';
import type { Shell } from '../../platform/process/feature.ts';

const TEXTS = 'settings:four_eyes';

/** From which amount on a second person has to accept. */
export function fourEyesSettingsPages({ database, clock }: Shell): Router {
  const router = pageRouter();
  const path = `${SETTINGS_PATH}/four-eyes`;

  router.get(path, requires('rules.see'), async (_req, res) => {
    const { currency } = await generalSettings(database.knex);
    const settings = await fourEyesSettings(database.knex);
    await show(res, typedSettings(FOUR_EYES_FIELDS, settings, { currency, locale: res.locals.locale }));
  });

  router.post(path, requires('settings.change'), async (req, res) => {
    const { t } = res.locals;
    const { typed, settings, errors } = readSettings(FOUR_EYES_FIELDS, req.body, wrongIn(TEXTS, t), res.locals);
    if (settings === null) return show(res, typed, errors);
    await changeFourEyesSettings(database, settings, actorOf(res), clock.now());
    addFlash(req, { kind: 'success', text: t('settings:saved') });
    res.redirect(303, path);
  });

  return router;

  async function show(
    res: Response,
    values: Readonly<Record<string, unknown>>,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t, user } = res.locals;
    const { currency } = await generalSettings(database.knex);
    markInvalid(res, errors);
    renderPage(res, 'settings/four-eyes', {
      title: t('settings:four_eyes.title'),
      form: formView(values, errors),
      currency,
      mayChange: may(user, 'settings.change'),
    });
  }
}

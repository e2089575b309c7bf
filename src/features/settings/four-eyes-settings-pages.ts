import type { Response, Router } from 'express';
import { requires } from '../../platform/http/permissions.ts';
import { may } from '../../core/access.ts';
import { markInvalid, actorOf, textOf } from '../../platform/http/request.ts';
import { addFlash } from '../../platform/html/flash.ts';
import { moneyInput } from '../../platform/html/format.ts';
import { formView, type FormError } from '../../platform/html/form-view.ts';
import { parseMoney } from '../../platform/html/typed-input.ts';
import { renderPage } from '../../platform/html/views.ts';
import { changeFourEyesSettings, fourEyesSettings } from './four-eyes-settings-service.ts';
import { SETTINGS_PATH } from './settings-pages.ts';
import { generalSettings } from './settings-service.ts';
import { pageRouter } from '../../platform/http/page-router.ts';
import type { Shell } from '../../platform/process/feature.ts';

/** From which amount on a second person has to accept. */
export function fourEyesSettingsPages({ database, clock }: Shell): Router {
  const router = pageRouter();
  const path = `${SETTINGS_PATH}/four-eyes`;

  router.get(path, requires('rules.see'), async (_req, res) => {
    const { isOn, limit } = await fourEyesSettings(database.knex);
    await show(res, {
      isOn: isOn ? 'true' : '',
      limit: moneyInput(limit, (await generalSettings(database.knex)).currency, res.locals.locale),
    });
  });

  router.post(path, requires('settings.change'), async (req, res) => {
    const body = req.body as Record<string, unknown>;
    const typed = { isOn: body['isOn'] === 'true' ? 'true' : '', limit: textOf(body['limit']) };
    const limit = parseMoney(typed.limit);
    if (!limit.ok || limit.value < 1) {
      await show(res, typed, [
        {
          path: 'limit',
          message: limit.ok ? res.locals.t('settings:four_eyes.limit_wrong') : res.locals.t(`common:${limit.error}`),
        },
      ]);
      return;
    }
    await changeFourEyesSettings(
      database,
      { isOn: typed.isOn === 'true', limit: limit.value },
      actorOf(res),
      clock.now(),
    );
    addFlash(req, { kind: 'success', text: res.locals.t('settings:saved') });
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

import type { Response, Router } from 'express';
import { requires } from '../../platform/http/permissions.ts';
import { may } from '../../core/access.ts';
import { markInvalid, actorOf, textOf } from '../../platform/http/request.ts';
import { addFlash } from '../../platform/html/flash.ts';
import { formView, type FormError } from '../../platform/html/form-view.ts';
import { parseCount } from '../../platform/html/typed-input.ts';
import { renderPage } from '../../platform/html/views.ts';
import { changeGeneralSettings, generalSettings } from './settings-service.ts';
import { pageRouter } from '../../platform/http/page-router.ts';
import type { Shell } from '../../platform/process/feature.ts';

export const SETTINGS_PATH = '/admin/settings';
const MAX_HOLD_MINUTES = 1440;

/** What holds for all vouchers and bookings. */
export function settingsPages({ database, clock }: Shell): Router {
  const router = pageRouter();
  const path = `${SETTINGS_PATH}/general`;

  router.get(path, requires('settings.see'), async (_req, res) => {
    const { currency, holdMinutes } = await generalSettings(database.knex);
    show(res, { currency, holdMinutes: String(holdMinutes) });
  });

  router.post(path, requires('settings.change'), async (req, res) => {
    const body = req.body as Record<string, unknown>;
    const typed = { currency: textOf(body['currency']).toUpperCase(), holdMinutes: textOf(body['holdMinutes']) };
    const { t } = res.locals;
    const errors: FormError[] = [];
    if (!/^[A-Z]{3}$/.test(typed.currency))
      errors.push({ path: 'currency', message: t('settings:general.currency_wrong') });
    const minutes = parseCount(typed.holdMinutes);
    if (!minutes.ok || minutes.value < 1 || minutes.value > MAX_HOLD_MINUTES)
      errors.push({ path: 'holdMinutes', message: t('settings:general.holdMinutes_wrong') });
    if (errors.length > 0 || !minutes.ok) return show(res, typed, errors);
    await changeGeneralSettings(
      database,
      { currency: typed.currency, holdMinutes: minutes.value },
      actorOf(res),
      clock.now(),
    );
    addFlash(req, { kind: 'success', text: t('settings:saved') });
    res.redirect(303, path);
  });

  return router;
}

function show(res: Response, values: Readonly<Record<string, unknown>>, errors: readonly FormError[] = []): void {
  markInvalid(res, errors);
  renderPage(res, 'settings/general', {
    title: res.locals.t('settings:general.title'),
    form: formView(values, errors),
    mayChange: may(res.locals.user, 'settings.change'),
  });
}

import type { Response, Router } from 'express';
import { requires } from '../../platform/http/permissions.ts';
import { may } from '../../core/access.ts';
import { FEE_BEARERS } from '../../core/engine/reversal-plan.ts';
import { CHANNELS } from '../../core/engine/voucher.ts';
import { markInvalid, actorOf } from '../../platform/http/request.ts';
import { addFlash } from '../../platform/html/flash.ts';
import { formView, type FormError } from '../../platform/html/form-view.ts';
import { renderPage } from '../../platform/html/views.ts';
import { SETTINGS_PATH } from './settings-pages.ts';
import { generalSettings } from './general-settings-service.ts';
import { changeReversalSettings, REVERSAL_FIELDS, reversalSettings } from './reversal-settings-service.ts';
import { readSettings, typedSettings, wrongIn } from './settings-form.ts';
import { pageRouter } from '../../platform/http/page-router.ts';
import type { Shell } from '../../platform/process/feature.ts';

const TEXTS = 'settings:reversals';

/** Who bears a cancellation fee, how long a voucher past its date is open again, and where credit pays. */
export function reversalSettingsPages({ database, clock }: Shell): Router {
  const router = pageRouter();
  const path = `${SETTINGS_PATH}/reversals`;

  router.get(path, requires('rules.see'), async (_req, res) => {
    const { currency } = await generalSettings(database.knex);
    const settings = await reversalSettings(database.knex);
    show(res, typedSettings(REVERSAL_FIELDS, settings, { currency, locale: res.locals.locale }));
  });

  router.post(path, requires('settings.change'), async (req, res) => {
    const { t } = res.locals;
    const { typed, settings, errors } = readSettings(REVERSAL_FIELDS, req.body, wrongIn(TEXTS, t), res.locals);
    if (settings === null) return show(res, typed, errors);
    await changeReversalSettings(database, settings, actorOf(res), clock.now());
    addFlash(req, { kind: 'success', text: t('settings:saved') });
    res.redirect(303, path);
  });

  return router;
}

function show(res: Response, values: Readonly<Record<string, unknown>>, errors: readonly FormError[] = []): void {
  markInvalid(res, errors);
  const { t, user } = res.locals;
  renderPage(res, 'settings/reversals', {
    title: t('settings:reversals.title'),
    form: formView(values, errors),
    bearers: FEE_BEARERS.map((value) => ({
      value,
      label: t(`settings:reversals.bearer.${value}`),
      hint: t(`settings:reversals.bearer_hint.${value}`),
    })),
    channels: CHANNELS.map((value) => ({ value, label: t(`vouchers:channel.${value}`) })),
    mayChange: may(user, 'settings.change'),
  });
}

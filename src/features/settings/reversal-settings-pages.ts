import type { Response, Router } from 'express';
import { requires } from '../../platform/http/permissions.ts';
import { may } from '../../core/access.ts';
import { FEE_BEARERS } from '../../core/engine/reversal-plan.ts';
import { CHANNELS } from '../../core/engine/voucher.ts';
import { markInvalid, actorOf, textOf } from '../../platform/http/request.ts';
import { addFlash } from '../../platform/html/flash.ts';
import { formView, type FormError } from '../../platform/html/form-view.ts';
import { parseCount } from '../../platform/html/typed-input.ts';
import { renderPage } from '../../platform/html/views.ts';
import { SETTINGS_PATH } from './settings-pages.ts';
import { changeReversalSettings, reversalSettings } from './settings-service.ts';
import { pageRouter } from '../../platform/http/page-router.ts';
import type { Shell } from '../../platform/process/feature.ts';

const MAX_GRACE_DAYS = 1095;

/** Who bears a cancellation fee, how long a voucher past its date is open again, and where credit pays. */
export function reversalSettingsPages({ database, clock }: Shell): Router {
  const router = pageRouter();
  const path = `${SETTINGS_PATH}/reversals`;

  router.get(path, requires('rules.see'), async (_req, res) => {
    const { feeBearer, graceDays, creditChannels } = await reversalSettings(database.knex);
    show(res, { feeBearer, graceDays: String(graceDays), creditChannels });
  });

  router.post(path, requires('settings.change'), async (req, res) => {
    const body = req.body as Record<string, unknown>;
    const typed = {
      feeBearer: textOf(body['feeBearer']),
      graceDays: textOf(body['graceDays']),
      creditChannels: CHANNELS.filter((one) => [body['creditChannels']].flat().includes(one)),
    };
    const feeBearer = FEE_BEARERS.find((one) => one === typed.feeBearer);
    const days = parseCount(typed.graceDays);
    const errors: FormError[] = [];
    if (feeBearer === undefined)
      errors.push({ path: 'feeBearer', message: res.locals.t('settings:reversals.bearer_wrong') });
    if (!days.ok || days.value > MAX_GRACE_DAYS)
      errors.push({
        path: 'graceDays',
        message: res.locals.t('settings:reversals.graceDays_wrong', { max: MAX_GRACE_DAYS }),
      });
    if (typed.creditChannels.length === 0)
      errors.push({ path: 'creditChannels', message: res.locals.t('settings:reversals.creditChannels_wrong') });
    if (errors.length > 0 || feeBearer === undefined || !days.ok) return show(res, typed, errors);
    await changeReversalSettings(
      database,
      { feeBearer, graceDays: days.value, creditChannels: typed.creditChannels },
      actorOf(res),
      clock.now(),
    );
    addFlash(req, { kind: 'success', text: res.locals.t('settings:saved') });
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

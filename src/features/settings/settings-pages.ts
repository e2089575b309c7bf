import type { Response, Router } from 'express';
import { requires } from '../../platform/http/permissions.ts';
import { may } from '../../core/access.ts';
import { markInvalid, actorOf, fieldsOf } from '../../platform/http/request.ts';
import { addFlash } from '../../platform/html/flash.ts';
import { formView, type FormError } from '../../platform/html/form-view.ts';
import type { Translate } from '../../platform/html/i18n.ts';
import { renderPage } from '../../platform/html/views.ts';
import { changeGeneralSettings, GENERAL_FIELDS, generalSettings } from './general-settings-service.ts';
import { readSettings, typedSettings, wrongIn } from './settings-form.ts';
import { pageRouter } from '../../platform/http/page-router.ts';
import type { Shell } from '../../platform/process/feature.ts';

export const SETTINGS_PATH = '/admin/settings';
const TEXTS = 'settings:general';

/** What holds for all vouchers and bookings. */
export function settingsPages({ database, clock }: Shell): Router {
  const router = pageRouter();
  const path = `${SETTINGS_PATH}/general`;

  router.get(path, requires('settings.see'), async (_req, res) => {
    const settings = await generalSettings(database.knex);
    show(res, typedSettings(GENERAL_FIELDS, settings, { currency: settings.currency, locale: res.locals.locale }));
  });

  router.post(path, requires('settings.change'), async (req, res) => {
    const { t } = res.locals;
    const known = await generalSettings(database.knex);
    // A page that was loaded before a setting came leaves it as it is.
    const shown = typedSettings(GENERAL_FIELDS, known, { currency: known.currency, locale: res.locals.locale });
    const sent = { ...shown, ...fieldsOf(req) };
    const { typed, settings, errors } = readSettings(GENERAL_FIELDS, sent, wrongIn(TEXTS, t), res.locals);
    if (settings === null) return show(res, typed, errors);
    await changeGeneralSettings(database, settings, actorOf(res), clock.now());
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
    fields: rowsOf(res.locals.t),
    mayChange: may(res.locals.user, 'settings.change'),
  });
}

/** A row of the table is a field of the form, with its label, hint and unit in the texts of the group. */
function rowsOf(t: Translate): readonly object[] {
  return Object.entries(GENERAL_FIELDS).map(([name, field]) => ({
    name,
    label: t(`${TEXTS}.${name}`),
    hint: t(`${TEXTS}.${name}_hint`),
    isFlag: field.kind === 'flag',
    isCode: field.kind === 'text',
    isCount: field.kind === 'count' || field.kind === 'money',
    maxLength: field.kind === 'text' ? field.maxLength : null,
    unit: field.kind === 'count' && field.unit !== undefined ? t(`${TEXTS}.${field.unit}`) : null,
  }));
}

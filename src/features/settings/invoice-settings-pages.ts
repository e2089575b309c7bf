import type { Response, Router } from 'express';
import { may } from '../../core/access.ts';
import { addFlash } from '../../platform/html/flash.ts';
import { formView, type FormError } from '../../platform/html/form-view.ts';
import { renderPage } from '../../platform/html/views.ts';
import { pageRouter } from '../../platform/http/page-router.ts';
import { requires } from '../../platform/http/permissions.ts';
import { actorOf, markInvalid } from '../../platform/http/request.ts';
import type { Shell } from '../../platform/process/feature.ts';
import { generalSettings } from './general-settings-service.ts';
import { changeInvoiceSettings, INVOICE_FIELDS, invoiceSettings, lackingIn } from './invoice-settings-service.ts';
import { readSettings, typedSettings, wrongIn } from './settings-form.ts';
import { SETTINGS_PATH } from './settings-pages.ts';

const TEXTS = 'settings:invoices';

/** Who invoices to partners are from. */
export function invoiceSettingsPages({ database, clock }: Shell): Router {
  const router = pageRouter();
  const path = `${SETTINGS_PATH}/invoices`;

  router.get(path, requires('settings.see'), async (_req, res) => {
    const { currency } = await generalSettings(database.knex);
    const settings = await invoiceSettings(database.knex);
    show(res, typedSettings(INVOICE_FIELDS, settings, { currency, locale: res.locals.locale }));
  });

  router.post(path, requires('settings.change'), async (req, res) => {
    const { t } = res.locals;
    const { typed, settings, errors } = readSettings(INVOICE_FIELDS, req.body, wrongIn(TEXTS, t), res.locals);
    if (settings === null) return show(res, typed, errors);
    const lacking = lackingIn(settings, await invoiceSettings(database.knex));
    if (lacking.length > 0)
      return show(
        res,
        typed,
        lacking.map((field) => ({ path: field, message: t(`${TEXTS}.${field}_missing`) })),
      );
    await changeInvoiceSettings(database, settings, actorOf(res), clock.now());
    addFlash(req, { kind: 'success', text: t('settings:saved') });
    res.redirect(303, path);
  });

  return router;
}

function show(res: Response, values: Readonly<Record<string, unknown>>, errors: readonly FormError[] = []): void {
  markInvalid(res, errors);
  renderPage(res, 'settings/invoices', {
    title: res.locals.t(`${TEXTS}.title`),
    form: formView(values, errors),
    mayChange: may(res.locals.user, 'settings.change'),
  });
}

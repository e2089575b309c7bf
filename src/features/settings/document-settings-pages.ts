import type { Response, Router } from 'express';
import { requires } from '../../platform/http/permissions.ts';
import { may } from '../../core/access.ts';
import { groupCode, isSoundMask } from '../../core/engine/code-mask.ts';
import { markInvalid, actorOf } from '../../platform/http/request.ts';
import { addFlash } from '../../platform/html/flash.ts';
import { formView, type FormError } from '../../platform/html/form-view.ts';
import { renderPage } from '../../platform/html/views.ts';
import { changeDocumentSettings, DOCUMENT_FIELDS, documentSettings } from './document-settings-service.ts';
import { generalSettings } from './general-settings-service.ts';
import { readSettings, typedSettings, wrongIn } from './settings-form.ts';
import { SETTINGS_PATH } from './settings-pages.ts';
import { pageRouter } from '../../platform/http/page-router.ts';
import type { Shell } from '../../platform/process/feature.ts';

const TEXTS = 'settings:documents';
const SAMPLE_CODE = '7K2M9QXR4TBN8HV5';

/** What stands on vouchers and in mails. */
export function documentSettingsPages({ database, clock }: Shell): Router {
  const router = pageRouter();
  const path = `${SETTINGS_PATH}/documents`;

  router.get(path, requires('settings.see'), async (_req, res) => {
    const { currency } = await generalSettings(database.knex);
    const settings = await documentSettings(database.knex);
    show(res, typedSettings(DOCUMENT_FIELDS, settings, { currency, locale: res.locals.locale }));
  });

  router.post(path, requires('settings.change'), async (req, res) => {
    const { t } = res.locals;
    const { typed, settings, errors } = readSettings(DOCUMENT_FIELDS, req.body, wrongIn(TEXTS, t), res.locals);
    if (settings === null) return show(res, typed, errors);
    await changeDocumentSettings(database, settings, actorOf(res), clock.now());
    addFlash(req, { kind: 'success', text: t('settings:saved') });
    res.redirect(303, path);
  });

  return router;
}

function show(res: Response, values: Readonly<Record<string, unknown>>, errors: readonly FormError[] = []): void {
  markInvalid(res, errors);
  const mask = String(values['codeMask']);
  renderPage(res, 'settings/documents', {
    title: res.locals.t('settings:documents.title'),
    form: formView(values, errors),
    sample: isSoundMask(mask) ? groupCode(SAMPLE_CODE, mask) : '',
    mayChange: may(res.locals.user, 'settings.change'),
  });
}

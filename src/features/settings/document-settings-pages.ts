import type { Response, Router } from 'express';
import { requires } from '../../platform/http/permissions.ts';
import { may } from '../../core/access.ts';
import { groupCode, isSoundMask } from '../../core/engine/code-mask.ts';
import { markInvalid, actorOf, fieldOf } from '../../platform/http/request.ts';
import { addFlash } from '../../platform/html/flash.ts';
import { formView, type FormError } from '../../platform/html/form-view.ts';
import { parseCount } from '../../platform/html/typed-input.ts';
import { renderPage } from '../../platform/html/views.ts';
import { changeDocumentSettings, documentSettings, type DocumentSettings } from './document-settings-service.ts';
import { SETTINGS_PATH } from './settings-pages.ts';
import { pageRouter } from '../../platform/http/page-router.ts';
import type { Shell } from '../../platform/process/feature.ts';

const TEXTS = [
  'companyName',
  'companyAddress',
  'senderEmail',
  'senderName',
  'codeMask',
  'bookingUrl',
  'voucherTerms',
] as const;
const MAX_TEXT = 8000;
const MAX_REMINDER_DAYS = 365;
const SAMPLE_CODE = '7K2M9QXR4TBN8HV5';

/** What stands on vouchers and in mails. */
export function documentSettingsPages({ database, clock }: Shell): Router {
  const router = pageRouter();
  const path = `${SETTINGS_PATH}/documents`;

  router.get(path, requires('settings.see'), async (_req, res) => {
    const settings = await documentSettings(database.knex);
    show(res, { ...settings, reminderDays: settings.reminderDays === null ? '' : String(settings.reminderDays) });
  });

  router.post(path, requires('settings.change'), async (req, res) => {
    const { t } = res.locals;
    const text = (name: string): string => fieldOf(req, name, MAX_TEXT);
    const typed = {
      ...(Object.fromEntries(TEXTS.map((name) => [name, text(name)])) as Record<(typeof TEXTS)[number], string>),
      reminderDays: text('reminderDays'),
    };
    const errors: FormError[] = [];
    if (typed.senderEmail !== '' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(typed.senderEmail))
      errors.push({ path: 'senderEmail', message: t('settings:documents.email_wrong') });
    if (!isSoundMask(typed.codeMask)) errors.push({ path: 'codeMask', message: t('settings:documents.mask_wrong') });
    if (
      typed.bookingUrl !== '' &&
      (!/^https?:\/\//.test(typed.bookingUrl) ||
        !typed.bookingUrl.includes('{code}') ||
        !URL.canParse(typed.bookingUrl.replace('{code}', 'X')))
    ) {
      errors.push({ path: 'bookingUrl', message: t('settings:documents.url_wrong') });
    }
    const days = typed.reminderDays === '' ? null : parseCount(typed.reminderDays);
    if (days !== null && (!days.ok || days.value < 1 || days.value > MAX_REMINDER_DAYS))
      errors.push({ path: 'reminderDays', message: t('settings:documents.days_wrong') });
    if (errors.length > 0 || (days !== null && !days.ok)) return show(res, typed, errors);
    const settings: DocumentSettings = { ...typed, reminderDays: days === null ? null : days.value };
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

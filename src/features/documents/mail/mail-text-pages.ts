import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { AppError, appError } from '../../../platform/process/errors.ts';
import { fieldSentence } from '../../../platform/http/error-sentence.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { LOCALES, toLocale, type Locale } from '../../../platform/html/i18n.ts';
import { markInvalid, actorOf, LENGTHS, fieldOf, fieldsOf, linesOf, textOf } from '../../../platform/http/request.ts';
import { renderFragment, renderPage } from '../../../platform/html/views.ts';
import { listByName } from '../../catalogue/catalogue-service.ts';
import { fillPlaceholders, isMailEvent, MAIL_EVENTS, type MailEvent } from '../../../core/sale/placeholders.ts';
import { changeMailText, ownMailText, type MailRoom, type MailText } from './mail-service.ts';
import { paragraphsOf } from './mail-paragraph-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PATH = '/admin/mail-texts';
const MAX_SUBJECT = 300;
const MAX_BODY = 20_000;
const MAX_BRANDS = 200;

/** What mails say, per occasion, language and brand, with a preview that follows. */
export function mailTextPages({ database, clock, mails }: Shell & { readonly mails: MailRoom }): Router {
  const router = pageRouter();
  router.use(PATH, requires('mails.change'));

  router.get(PATH, (_req, res) => {
    const { t } = res.locals;
    renderPage(res, 'documents/mail/mail-texts', {
      title: t('documents:texts.title'),
      events: Object.keys(MAIL_EVENTS).map((event) => ({
        href: `${PATH}/${event}`,
        label: t(`documents:event.${event}`),
      })),
    });
  });

  router.get(`${PATH}/:event`, async (req, res) => {
    const { event, locale, brand } = keyOf(req);
    const own = await ownMailText(database, event, locale, brand);
    await show(req, res, own ?? mails.defaultText(event, locale), own !== null);
  });

  router.post(`${PATH}/:event/preview`, (req, res) => {
    renderFragment(res, 'documents/mail/mail-text-preview', {
      preview: previewOf(keyOf(req).event, typedText(req), res),
    });
  });

  router.post(`${PATH}/:event`, save);

  return router;

  async function show(
    req: Request,
    res: Response,
    text: MailText,
    isOwn: boolean,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t } = res.locals;
    const key = keyOf(req);
    const brands = await listByName(database.knex, 'brand', { q: '', archived: false, after: null, limit: MAX_BRANDS });
    const href = (locale: Locale, brand: string): string => `?locale=${locale}&brand=${encodeURIComponent(brand)}`;
    markInvalid(res, errors);
    renderPage(res, 'documents/mail/mail-text', {
      title: t(`documents:event.${key.event}`),
      breadcrumbs: [{ href: PATH, text: t('documents:texts.title') }],
      path: `${PATH}/${key.event}`,
      key,
      isOwn,
      form: formView({ ...text }, errors),
      locales: LOCALES.map((one) => ({
        href: href(one, key.brand),
        label: t(`documents:texts.locale.${one}`),
        current: one === key.locale,
      })),
      brands: [{ id: '', name: t('documents:texts.all_brands') }, ...brands].map(({ id, name }) => ({
        href: href(key.locale, id),
        label: name,
        current: id === key.brand,
      })),
      placeholders: MAIL_EVENTS[key.event].map((name) => ({
        name: `{${name}}`,
        text: t(`documents:placeholder.${name}`),
      })),
      preview: previewOf(key.event, text, res),
    });
  }

  async function save(req: Request, res: Response): Promise<void> {
    const key = keyOf(req);
    const isReset = (req.body as Record<string, unknown>)['do'] === 'reset';
    const typed = typedText(req);
    const { t } = res.locals;
    const errors: FormError[] = [];
    if (!isReset && typed.subject === '') errors.push({ path: 'subject', message: t('common:input.required') });
    if (!isReset && typed.body === '') errors.push({ path: 'body', message: t('common:input.required') });
    if (errors.length > 0) return show(req, res, typed, true, errors);
    try {
      await changeMailText(database, key, isReset ? null : typed, actorOf(res), clock.now());
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'rule_broken') throw error;
      return show(
        req,
        res,
        typed,
        true,
        (error.details.fields ?? []).map((field) => ({ path: field.path, message: fieldSentence(field, t) })),
      );
    }
    addFlash(req, { kind: 'success', text: t(`documents:texts.${isReset ? 'reset_done' : 'saved'}`) });
    res.redirect(303, `${PATH}/${key.event}?locale=${key.locale}&brand=${encodeURIComponent(key.brand)}`);
  }
}

/** The text with an example in every place. */
function previewOf(
  event: MailEvent,
  text: MailText,
  res: Response,
): { subject: string; paragraphs: ReturnType<typeof paragraphsOf> } {
  const values = Object.fromEntries(
    MAIL_EVENTS[event].map((name) => [name, res.locals.t(`documents:example.${name}`)]),
  );
  return {
    subject: fillPlaceholders(text.subject, values),
    paragraphs: paragraphsOf(fillPlaceholders(text.body, values)),
  };
}

function typedText(req: Request): MailText {
  return { subject: fieldOf(req, 'subject', MAX_SUBJECT), body: linesOf(fieldsOf(req)['body'], MAX_BODY) };
}

function keyOf(req: Request): { readonly event: MailEvent; readonly locale: Locale; readonly brand: string } {
  const event = String(req.params['event']);
  if (!isMailEvent(event)) throw appError('not_found');
  const source = (req.method === 'GET' ? req.query : { ...req.query, ...(req.body as object) }) as Record<
    string,
    unknown
  >;
  const brand = textOf(source['brand'], LENGTHS.key);
  return { event, locale: toLocale(source['locale']) ?? 'de', brand };
}

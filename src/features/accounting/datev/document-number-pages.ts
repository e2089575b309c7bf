import type { Response, Router } from 'express';
import { may } from '../../../core/access.ts';
import { MAX_DOCUMENT_FIELD } from '../../../core/books/document-field.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { fieldSentence } from '../../../platform/http/error-sentence.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, cursorOf, fieldOf, idOf, LENGTHS, markInvalid, parameterOf } from '../../../platform/http/request.ts';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { giveDocument, givenDocumentPage, takeDocumentBack } from './document-number-service.ts';
import { DOCUMENT_NUMBERS_PATH, EXPORTS_PATH } from './export-view.ts';

const PAGE = 50;
type Typed = Readonly<Record<'number' | 'document', string>>;

/** Numbers that Belegfeld 1 does not take, and what the bookkeeping wants to stand there for them. */
export function documentNumberPages({ database, clock, namesOfActors }: Shell): Router {
  const router = pageRouter();

  router.get(DOCUMENT_NUMBERS_PATH, requires('books.see'), async (req, res) => {
    await show(res, cursorOf(req), {
      number: parameterOf(req, 'number', LENGTHS.key),
      document: parameterOf(req, 'document', MAX_DOCUMENT_FIELD),
    });
  });

  router.post(DOCUMENT_NUMBERS_PATH, requires('books.change'), async (req, res) => {
    const typed = { number: fieldOf(req, 'number', LENGTHS.key), document: fieldOf(req, 'document') };
    const errors = [...missingIn(typed, res), ...(await give(typed, res))];
    if (errors.length > 0) return show(res, null, typed, errors);
    addFlash(req, { kind: 'success', text: res.locals.t('accounting:documents.given', typed) });
    res.redirect(303, DOCUMENT_NUMBERS_PATH);
  });

  router.post(`${DOCUMENT_NUMBERS_PATH}/:id/removal`, requires('books.change'), async (req, res) => {
    await takeDocumentBack(database, { actor: actorOf(res), moment: clock.moment() }, idOf(req));
    addFlash(req, { kind: 'success', text: res.locals.t('accounting:documents.taken_back') });
    res.redirect(303, DOCUMENT_NUMBERS_PATH);
  });

  return router;

  /** What is wrong with it; nothing: it was given. */
  async function give(typed: Typed, res: Response): Promise<FormError[]> {
    if (missingIn(typed, res).length > 0) return [];
    try {
      await giveDocument(database, { actor: actorOf(res), moment: clock.moment() }, typed);
      return [];
    } catch (error) {
      rethrowUnexpected(error, 'not_found');
      const fields = error.details.fields ?? [];
      return fields.map((field) => ({ path: field.path, message: fieldSentence(field, res.locals.t) }));
    }
  }

  async function show(
    res: Response,
    cursor: string | null,
    typed: Typed,
    errors: readonly FormError[] = [],
  ): Promise<void> {
    const { t, user } = res.locals;
    const { items, nextCursor } = await givenDocumentPage(database.knex, cursor, PAGE);
    const names = await namesOfActors(items.map(({ createdBy }) => createdBy));
    markInvalid(res, errors);
    renderPage(res, 'accounting/datev/document-numbers', {
      title: t('accounting:documents.title'),
      breadcrumbs: [{ href: EXPORTS_PATH, text: t('accounting:exports.title') }],
      form: formView(typed, errors),
      mayChange: may(user, 'books.change'),
      maxNumber: LENGTHS.key,
      maxDocument: MAX_DOCUMENT_FIELD,
      rows: items.map((one) => ({
        ...one,
        entered: one.number,
        by: names.get(one.createdBy) ?? one.createdBy,
        removal: `${DOCUMENT_NUMBERS_PATH}/${one.id}/removal`,
      })),
      first: cursor === null ? null : DOCUMENT_NUMBERS_PATH,
      next: nextCursor === null ? null : `${DOCUMENT_NUMBERS_PATH}?cursor=${nextCursor}`,
    });
  }
}

function missingIn(typed: Typed, res: Response): FormError[] {
  const missing = (['number', 'document'] as const).filter((name) => typed[name] === '');
  return missing.map((path) => ({ path, message: res.locals.t('common:input.required') }));
}

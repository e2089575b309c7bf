import type { Request, Response, Router } from 'express';
import { requires } from '../../../platform/http/permissions.ts';
import { may } from '../../../core/access.ts';
import { CHARTS } from '../../../core/books/chart-of-accounts.ts';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import { errorSentence } from '../../../platform/http/error-sentence.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { actorOf, cursorOf, markInvalid } from '../../../platform/http/request.ts';
import { listEntries } from '../../catalogue/catalogue-service.ts';
import { ACCOUNTING_PATH, urlWith } from '../ledger/ledger-request-form.ts';
import { parseSetup, typedFromSetup, typedSetup, withChart, type TypedSetup } from './setup-form.ts';
import { choicesView, fieldText } from './setup-view.ts';
import { currentSetup, saveSetup, setupHistory, vatWarnings } from '../ledger/setup-service.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const PATH = `${ACCOUNTING_PATH}/accounts`;
const MAX_BRANDS = 500;
const VERSIONS = 25;
/** The chart of accounts and how it is exported; every version that ever held is kept. */
export function setupPages(pages: Shell): Router {
  const { database, clock, namesOfActors } = pages;
  const router = pageRouter();

  router.get(PATH, requires('books.see'), async (req, res) => {
    const current = await currentSetup(database.knex);
    const chart = CHARTS.find((one) => one === req.query['chart']);
    const typed = typedFromSetup(current.setup, current.id);
    // Nobody has saved yet: what is shown is what is proposed to whoever begins now.
    const proposed = chart ?? (current.id === null ? current.setup.chart : undefined);
    await show(res, proposed === undefined ? typed : withChart(typed, proposed), [], proposed !== undefined);
  });

  router.get(`${PATH}/history`, requires('books.see'), showHistory);

  router.post(PATH, requires('books.change'), save);

  return router;

  async function show(
    res: Response,
    typed: TypedSetup,
    errors: readonly FormError[],
    isProposal = false,
  ): Promise<void> {
    const { t } = res.locals;
    const brands = await listEntries(database.knex, 'brand', { after: null, limit: MAX_BRANDS });
    markInvalid(res, errors);
    renderPage(res, 'accounting/setup/accounts', {
      title: t('accounting:setup.title'),
      form: formView(
        { ...typed, ...typed.target },
        errors.map(({ path, message }) => ({
          path,
          message: path === '' ? message : `${fieldText(pages, path, t)}: ${message}`,
        })),
      ),
      typed,
      isProposal,
      mayChange: may(res.locals.user, 'books.change'),
      ...choicesView(pages, typed, t),
      brandOptions: brands.map(({ id, name }) => ({ value: id, label: name })),
    });
  }

  async function showHistory(req: Request, res: Response): Promise<void> {
    const { t } = res.locals;
    const beforeId = cursorOf(req);
    const versions = await setupHistory(database.knex, beforeId, VERSIONS);
    const names = await namesOfActors(versions.map(({ createdBy }) => createdBy));
    renderPage(res, 'accounting/setup/accounts-history', {
      title: t('accounting:setup.history'),
      breadcrumbs: [{ href: PATH, text: t('accounting:setup.title') }],
      versions: versions.map((version) => ({
        ...version,
        by: names.get(version.createdBy) ?? version.createdBy,
        note: version.note ?? '',
        changes: version.changes.map(({ field, before: old, after }) => ({
          field: fieldText(pages, field, t),
          before: old ?? '–',
          after: after ?? '–',
        })),
      })),
      first: beforeId === null ? '' : `${PATH}/history`,
      next: versions.length === VERSIONS ? urlWith(`${PATH}/history`, { cursor: versions.at(-1)?.id ?? null }) : '',
    });
  }

  async function save(req: Request, res: Response): Promise<void> {
    const typed = typedSetup(req.body);
    const { setup, errors } = parseSetup(typed, res.locals.t);
    if (setup === null) return show(res, typed, errors);
    try {
      const saved = await saveSetup(
        database,
        setup,
        typed.version === '' ? null : typed.version,
        typed.note === '' ? null : typed.note,
        actorOf(res),
        clock.now(),
      );
      addFlash(req, { kind: 'success', text: res.locals.t('accounting:setup.saved', { version: saved.id ?? '' }) });
      const warnings = vatWarnings(setup);
      if (warnings.length > 0)
        addFlash(req, {
          kind: 'warning',
          text: res.locals.t('accounting:setup.saved_with_vat', {
            accounts: warnings.map(({ account }) => account).join(', '),
          }),
        });
      res.redirect(303, PATH);
    } catch (error) {
      rethrowUnexpected(error);
      await show(res, typed, [{ path: '', message: errorSentence(error.code, res.locals.t) }]);
    }
  }
}

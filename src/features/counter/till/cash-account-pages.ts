import type { Request, Response, Router } from 'express';
import { may } from '../../../core/access.ts';
import { addFlash } from '../../../platform/html/flash.ts';
import { formView, type FormError } from '../../../platform/html/form-view.ts';
import { renderPage } from '../../../platform/html/views.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, fieldsOf, markInvalid, textOf } from '../../../platform/http/request.ts';
import { AppError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { compareCash, takeOverCash } from './cash-account-service.ts';
import { COUNTER_PATH } from './counter-form.ts';

const PATH = `${COUNTER_PATH}/account`;
const MAX_REASON = 500;

/** Drawers and account side by side, and the step that takes over what lay in a drawer before the books followed it. */
export function cashAccountPages({ database, clock }: Shell): Router {
  const router = pageRouter();

  router.get(PATH, requires('shifts.see'), async (_req, res) => {
    await show(res, {}, []);
  });

  router.post(PATH, requires('books.change'), async (req, res) => {
    const sent = fieldsOf(req);
    const typed = {
      currency: textOf(sent['currency']),
      expected: textOf(sent['expected']),
      reason: textOf(sent['reason'], MAX_REASON),
    };
    if (typed.reason === '')
      return show(res, typed, [{ path: 'reason', message: res.locals.t('counter:error.reason') }]);
    await takeOver(req, res, typed);
    res.redirect(303, PATH);
  });

  return router;

  async function takeOver(
    req: Request,
    res: Response,
    { currency, expected, reason }: { currency: string; expected: string; reason: string },
  ): Promise<void> {
    const { t } = res.locals;
    try {
      const author = { actor: actorOf(res), moment: clock.moment() };
      const opening = await takeOverCash(database, author, { currency, expected: Number(expected), reason });
      addFlash(req, { kind: 'success', text: t('counter:done.taken_over', { number: opening.documentNumber }) });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
      addFlash(req, { kind: 'danger', text: t('counter:error.account_moved') });
    }
  }

  async function show(
    res: Response,
    typed: Readonly<Record<string, string>>,
    errors: readonly FormError[],
  ): Promise<void> {
    const { t, user } = res.locals;
    markInvalid(res, errors);
    const rows = await compareCash(database.knex);
    renderPage(res, 'counter/account', {
      title: t('counter:account.title'),
      breadcrumbs: [{ href: `${COUNTER_PATH}/shifts`, text: t('counter:shifts.title') }],
      form: formView({ reason: '', ...typed }, errors),
      action: PATH,
      rows,
      open: may(user, 'books.change') ? rows.filter(({ difference }) => difference !== 0) : [],
    });
  }
}

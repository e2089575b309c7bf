import type { Router } from 'express';
import { addFlash } from '../../../platform/html/flash.ts';
import { refusalSentence } from '../../../platform/http/error-sentence.ts';
import { pageRouter } from '../../../platform/http/page-router.ts';
import { requires } from '../../../platform/http/permissions.ts';
import { actorOf, fieldOf, idOf } from '../../../platform/http/request.ts';
import { rethrowUnexpected } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { setOffCredit } from './partner-credit-service.ts';
import { LINES_PATH, urlOf } from './partner-settlement-view.ts';

/** A credit of a partner pays an invoice of theirs instead of being paid back. */
export function partnerCreditPages({ database, clock }: Shell): Router {
  const router = pageRouter();

  router.post(`${LINES_PATH}/credits/:id`, requires('settlements.change'), async (req, res) => {
    const { t } = res.locals;
    const author = { actor: actorOf(res), moment: clock.moment() };
    try {
      const { number } = await setOffCredit(database, author, idOf(req), fieldOf(req, 'invoiceNumber').toUpperCase());
      addFlash(req, { kind: 'success', text: t('partner_settlements:credits.done', { number }) });
    } catch (error) {
      rethrowUnexpected(error, 'not_found');
      const text = error.code === 'conflict' ? t('partner_settlements:credits.overtaken') : refusalSentence(error, t);
      addFlash(req, { kind: 'danger', text });
    }
    res.redirect(303, urlOf(LINES_PATH, { partner: fieldOf(req, 'partner') }));
  });

  return router;
}

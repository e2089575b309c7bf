import type { Request, Response } from 'express';
import express, { type Router } from 'express';
import { requires } from '../../platform/http/permissions.ts';
import { AppError } from '../../platform/process/errors.ts';
import { errorSentence, fieldSentence } from '../../platform/http/error-sentence.ts';
import { addFlash } from '../../platform/html/flash.ts';
import { listPath } from './catalogue-request-form.ts';
import { actorOf, textOf } from '../../platform/http/request.ts';
import { moveRegion, shiftRegion } from './region-tree-service.ts';
import type { Shell } from '../../platform/process/feature.ts';

/** Moving a region in the tree: by its buttons, or dropped on another one. */
export function regionPages({ database, clock }: Shell): Router {
  const router = express.Router();

  router.post(`${listPath('region')}/entries/:id/place`, requires('catalogue.change'), place);

  return router;

  async function place(req: Request, res: Response): Promise<void> {
    const id = String(req.params['id']);
    const body = req.body as Record<string, unknown>;
    const shift = textOf(body['shift']);
    let open: string | null = textOf(body['into']) || null;
    try {
      if (shift === 'in' || shift === 'out') open = await shiftRegion(database, id, shift, actorOf(res), clock.now());
      else await moveRegion(database, id, open, actorOf(res), clock.now());
      addFlash(req, { kind: 'success', text: res.locals.t('catalogue:done.moved') });
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'not_found') throw error;
      const [field] = error.details.fields ?? [];
      const text = field === undefined ? errorSentence(error.code, res.locals.t) : fieldSentence(field, res.locals.t);
      addFlash(req, { kind: 'danger', text });
      open = null;
    }
    res.redirect(303, open === null ? listPath('region') : `${listPath('region')}?open=${encodeURIComponent(open)}`);
  }
}

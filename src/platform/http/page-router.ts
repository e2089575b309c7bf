import express, { type Router } from 'express';
import { isId } from '../data/id.ts';

/**
 * A router for pages. What stands at the place of `:id` is a number, so that no word of another address (`/orders/new`)
 * is ever read as one, whichever of the two routers is asked first.
 */
export function pageRouter(): Router {
  const router = express.Router();
  router.param('id', (_req, _res, next, id: string) => {
    if (isId(id)) next();
    else next('route');
  });
  return router;
}

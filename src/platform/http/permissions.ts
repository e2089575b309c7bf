import type { RequestHandler } from 'express';
import { may, type Permission } from '../../core/access.ts';
import { appError } from '../process/errors.ts';
import { LOGIN_PATH } from './auth.ts';

/** What a page asks of whoever opens it; `permission` is there for the list of all pages. */
export interface PermissionGuard extends RequestHandler {
  readonly permission: Permission;
}

/** Lets people pass who may do it. Whoever is not signed in goes to the login, and comes back from there. */
export function requires(permission: Permission): PermissionGuard {
  const guard: RequestHandler = (req, res, next) => {
    if (res.locals.user === null) toLogin(req, res, next);
    else next(may(res.locals.user, permission) ? undefined : appError('forbidden'));
  };
  return Object.assign(guard, { permission });
}

const toLogin: RequestHandler = (req, res) => {
  const target = req.method === 'GET' ? `${LOGIN_PATH}?next=${encodeURIComponent(req.originalUrl)}` : LOGIN_PATH;
  // A fragment request would put the login page into the middle of the page it came from.
  if (req.get('hx-request') === 'true') res.set('HX-Redirect', target).status(204).end();
  else res.redirect(303, target);
};

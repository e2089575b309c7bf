import type { RequestHandler } from 'express';
import { appError } from '../process/errors.ts';
import type { Locale } from '../html/i18n.ts';

export const ROLES = ['admin', 'agent', 'accountant', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

export interface SignedInUser {
  readonly id: number;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly locale: Locale | null;
  readonly canSeeCodes: boolean;
  readonly canRefund: boolean;
  readonly canChangeSettings: boolean;
  readonly hasSecondFactor: boolean;
  /** How often all of this person's sessions were ended. */
  readonly sessionEpoch: number;
}

export const RIGHTS = ['codes', 'refund', 'settings'] as const;
export type Right = (typeof RIGHTS)[number];

export const LOGIN_PATH = '/login';

/** Lets signed-in people pass; others go to the login and come back to where they were going. */
export const requireUser: RequestHandler = (req, res, next) => {
  if (res.locals.user) {
    next();
    return;
  }
  const target = req.method === 'GET' ? `${LOGIN_PATH}?next=${encodeURIComponent(req.originalUrl)}` : LOGIN_PATH;
  // A fragment request would put the login page into the middle of the page it came from.
  if (req.get('hx-request') === 'true') res.set('HX-Redirect', target).status(204).end();
  else res.redirect(303, target);
};

/** Lets people of these roles pass. Auditors read only: name them on pages that change nothing. */
export function requireRole(...roles: readonly Role[]): RequestHandler {
  return (req, res, next) => {
    const { user } = res.locals;
    if (!user) void requireUser(req, res, next);
    else if (roles.includes(user.role)) next();
    else next(appError('forbidden'));
  };
}

/** Lets people pass who have the right. */
export function requireRight(right: Right): RequestHandler {
  return requireRoleOrRight([], right);
}

/** For pages some roles may read and others only with a right. */
export function requireRoleOrRight(roles: readonly Role[], right: Right): RequestHandler {
  return (req, res, next) => {
    const { user } = res.locals;
    if (!user) void requireUser(req, res, next);
    else if (roles.includes(user.role) || hasRight(user, right)) next();
    else next(appError('forbidden'));
  };
}

export type RightHolder = Pick<SignedInUser, 'role' | 'canSeeCodes' | 'canRefund' | 'canChangeSettings'>;

/** Administrators have every right; auditors change nothing, whatever was granted. */
export function hasRight(user: RightHolder, right: Right): boolean {
  if (user.role === 'admin') return true;
  if (user.role === 'auditor' && right !== 'codes') return false;
  return { codes: user.canSeeCodes, refund: user.canRefund, settings: user.canChangeSettings }[right];
}

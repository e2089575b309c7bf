import { csrfSync } from 'csrf-sync';
import type { Request, RequestHandler } from 'express';
import { appError } from '../process/errors.ts';

/** The hidden field of every form that changes something. */
export const CSRF_FIELD = '_csrf';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

const { csrfSynchronisedProtection, generateToken, invalidCsrfTokenError } = csrfSync({
  size: 32,
  getTokenFromRequest: (req) => {
    const body: unknown = req.body;
    const token = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[CSRF_FIELD] : undefined;
    return typeof token === 'string' ? token : undefined;
  },
});

/** Refuses unsafe requests whose form was not ours. Comes after the session and the body parser. */
export const requireCsrfToken: RequestHandler = csrfSynchronisedProtection;

export function isCsrfError(error: unknown): boolean {
  return error === invalidCsrfTokenError;
}

/** Starts a session when there is none: call it only where a form is printed. */
export function csrfToken(req: Request): string {
  return generateToken(req);
}

/** Refuses unsafe requests that another site's page sent, by what the browser says about their origin. */
export function requireSameOrigin(publicUrl: string | null): RequestHandler {
  const publicOrigin = publicUrl === null ? null : new URL(publicUrl).origin;
  return (req, _res, next) => {
    if (SAFE_METHODS.has(req.method) || isSameOrigin(req, publicOrigin)) next();
    else next(appError('forbidden'));
  };
}

function isSameOrigin(req: Request, publicOrigin: string | null): boolean {
  const site = req.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = req.get('origin');
  return origin === undefined || origin === publicOrigin || origin === `${req.protocol}://${req.get('host') ?? ''}`;
}

import type { Request, RequestHandler } from 'express';
import { appError } from '../../process/errors.ts';

const METHODS = 'GET, PUT';
const HEADERS = 'Authorization, Content-Type, Accept-Language';
const EXPOSED = 'Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset';
const PREFLIGHT_SECONDS = '600';

/**
 * Lets pages of known origins call these paths, and those alone, with an Authorization header and no cookie. A preflight
 * tells nothing of the token, so it is enough that some key names the origin; the call itself is held against its own.
 */
export function browserAccess(
  paths: readonly string[],
  isKnownOrigin: (origin: string) => Promise<boolean>,
): RequestHandler {
  return async (req, res, next) => {
    if (!paths.includes(req.path)) {
      next();
      return;
    }
    res.vary('Origin');
    const origin = req.get('origin');
    const isKnown = origin !== undefined && (await isKnownOrigin(origin));
    if (isKnown) res.set({ 'Access-Control-Allow-Origin': origin, 'Access-Control-Expose-Headers': EXPOSED });
    if (req.method !== 'OPTIONS') {
      next();
      return;
    }
    if (!isKnown) throw appError('origin_not_allowed');
    res.set({
      'Access-Control-Allow-Methods': METHODS,
      'Access-Control-Allow-Headers': HEADERS,
      'Access-Control-Max-Age': PREFLIGHT_SECONDS,
    });
    res.status(204).end();
  };
}

/** A browser names its own page's origin on a PUT to the same server too. */
export function isSameServer(req: Request, origin: string): boolean {
  return origin === `${req.protocol}://${req.get('host') ?? ''}`;
}

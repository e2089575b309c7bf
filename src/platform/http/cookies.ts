import { parse } from 'cookie';
import type { Request } from 'express';

/** One cookie of the request; null when it is absent. */
export function readCookie(req: Request, name: string): string | null {
  return parse(req.get('cookie') ?? '')[name] ?? null;
}

import type { ErrorRequestHandler, Request, RequestHandler } from 'express';
import { isCsrfError } from '../http/csrf.ts';
import { fieldSentence } from '../http/error-sentence.ts';
import { AppError, appError } from '../process/errors.ts';
import { logFailure } from '../process/failure-log.ts';
import { renderPage } from './views.ts';

/** The pages that have words of their own; other statuses show those of the nearest one. */
type ErrorPage = '403' | '404' | '422' | '429' | '500' | '503' | 'expired_form';

export const notFoundPage: RequestHandler = () => {
  throw appError('not_found');
};

/** The last word on every HTML request. What is not an AppError is our fault: the reader gets the request id, the log the rest. */
export const errorPages: ErrorRequestHandler = (error: unknown, req, res, next) => {
  const status = statusOf(error);
  if (status >= 500) logFailure(req, error);
  if (res.headersSent) {
    next(error);
    return;
  }
  const kind: ErrorPage = isCsrfError(error) ? 'expired_form' : pageFor(status);
  const { t, user } = res.locals;
  const { retryAfterSeconds, fields = [] } = error instanceof AppError ? error.details : {};
  if (retryAfterSeconds !== undefined) res.set('Retry-After', String(retryAfterSeconds));
  res.status(status).set('Cache-Control', 'no-store');
  renderPage(
    res,
    'errors/error',
    {
      title: t(`errors:${kind}.title`),
      text: t(`errors:${kind}.text`),
      problems: fields.map((field) => fieldSentence(field, t)),
      status,
      requestId: status >= 500 ? requestId(req) : null,
      home: user ? '/admin' : '/',
    },
    user ? 'admin' : 'plain',
  );
};

function statusOf(error: unknown): number {
  if (error instanceof AppError) return error.status;
  // Errors of express and its parsers carry a status; anything else of theirs is no news for the reader.
  const status: unknown = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : 500;
}

function pageFor(status: number): ErrorPage {
  if (status === 401 || status === 403) return '403';
  if (status === 404 || status === 405 || status === 410) return '404';
  if (status === 429 || status === 503) return `${status}`;
  return status >= 500 ? '500' : '422';
}

function requestId(req: Request): string | null {
  const { id } = req as Request & { id?: unknown };
  return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}

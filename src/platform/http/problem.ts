import type { ErrorRequestHandler, Response } from 'express';
import type { Translate } from '../html/i18n.ts';
import { AppError, appError } from '../process/errors.ts';
import { logFailure } from '../process/failure-log.ts';
import { errorSentence, fieldSentence } from './error-sentence.ts';

/** RFC 9457: every "no" of the API looks like this. */
export function sendProblem(response: Response, error: AppError, t: Translate): void {
  const sentence = errorSentence(error.code, t);
  if (error.details.retryAfterSeconds !== undefined)
    response.setHeader('Retry-After', String(error.details.retryAfterSeconds));
  for (const [name, value] of Object.entries(error.details.headers ?? {})) response.setHeader(name, value);
  if (error.code === 'unauthenticated') response.setHeader('WWW-Authenticate', 'Bearer');
  response
    .status(error.status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: `urn:reisebon:problem:${error.code}`,
        title: sentence,
        status: error.status,
        code: error.code,
        detail: detailOf(error, t, sentence),
        ...(error.details.fields === undefined
          ? {}
          : {
              errors: error.details.fields.map((field) => ({
                path: field.path,
                code: field.code,
                message: fieldSentence(field, t),
              })),
            }),
        ...error.details.extra,
      }),
    );
}

export const apiErrorHandler: ErrorRequestHandler = (error: unknown, request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const known = asAppError(error);
  if (known === null) logFailure(request, error);
  sendProblem(
    response,
    known ?? appError('internal', { extra: { requestId: requestIdOf(request) } }),
    response.locals.t,
  );
};

function detailOf(error: AppError, t: Translate, sentence: string): string {
  const fields = error.details.fields ?? [];
  if (fields.length === 0) return sentence;
  return fields.map((field) => `${field.path === '' ? '' : `${field.path}: `}${fieldSentence(field, t)}`).join(' ');
}

/** What body-parser and the router say about a request that never reached a handler. */
function asAppError(error: unknown): AppError | null {
  if (error instanceof AppError) return error;
  if (typeof error !== 'object' || error === null || !('status' in error)) return null;
  switch (error.status) {
    case 400:
      return appError('malformed_json');
    case 413:
      return appError('too_large');
    case 415:
      return appError('unsupported_media_type');
    default:
      return null;
  }
}

function requestIdOf(request: object): string {
  return 'id' in request ? String(request.id) : '';
}

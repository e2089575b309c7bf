import type { ApiRequest, ApiResponse } from './api-route.ts';
import type { Clock } from '../../process/clock.ts';
import { inTransaction, type Database, type Transaction } from '../../data/db.ts';
import { AppError, appError, type AppErrorDetails, type ErrorCode } from '../../process/errors.ts';
import { fingerprintOf, idempotently, Refused, type IdempotentRequest } from '../../data/idempotency.ts';

/** Whose key it is and what the request says: the same body under another operation is another request. */
export function idempotentRequestOf(request: ApiRequest, operation: string): IdempotentRequest {
  const { params, body, ifMatch } = request;
  return {
    scope: `client:${request.caller.owner.clientId}`,
    key: request.idempotencyKey,
    fingerprint: fingerprintOf({ operation, params, body, ...(ifMatch === null ? {} : { ifMatch }) }),
  };
}

export function replayHeader(isReplay: boolean): Readonly<Record<string, string>> {
  return isReplay ? { 'Idempotency-Replayed': 'true' } : {};
}

/** Whether a repeated request hears this error again. What is missing or not allowed now may be there in a moment. */
export function isLastingError({ status }: AppError): boolean {
  return status === 409 || status === 422;
}

type Answer = Pick<ApiResponse, 'status' | 'body' | 'headers'>;
type Outcome = Answer | { readonly refused: ErrorCode; readonly details: AppErrorDetails };

/**
 * An operation whose answer is kept for its key, together with its headers. Where it needs none and the caller sends none
 * (see the route's effect) it just runs. Work that throws a refusal has done nothing; the refusal is kept all the same, so
 * that a repeated request hears the same.
 */
export async function answerOnce(
  parts: { readonly database: Database; readonly clock: Clock },
  request: ApiRequest,
  operation: string,
  work: (trx: Transaction) => Promise<Answer>,
): Promise<ApiResponse> {
  if (request.idempotencyKey === '') return inTransaction(parts.database, work);
  const { outcome, isReplay } = await idempotently<Outcome>(
    parts.database,
    idempotentRequestOf(request, operation),
    parts.clock.now(),
    (trx) => work(trx).catch(refusing),
  );
  const headers = replayHeader(isReplay);
  if ('refused' in outcome)
    throw appError(outcome.refused, { ...outcome.details, headers: { ...outcome.details.headers, ...headers } });
  return { ...outcome, headers: { ...outcome.headers, ...headers } };
}

function refusing(error: unknown): never {
  if (!(error instanceof AppError)) throw error;
  throw new Refused<Outcome>({ refused: error.code, details: error.details }, isLastingError(error));
}

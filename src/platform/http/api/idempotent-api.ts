import type { ApiRequest, ApiResponse } from './api-route.ts';
import type { Clock } from '../../process/clock.ts';
import type { Database, Transaction } from '../../data/db.ts';
import { AppError, appError, type AppErrorDetails, type ErrorCode } from '../../process/errors.ts';
import { fingerprintOf, idempotently, type IdempotentRequest } from '../../data/idempotency.ts';

/** Whose key it is and what the request says: the same body under another operation is another request. */
export function idempotentRequestOf(request: ApiRequest, operation: string): IdempotentRequest {
  return {
    scope: request.caller.actor,
    key: request.idempotencyKey,
    fingerprint: fingerprintOf({ operation, params: request.params, body: request.body }),
  };
}

export function replayHeader(isReplay: boolean): Readonly<Record<string, string>> {
  return isReplay ? { 'Idempotency-Replayed': 'true' } : {};
}

type Outcome =
  | { readonly status: number; readonly body: unknown }
  | { readonly refused: ErrorCode; readonly details: AppErrorDetails };

/**
 * An operation whose answer is kept for its key. Work that throws a refusal must not have written anything by then: the
 * refusal is committed under the key, so that a repeated request hears the same.
 */
export async function answerOnce(
  parts: { readonly database: Database; readonly clock: Clock },
  request: ApiRequest,
  operation: string,
  work: (trx: Transaction) => Promise<{ readonly status: number; readonly body: unknown }>,
): Promise<ApiResponse> {
  const { outcome, isReplay } = await idempotently<Outcome>(
    parts.database,
    idempotentRequestOf(request, operation),
    parts.clock.now(),
    async (trx) => {
      try {
        return await work(trx);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return { refused: error.code, details: error.details };
      }
    },
  );
  const headers = replayHeader(isReplay);
  if ('refused' in outcome) throw appError(outcome.refused, { ...outcome.details, headers });
  return { ...outcome, headers };
}

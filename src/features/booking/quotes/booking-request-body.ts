import type { Evaluation } from '../../../core/engine/voucher.ts';
import type { ApiRequest } from '../../../platform/http/api/api-route.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import type { RejectionSentence } from './booking-json-body.ts';
import { rejectionSentence, wrongCodesOf } from './rejection-service.ts';

export function momentOf(api: Shell): Moment {
  return api.clock.moment();
}

export function sentencesFor({ locale, t }: ApiRequest, currency: string): RejectionSentence {
  return (rejected) => rejectionSentence(rejected, currency, locale, t);
}

/** Runs a look at codes for a caller who may be guessing: refused while blocked, and wrong codes are counted. */
export async function countingWrongCodes<T extends { readonly evaluation: Evaluation }>(
  api: Shell,
  request: ApiRequest,
  look: () => Promise<T>,
): Promise<T> {
  const who = { caller: request.caller, client: request.client, address: request.clientAddress };
  api.wrongCodes.assertNotBlocked(who);
  const seen = await look();
  const wrong = wrongCodesOf(seen.evaluation.rejected);
  if (wrong > 0) await api.wrongCodes.countWrongCodes(who, wrong);
  return seen;
}

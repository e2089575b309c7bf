import { mayKey } from '../../../core/access.ts';
import Joi from 'joi';
import type { Evaluation } from '../../../core/engine/voucher.ts';
import type { ApiCaller, ApiRequest } from '../../../platform/http/api/api-route.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import type { ChangePlace } from '../redemptions/redemption-list-service.ts';
import type { RejectionSentence } from './booking-json-body.ts';
import { rejectionSentence, wrongCodesOf } from './rejection-service.ts';

export function momentOf(api: Shell): Moment {
  return api.clock.moment();
}

export function sentencesFor({ locale, t }: ApiRequest, currency: string): RejectionSentence {
  return (rejected) => rejectionSentence(rejected, currency, locale, t);
}

/** Whose holds and redemptions the caller may look at; null: everybody's. */
export function visibleClient({ owner, rights }: ApiCaller): string | null {
  return mayKey(rights, 'redemptions.see_all') ? null : owner.clientId;
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

/** Where a list in the order of changes goes on: the instant and the id of the last row. */
export const CHANGE_CURSOR = Joi.string().pattern(/^\d{1,15}_\d{1,19}$/);

export function changePlaceOf({ query }: Pick<ApiRequest, 'query'>): ChangePlace | null {
  if (typeof query.cursor !== 'string') return null;
  const [updatedAt = '', id = ''] = query.cursor.split('_');
  return { updatedAt: Number(updatedAt), id };
}

/** From this instant on, in milliseconds; null: from the beginning. */
export function sinceOf({ query }: Pick<ApiRequest, 'query'>): number | null {
  return typeof query.updatedSince === 'string' ? Date.parse(query.updatedSince) : null;
}

import { AS_TYPED } from '../../../platform/http/incoming-text.ts';
import Joi from 'joi';
import {
  LIST_QUERY,
  pathId,
  type ApiRequest,
  type ApiResponse,
  type ApiRoute,
} from '../../../platform/http/api/api-route.ts';
import { idempotentRequestOf, replayHeader } from '../../../platform/http/api/idempotent-api.ts';
import { instantField, positiveCentsField } from '../../../platform/http/fields.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { reversalAnswer, reversalJson } from '../redemptions/redemption-json-body.ts';
import { CHANGE_CURSOR, changePlaceOf, momentOf, sinceOf, visibleClient } from '../quotes/booking-request-body.ts';
import { reversalPage, reverse, type Reversal, type ReversalInput, type ReversalOutcome } from './reversal-service.ts';

interface ReversalBody {
  readonly lines?: readonly { readonly code: string; readonly amount: number }[];
  readonly amount?: number;
  readonly reason: string;
}

const TAG = 'Booking flow';
const reversalBody = Joi.object({
  lines: Joi.array()
    .items(Joi.object({ code: Joi.string().max(200).required().meta(AS_TYPED), amount: positiveCentsField.required() }))
    .min(1)
    .max(10),
  amount: positiveCentsField,
  reason: Joi.string().trim().min(1).max(500).required(),
})
  .oxor('lines', 'amount')
  .required();

export function reversalRoutes(api: Shell): ApiRoute[] {
  return [
    {
      method: 'post',
      path: '/redemptions/{id}/reversals',
      operationId: 'createReversal',
      summary: 'Gives value back: all of it, an amount, or amounts by code.',
      tag: TAG,
      access: 'redemptions.reverse',
      effect: 'moves_value',
      params: Joi.object({ id: Joi.string().max(64).required() }),
      body: reversalBody,
      responses: { 201: { description: 'Given back', schema: reversalAnswer } },
      async handle(request) {
        const input = inputOf(request);
        const idempotent = idempotentRequestOf(request, 'createReversal');
        const { actor } = request.caller;
        const { outcome, isReplay } = await reverse(api.database, input, idempotent, actor, momentOf(api));
        return reversalResponse(outcome, isReplay);
      },
    },
    {
      method: 'get',
      effect: 'reads',
      path: '/reversals',
      operationId: 'listReversals',
      summary: 'What was given back, by whomever, in the order in which it was: all, or since an instant.',
      tag: TAG,
      access: 'redemptions.see',
      query: Joi.object({ ...LIST_QUERY, cursor: CHANGE_CURSOR, updatedSince: instantField }),
      responses: {
        200: {
          description: 'A page of reversals',
          schema: Joi.object({
            items: Joi.array().items(reversalAnswer).required(),
            nextCursor: Joi.string().required().allow(null),
          }),
        },
      },
      async handle(request) {
        const { items, nextCursor } = await reversalPage(api.database, {
          clientId: visibleClient(request.caller),
          since: sinceOf(request),
          after: changePlaceOf(request),
          limit: Number(request.query.limit),
        });
        return { status: 200, body: { items: items.map(reversalJson), nextCursor } };
      },
    },
  ];
}

function inputOf(request: ApiRequest): ReversalInput {
  const body = request.body as ReversalBody;
  return {
    redemptionId: pathId(request),
    clientId: request.caller.owner.clientId,
    wish: wishOf(body),
    expectedAmount: null,
    reason: body.reason,
  };
}

function wishOf({ lines, amount }: ReversalBody): ReversalInput['wish'] {
  if (lines !== undefined) return { kind: 'codes', lines };
  return amount === undefined ? { kind: 'whole' } : { kind: 'amount', amount };
}

/** Of answers that were kept before a reversal's lines had their codes, the codes stand beside. */
function withCodes({ reversal, codes }: Extract<ReversalOutcome, { kind: 'reversed' }>): Reversal {
  const lines = reversal.lines.map((line) => ({ ...line, code: codes[line.voucherId] ?? '' }));
  return { ...reversal, lines };
}

function reversalResponse(outcome: ReversalOutcome, isReplay: boolean): ApiResponse {
  if (outcome.kind === 'reversed')
    return { status: 201, headers: replayHeader(isReplay), body: reversalJson(withCodes(outcome)) };
  if (outcome.kind === 'changed') throw new Error('a reversal without an expected sum cannot differ from it');
  const fields = outcome.paths.map((path) => ({
    path,
    code: 'exceeds_redeemed',
    text: 'booking:refusal.exceeds_redeemed',
  }));
  throw appError(outcome.code, { headers: replayHeader(isReplay), ...(fields.length === 0 ? {} : { fields }) });
}

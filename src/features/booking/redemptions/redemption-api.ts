import Joi from 'joi';
import {
  numericId,
  type ApiRequest,
  type ApiResponse,
  type ApiRoute,
  pathId,
} from '../../../platform/http/api/api-route.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { centsField, positiveCentsField } from '../../../platform/http/fields.ts';
import { idempotentRequestOf, replayHeader } from '../../../platform/http/api/idempotent-api.ts';
import {
  bookingBody,
  bookingNumberField,
  codesBody,
  toBooking,
  toCodeEntries,
  type BookingBody,
  type CodesBody,
} from '../quotes/booking-body.ts';
import {
  evaluationJson,
  redemptionAnswer,
  redemptionJson,
  reversalAnswer,
  reversalJson,
} from '../quotes/booking-json-body.ts';
import { momentOf, sentencesFor } from '../quotes/booking-request-body.ts';
import {
  readRedemption,
  readRedemptionsOfBooking,
  redeem,
  type RedemptionOutcome,
  type RedemptionSource,
} from './redemption-service.ts';
import { reverse, type ReversalInput, type ReversalOutcome } from '../reversals/reversal-service.ts';

interface RedemptionBody {
  readonly holdId?: string;
  readonly booking?: BookingBody;
  readonly codes?: CodesBody;
  readonly bookingNumber: string;
  readonly expectedPayable?: number | null;
}
interface ReversalBody {
  readonly lines?: readonly { readonly code: string; readonly amount: number }[];
  readonly amount?: number;
  readonly reason: string;
}

const TAG = 'Booking flow';
const idParams = Joi.object({ id: Joi.string().max(64).required() });

export function redemptionRoutes(api: Shell): ApiRoute[] {
  return [
    {
      method: 'post',
      path: '/redemptions',
      operationId: 'createRedemption',
      summary: 'Redeems all accepted codes of a hold, or of a booking, in one transaction.',
      tag: TAG,
      access: 'redemptions.make',
      movesValue: true,
      body: Joi.object({
        holdId: Joi.string().max(64),
        booking: bookingBody.optional(),
        codes: codesBody.min(1),
        bookingNumber: bookingNumberField.required(),
        expectedPayable: centsField.allow(null),
      })
        .xor('holdId', 'booking')
        .and('booking', 'codes')
        .required(),
      responses: { 201: { description: 'Redeemed', schema: redemptionAnswer } },
      async handle(request) {
        const body = request.body as RedemptionBody;
        const input = {
          source: sourceOf(body, request),
          bookingNumber: body.bookingNumber,
          expectedPayable: body.expectedPayable ?? null,
        };
        const idempotent = idempotentRequestOf(request, 'createRedemption');
        const { outcome, isReplay } = await redeem(
          api.database,
          input,
          idempotent,
          request.caller.actor,
          momentOf(api),
        );
        return redemptionResponse(request, outcome, isReplay);
      },
    },
    {
      method: 'get',
      path: '/redemptions',
      operationId: 'findRedemptions',
      summary: 'The redemptions of a booking number.',
      tag: TAG,
      access: 'redemptions.see',
      query: Joi.object({ bookingNumber: bookingNumberField.required() }),
      responses: {
        200: {
          description: 'The redemptions, oldest first',
          schema: Joi.object({
            items: Joi.array().items(redemptionAnswer).required(),
            nextCursor: Joi.valid(null).required(),
          }),
        },
      },
      async handle(request) {
        const redemptions = await readRedemptionsOfBooking(api.database, String(request.query.bookingNumber));
        const items = redemptions.map((one) => redemptionJson(one, sentencesFor(request, one.booking.currency)));
        return { status: 200, body: { items, nextCursor: null } };
      },
    },
    {
      method: 'get',
      path: '/redemptions/{id}',
      operationId: 'readRedemption',
      summary: 'One redemption, as it was evaluated then.',
      tag: TAG,
      access: 'redemptions.see',
      params: idParams,
      responses: { 200: { description: 'The redemption', schema: redemptionAnswer } },
      async handle(request) {
        const redemption = await readRedemption(api.database, redemptionIdOf(request));
        return {
          status: 200,
          body: redemptionJson(redemption, sentencesFor(request, redemption.booking.currency)),
        };
      },
    },
    {
      method: 'post',
      path: '/redemptions/{id}/reversals',
      operationId: 'createReversal',
      summary: 'Gives value back: all of it, an amount, or amounts by code.',
      tag: TAG,
      access: 'redemptions.reverse',
      movesValue: true,
      params: idParams,
      body: Joi.object({
        lines: Joi.array()
          .items(Joi.object({ code: Joi.string().max(200).required(), amount: positiveCentsField.required() }))
          .min(1)
          .max(10),
        amount: positiveCentsField,
        reason: Joi.string().trim().min(1).max(500).required(),
      })
        .oxor('lines', 'amount')
        .required(),
      responses: { 201: { description: 'Given back', schema: reversalAnswer } },
      async handle(request) {
        const body = request.body as ReversalBody;
        const input = {
          redemptionId: redemptionIdOf(request),
          wish: wishOf(body),
          expectedAmount: null,
          reason: body.reason,
        };
        const idempotent = idempotentRequestOf(request, 'createReversal');
        const { outcome, isReplay } = await reverse(
          api.database,
          input,
          idempotent,
          request.caller.actor,
          momentOf(api),
        );
        return reversalResponse(outcome, isReplay);
      },
    },
  ];
}

function sourceOf(body: RedemptionBody, request: ApiRequest): RedemptionSource {
  if (body.booking === undefined) return { holdId: numericId(body.holdId ?? '') };
  return { booking: toBooking(body.booking, request.caller.channel), codes: toCodeEntries(body.codes ?? []) };
}

function redemptionResponse(request: ApiRequest, outcome: RedemptionOutcome, isReplay: boolean): ApiResponse {
  if (outcome.kind === 'redeemed') {
    const { redemption } = outcome;
    const body = redemptionJson(redemption, sentencesFor(request, redemption.booking.currency));
    return { status: 201, headers: replayHeader(isReplay), body };
  }
  const { evaluation } = outcome;
  if (evaluation === null) throw appError(outcome.code, { headers: replayHeader(isReplay) });
  const shown = evaluationJson(evaluation, sentencesFor(request, evaluation.currency));
  throw appError(outcome.code, { headers: replayHeader(isReplay), extra: { evaluation: shown } });
}

function reversalResponse(outcome: ReversalOutcome, isReplay: boolean): ApiResponse {
  if (outcome.kind === 'reversed') {
    const body = reversalJson(outcome.reversal, (voucherId) => outcome.codes[voucherId] ?? '');
    return { status: 201, headers: replayHeader(isReplay), body };
  }
  if (outcome.kind === 'changed') throw new Error('a reversal without an expected sum cannot differ from it');
  const fields = outcome.paths.map((path) => ({
    path,
    code: 'exceeds_redeemed',
    text: 'booking:refusal.exceeds_redeemed',
  }));
  throw appError(outcome.code, { headers: replayHeader(isReplay), ...(fields.length === 0 ? {} : { fields }) });
}

function wishOf({ lines, amount }: ReversalBody): ReversalInput['wish'] {
  if (lines !== undefined) return { kind: 'codes', lines };
  return amount === undefined ? { kind: 'whole' } : { kind: 'amount', amount };
}

function redemptionIdOf(request: ApiRequest): string {
  return pathId(request);
}

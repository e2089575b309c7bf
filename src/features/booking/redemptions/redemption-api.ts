import Joi from 'joi';
import {
  numericId,
  LIST_QUERY,
  type ApiRequest,
  type ApiResponse,
  type ApiRoute,
  pathId,
} from '../../../platform/http/api/api-route.ts';
import { bookingNumberKey } from '../../../core/engine/booking-limit.ts';
import { appError, type AppErrorDetails } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { centsField, instantField } from '../../../platform/http/fields.ts';
import { formatMoney } from '../../../platform/html/format.ts';
import { idempotentRequestOf, replayHeader } from '../../../platform/http/api/idempotent-api.ts';
import {
  bookingBody,
  bookingNumberField,
  newBookingNumberField,
  codesBody,
  toBooking,
  toCodeEntries,
  type BookingBody,
  type CodesBody,
} from '../quotes/booking-body.ts';
import { evaluationJson } from '../quotes/booking-json-body.ts';
import {
  CHANGE_CURSOR,
  changePlaceOf,
  momentOf,
  sentencesFor,
  sinceOf,
  visibleClient,
} from '../quotes/booking-request-body.ts';
import { newRedemptionJson, redemptionAnswer, standingRedemptionJson } from './redemption-json-body.ts';
import { changedRedemptions, standingRedemption } from './redemption-list-service.ts';
import {
  redeem,
  type BookingConflict,
  type RedemptionInput,
  type RedemptionOutcome,
  type RedemptionSource,
  type RefusedRedemption,
} from './redemption-service.ts';

interface RedemptionBody {
  readonly holdId?: string;
  readonly booking?: BookingBody;
  readonly codes?: CodesBody;
  readonly bookingNumber: string;
  readonly expectedPayable?: number | null;
  readonly additional?: boolean;
}

const TAG = 'Booking flow';
const idParams = Joi.object({ id: Joi.string().max(64).required() });

export function redemptionRoutes(api: Shell): ApiRoute[] {
  return [
    {
      method: 'post',
      path: '/redemptions',
      operationId: 'createRedemption',
      summary:
        'Redeems all accepted codes of a hold, or of a booking, in one transaction. All redemptions of a booking number together take no more than its price; codes that count for it already are refused unless `additional` says that they are to pay once more.',
      tag: TAG,
      access: 'redemptions.make',
      effect: 'moves_value',
      body: Joi.object({
        holdId: Joi.string().max(64),
        booking: bookingBody.optional(),
        codes: codesBody.min(1),
        bookingNumber: newBookingNumberField.required(),
        expectedPayable: centsField.allow(null),
        additional: Joi.boolean(),
      })
        .xor('holdId', 'booking')
        .and('booking', 'codes')
        .required(),
      responses: { 201: { description: 'Redeemed', schema: redemptionAnswer } },
      async handle(request) {
        const input = inputOf(request);
        const idempotent = idempotentRequestOf(request, 'createRedemption');
        const { actor } = request.caller;
        const { outcome, isReplay } = await redeem(api.database, input, idempotent, actor, momentOf(api));
        return redemptionResponse(request, outcome, isReplay);
      },
    },
    {
      method: 'get',
      effect: 'reads',
      path: '/redemptions',
      operationId: 'findRedemptions',
      summary:
        'The redemptions in the order of their last change (redeemed, or given back): of a booking number, or all since an instant.',
      tag: TAG,
      access: 'redemptions.see',
      query: Joi.object({
        ...LIST_QUERY,
        cursor: CHANGE_CURSOR,
        bookingNumber: bookingNumberField,
        updatedSince: instantField,
      }),
      responses: {
        200: {
          description: 'A page of redemptions',
          schema: Joi.object({
            items: Joi.array().items(redemptionAnswer).required(),
            nextCursor: Joi.string().required().allow(null),
          }),
        },
      },
      async handle(request) {
        const { items, nextCursor } = await changedRedemptions(api.database, {
          clientId: visibleClient(request.caller),
          bookingKey: bookingKeyOf(request),
          updatedSince: sinceOf(request),
          after: changePlaceOf(request),
          limit: Number(request.query.limit),
        });
        return { status: 200, body: { items: items.map((one) => shown(request, one)), nextCursor } };
      },
    },
    {
      method: 'get',
      effect: 'reads',
      path: '/redemptions/{id}',
      operationId: 'readRedemption',
      summary: 'One redemption, as it was evaluated then, with what was given back of it since.',
      tag: TAG,
      access: 'redemptions.see',
      params: idParams,
      responses: { 200: { description: 'The redemption', schema: redemptionAnswer } },
      async handle(request) {
        const redemption = await standingRedemption(api.database, pathId(request), visibleClient(request.caller));
        return { status: 200, body: shown(request, redemption) };
      },
    },
  ];
}

function inputOf(request: ApiRequest): RedemptionInput {
  const body = request.body as RedemptionBody;
  return {
    source: sourceOf(body, request),
    owner: request.caller.owner,
    bookingNumber: body.bookingNumber,
    expectedPayable: body.expectedPayable ?? null,
    isAdditional: body.additional ?? false,
  };
}

function sourceOf(body: RedemptionBody, { caller }: ApiRequest): RedemptionSource {
  if (body.booking === undefined) return { holdId: numericId(body.holdId ?? '') };
  return { booking: toBooking(body.booking, caller), codes: toCodeEntries(body.codes ?? []) };
}

function bookingKeyOf({ query }: ApiRequest): string | null {
  return typeof query.bookingNumber === 'string' ? bookingNumberKey(query.bookingNumber) : null;
}

function shown(request: ApiRequest, redemption: Parameters<typeof standingRedemptionJson>[0]): object {
  return standingRedemptionJson(redemption, sentencesFor(request, redemption.booking.currency));
}

function redemptionResponse(request: ApiRequest, outcome: RedemptionOutcome, isReplay: boolean): ApiResponse {
  const headers = replayHeader(isReplay);
  if (outcome.kind === 'redeemed') {
    const { redemption, standing } = outcome;
    const body = newRedemptionJson(redemption, standing, sentencesFor(request, redemption.booking.currency));
    return { status: 201, headers, body };
  }
  const { evaluation } = outcome;
  const told =
    evaluation === null ? {} : { evaluation: evaluationJson(evaluation, sentencesFor(request, evaluation.currency)) };
  const conflict = conflictDetails(request, outcome);
  throw appError(outcome.code, { ...conflict, headers, extra: { ...told, ...conflict.extra } });
}

/** What was done for the booking before, and how to go on: in words, and in figures beside. */
function conflictDetails({ body, locale, t }: ApiRequest, { code, conflict }: RefusedRedemption): AppErrorDetails {
  if (conflict === null || conflict === undefined) return {};
  const { currency, price, redeemed, codes, earlier } = conflict;
  const { bookingNumber, holdId } = body as RedemptionBody;
  const left = Math.max(0, price - redeemed);
  const money = (cents: number): string => formatMoney(cents, currency, locale);
  const ids = earlier.map(({ id }) => id).join(', ');
  const params = {
    number: bookingNumber,
    codes,
    earlier: ids === '' ? '' : t('booking:refusal.earlier', { redemptions: ids }),
    price: money(price),
    redeemed: money(redeemed),
    left: money(left),
  };
  const path = holdId !== undefined && codes.length === 0 && code === 'already_redeemed' ? 'holdId' : 'bookingNumber';
  return {
    fields: [{ path, code, params, text: `booking:refusal.${sentenceOf(code, conflict)}` }],
    extra: {
      booking: { price, redeemed, left },
      redemptions: earlier.map(({ redeemedAt, ...one }) => ({
        ...one,
        redeemedAt: new Date(redeemedAt).toISOString(),
      })),
    },
  };
}

function sentenceOf(code: string, { codes, isOnceOnly }: BookingConflict): string {
  if (code !== 'already_redeemed') return code;
  if (codes.length === 0) return 'hold_redeemed';
  return isOnceOnly ? 'discount_redeemed' : 'codes_redeemed';
}

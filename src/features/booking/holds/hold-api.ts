import Joi from 'joi';
import { type ApiRequest, type ApiRoute, pathId } from '../../../platform/http/api/api-route.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import {
  bookingBody,
  bookingToHoldBody,
  codesBody,
  toBooking,
  toCodeEntries,
  type BookingBody,
  type CodesBody,
} from '../quotes/booking-body.ts';
import { holdAnswer, holdJson } from '../quotes/booking-json-body.ts';
import { countingWrongCodes, momentOf, sentencesFor, visibleClient } from '../quotes/booking-request-body.ts';
import { changeHold, createHold, readHold, releaseHold, type HoldRef } from './hold-service.ts';

interface NewHoldBody {
  readonly booking: BookingBody & { readonly reference: string };
  readonly codes?: CodesBody;
}
interface ChangeHoldBody {
  readonly booking?: BookingBody;
  readonly codes?: CodesBody;
}

/** What a browser on an agency's own page may call, with the client token of its hold. */
export const BROWSER_PATHS = ['/holds/current', '/holds/current/codes'];

const TAG = 'Booking flow';
const idParams = Joi.object({ id: Joi.string().max(64).required() });
const holdResponse = { description: 'The hold with what its codes do now', schema: holdAnswer };

export function holdRoutes(api: Shell): ApiRoute[] {
  return [
    {
      method: 'post',
      effect: 'writes',
      path: '/holds',
      operationId: 'createHold',
      summary: 'Holds what the codes are worth for this booking, in place of any hold with the same reference.',
      tag: TAG,
      access: 'holds.make',
      body: Joi.object({ booking: bookingToHoldBody, codes: codesBody }).required(),
      responses: { 201: { description: 'The hold; its client token is told only here', schema: holdAnswer } },
      async handle(request) {
        const body = request.body as NewHoldBody;
        const booking = { ...toBooking(body.booking, request.caller), reference: body.booking.reference };
        const { clientId } = request.caller.owner;
        const input = { booking, codes: toCodeEntries(body.codes ?? []), clientId };
        const created = await countingWrongCodes(api, request, () => createHold(api.database, input, momentOf(api)));
        const { id, ...hold } = holdJson(created, sentencesFor(request, booking.currency));
        return { status: 201, body: { id, clientToken: created.clientToken, ...hold } };
      },
    },
    {
      method: 'get',
      effect: 'reads',
      path: '/holds/current',
      operationId: 'readCurrentHold',
      summary: 'The hold of the client token, as a browser may see it.',
      tag: TAG,
      access: 'hold',
      responses: { 200: holdResponse },
      async handle(request) {
        const seen = await readHold(api.database, currentHold(request), momentOf(api));
        return { status: 200, body: holdJson(seen, sentencesFor(request, seen.hold.booking.currency), 'neutral') };
      },
    },
    {
      method: 'put',
      effect: 'writes',
      path: '/holds/current/codes',
      operationId: 'changeCurrentHoldCodes',
      summary: 'Changes the codes of the hold of the client token; never the booking.',
      tag: TAG,
      access: 'hold',
      body: Joi.object({ codes: codesBody.required() }).required(),
      responses: { 200: holdResponse },
      async handle(request) {
        const codes = toCodeEntries((request.body as { codes: CodesBody }).codes);
        const seen = await countingWrongCodes(api, request, () =>
          changeHold(api.database, currentHold(request), { codes }, momentOf(api)),
        );
        return { status: 200, body: holdJson(seen, sentencesFor(request, seen.hold.booking.currency), 'neutral') };
      },
    },
    {
      method: 'get',
      effect: 'reads',
      path: '/holds/{id}',
      operationId: 'readHold',
      summary: 'The hold with what its codes do now. Changes nothing.',
      tag: TAG,
      access: 'holds.see',
      params: idParams,
      responses: { 200: holdResponse },
      async handle(request) {
        const seen = await readHold(api.database, seenHold(request), momentOf(api));
        return { status: 200, body: holdJson(seen, sentencesFor(request, seen.hold.booking.currency)) };
      },
    },
    {
      method: 'put',
      effect: 'writes',
      path: '/holds/{id}',
      operationId: 'changeHold',
      summary: 'Changes booking or codes of a hold and renews it.',
      tag: TAG,
      access: 'holds.make',
      params: idParams,
      body: Joi.object({ booking: bookingBody.optional(), codes: codesBody }).or('booking', 'codes').required(),
      responses: { 200: holdResponse },
      async handle(request) {
        const body = request.body as ChangeHoldBody;
        const change = {
          ...(body.booking === undefined ? {} : { booking: toBooking(body.booking, request.caller) }),
          ...(body.codes === undefined ? {} : { codes: toCodeEntries(body.codes) }),
        };
        const seen = await countingWrongCodes(api, request, () =>
          changeHold(api.database, ownHold(request), change, momentOf(api)),
        );
        return { status: 200, body: holdJson(seen, sentencesFor(request, seen.hold.booking.currency)) };
      },
    },
    {
      method: 'delete',
      effect: 'writes',
      path: '/holds/{id}',
      operationId: 'releaseHold',
      summary: 'Releases what was held.',
      tag: TAG,
      access: 'holds.release',
      params: idParams,
      responses: { 204: { description: 'Released' } },
      async handle(request) {
        await releaseHold(api.database, ownHold(request));
        return { status: 204 };
      },
    },
  ];
}

/** Of its own client alone: what others hold is not there. */
function ownHold(request: ApiRequest): HoldRef {
  return { id: pathId(request), clientId: request.caller.owner.clientId };
}

function seenHold(request: ApiRequest): HoldRef {
  return { id: pathId(request), clientId: visibleClient(request.caller) };
}

function currentHold({ caller }: ApiRequest): HoldRef {
  if (caller.holdId === null) throw appError('unauthenticated');
  return { id: caller.holdId, clientId: caller.owner.clientId };
}

import Joi from 'joi';
import type { ApiRoute } from '../../../platform/http/api/api-route.ts';
import { bookingBody, codesBody, toBooking, toCodeEntries, type BookingBody, type CodesBody } from './booking-body.ts';
import { evaluationAnswer, evaluationJson } from './booking-json-body.ts';
import { sentencesFor, momentOf, countingWrongCodes } from './booking-request-body.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { quote } from './evaluation-service.ts';

interface QuoteBody {
  readonly booking: BookingBody;
  readonly codes: CodesBody;
  readonly trace?: boolean;
}

export function quoteRoutes(api: Shell): ApiRoute[] {
  return [
    {
      method: 'post',
      effect: 'reads',
      path: '/quotes',
      operationId: 'createQuote',
      summary: 'What a set of codes does for a booking. Changes nothing.',
      tag: 'Booking flow',
      access: 'quotes.ask',
      body: Joi.object({ booking: bookingBody, codes: codesBody.required(), trace: Joi.boolean() }).required(),
      responses: { 200: { description: 'The evaluation', schema: evaluationAnswer } },
      async handle(request) {
        const body = request.body as QuoteBody;
        const booking = toBooking(body.booking, request.caller);
        const { clientId } = request.caller.owner;
        const input = { booking, codes: toCodeEntries(body.codes), clientId, trace: body.trace ?? false };
        const { evaluation } = await countingWrongCodes(api, request, async () => ({
          evaluation: await quote(api.database, input, momentOf(api)),
        }));
        return { status: 200, body: evaluationJson(evaluation, sentencesFor(request, booking.currency)) };
      },
    },
  ];
}

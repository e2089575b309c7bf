import Joi from 'joi';
import type { ApiRoute } from '../../../platform/http/api/api-route.ts';
import { AS_TYPED } from '../../../platform/http/incoming-text.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { balanceAnswer } from './booking-json-body.ts';
import { momentOf } from './booking-request-body.ts';
import { readBalance } from './balance-service.ts';

export function balanceRoutes(api: Shell): ApiRoute[] {
  return [
    {
      method: 'get',
      effect: 'reads',
      path: '/balances/{code}',
      operationId: 'readBalance',
      summary: 'What is left on a voucher with stored value.',
      tag: 'Booking flow',
      access: 'balances.see',
      params: Joi.object({ code: Joi.string().max(200).required().meta(AS_TYPED) }),
      responses: { 200: { description: 'The balance', schema: balanceAnswer } },
      async handle(request) {
        const who = { caller: request.caller, client: request.client, address: request.clientAddress };
        api.wrongCodes.assertNotBlocked(who);
        const balance = await readBalance(api.database, request.params.code ?? '', momentOf(api));
        if (balance === null) {
          await api.wrongCodes.countWrongCodes(who, 1);
          throw appError('not_found');
        }
        return { status: 200, body: balance };
      },
    },
  ];
}

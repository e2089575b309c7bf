import Joi from 'joi';
import { ORDER_STATES } from '../../../core/sale/order-lifecycle.ts';
import { LIST_QUERY, numericId, pathId, type ApiRoute } from '../../../platform/http/api/api-route.ts';
import { answerOnce } from '../../../platform/http/api/idempotent-api.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { unknownIds } from '../../catalogue/catalogue-service.ts';
import { inputOf, orderAnswer, orderBody, orderJson } from './order-body.ts';
import { findOrders, newOrderToken, orderDetails, placeIn, type Order } from './order-service.ts';

const TAG = 'Orders';
const params = Joi.object({ id: Joi.string().max(64).required() });

/** Orders for other systems. */
export function orderRoutes(shell: Shell): ApiRoute[] {
  const { database, clock } = shell;
  const moment = (): Moment => clock.moment();
  const api = { database, clock };
  return [
    {
      method: 'post',
      path: '/orders',
      operationId: 'placeOrder',
      summary: 'Orders vouchers; the buyer gets a mail that tells how to pay, without a code.',
      tag: TAG,
      access: 'orders.change',
      effect: 'moves_value',
      body: orderBody,
      responses: { 201: { description: 'The order', schema: orderAnswer } },
      handle: (request) =>
        answerOnce(api, request, 'placeOrder', async (trx) => {
          const input = inputOf(request);
          if (input.brand !== null && (await unknownIds(trx, 'brand', [input.brand])).length > 0) {
            throw appError('unknown_reference', {
              fields: [{ path: 'brand', code: 'unknown_reference', params: { id: input.brand } }],
            });
          }
          const order = await placeIn(
            { trx, actor: request.caller.actor, moment: moment() },
            input,
            newOrderToken(),
            shell,
          );
          return { status: 201, body: orderJson(order, []) };
        }),
    },
    {
      method: 'get',
      effect: 'reads',
      path: '/orders',
      operationId: 'listOrders',
      summary: 'The newest orders first.',
      tag: TAG,
      access: 'orders.see',
      query: Joi.object({ ...LIST_QUERY, state: Joi.string().valid(...ORDER_STATES), q: Joi.string().trim().max(200) }),
      responses: {
        200: {
          description: 'A page of orders',
          schema: Joi.object({
            items: Joi.array()
              .items(orderAnswer.fork('vouchers', (schema) => schema.optional()))
              .required(),
            nextCursor: Joi.string().allow(null).required(),
          }),
        },
      },
      async handle({ query }) {
        const { limit, cursor, state, q } = query as {
          limit: number;
          cursor?: string;
          state?: Order['state'];
          q?: string;
        };
        const filter = {
          state: state ?? null,
          brand: null,
          delivery: null,
          hasDifference: false,
          q: q ?? '',
          beforeId: cursor === undefined ? null : numericId(cursor),
          limit,
        };
        const { items, nextCursor } = await findOrders(database, filter);
        return { status: 200, body: { items: items.map((order) => orderJson(order, undefined)), nextCursor } };
      },
    },
    {
      method: 'get',
      effect: 'reads',
      path: '/orders/{id}',
      operationId: 'readOrder',
      summary: 'One order with the ids of its vouchers.',
      tag: TAG,
      access: 'orders.see',
      params,
      responses: { 200: { description: 'The order', schema: orderAnswer } },
      async handle(request) {
        const { order, voucherIds } = await orderDetails(database.knex, pathId(request));
        return { status: 200, body: orderJson(order, voucherIds) };
      },
    },
  ];
}

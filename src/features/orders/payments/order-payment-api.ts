import { PAYMENT_EVENT_TYPES } from '../../../core/books/dispute.ts';
import Joi from 'joi';
import { PAYMENT_METHODS, type PaymentMethod } from '../../../core/books/postings.ts';
import { ORDER_STATES } from '../../../core/sale/order-lifecycle.ts';
import { pathId, type ApiRequest, type ApiRoute } from '../../../platform/http/api/api-route.ts';
import { currencyField, dayField, positiveCentsField } from '../../../platform/http/fields.ts';
import { answerOnce } from '../../../platform/http/api/idempotent-api.ts';
import { isSignedBy } from '../../../platform/http/api/signed-request.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { Shell } from '../../../platform/process/feature.ts';
import { hashToken } from '../../../platform/secrets/tokens.ts';
import { bookPayment, preparedParts } from './order-payment-service.ts';
import { bookPaymentEvent, type PaymentEvent } from './payment-event-service.ts';

const TAG = 'Orders';
const params = Joi.object({ id: Joi.string().max(64).required() });
const reference = Joi.string().trim().min(1).max(200);
const paymentBody = Joi.object({
  amount: positiveCentsField.required(),
  method: Joi.string()
    .valid(...PAYMENT_METHODS)
    .required(),
  paidOn: dayField,
  reference,
}).required();
const eventBody = Joi.object({
  type: Joi.string().valid(...PAYMENT_EVENT_TYPES),
  id: Joi.string()
    .min(1)
    .max(140)
    .pattern(/^[\x21-\x7e]+$/)
    .required(),
  order: Joi.string().max(24).required(),
  amount: positiveCentsField.required(),
  currency: currencyField.required(),
  paidOn: dayField,
  method: Joi.string().valid(...PAYMENT_METHODS),
  reference,
}).required();

const paymentAnswer = Joi.object({
  order: Joi.string().required(),
  state: Joi.string()
    .valid(...ORDER_STATES)
    .required(),
  repeated: Joi.boolean().required(),
  missing: Joi.number().integer().required(),
  excess: Joi.number().integer().required(),
});
const eventAnswer = paymentAnswer.keys({ disputed: Joi.number().integer().required() });

/** Money for orders, told by other systems and by payment providers. */
export function orderPaymentRoutes(shell: Shell): ApiRoute[] {
  const { database, clock } = shell;
  const webhookSecret = shell.config.paymentWebhookSecret;
  const moment = (): Moment => clock.moment();
  const api = { database, clock };
  return [
    {
      method: 'post',
      path: '/orders/{id}/payments',
      operationId: 'payOrder',
      summary: 'Books money for an order. The payment that completes the price makes the vouchers and mails them.',
      tag: TAG,
      access: 'orders.change',
      effect: 'moves_value',
      params,
      body: paymentBody,
      responses: { 200: { description: 'What the payment did', schema: paymentAnswer } },
      async handle(request) {
        const parts = await preparedParts(shell);
        return answerOnce(api, request, 'payOrder', async (trx) => {
          const { amount, method, paidOn, reference } = request.body as {
            amount: number;
            method: PaymentMethod;
            paidOn?: string;
            reference?: string;
          };
          const payment = {
            cents: amount,
            method,
            paidOn: paidOn ?? clock.today(),
            sourceKey: sourceKeyOf(request),
            reference: reference ?? null,
          };
          const id = pathId(request);
          const { order, isRepeated, missing, excess } = await bookPayment(
            { trx, actor: request.caller.actor, moment: moment() },
            id,
            payment,
            parts,
          );
          return {
            status: 200,
            body: { order: order.number, state: order.state, repeated: isRepeated, missing, excess },
          };
        });
      },
    },
    {
      method: 'post',
      effect: 'told_once',
      path: '/payment-events',
      operationId: 'tellPayment',
      summary:
        'A payment provider tells of money that came in: signed by the header Reisebon-Signature (t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>" in hex), at most five minutes old, booked once per type and id. The types chargeback and refund tell of money that was taken back: the vouchers are locked, and a person decides; chargeback_won tells that it was given again.',
      tag: TAG,
      access: 'public',
      signedBy: 'Reisebon-Signature',
      body: eventBody,
      responses: {
        200: { description: 'What the event did; disputed: cents taken back and not given again', schema: eventAnswer },
      },
      async handle({ body, rawBody, signature }) {
        if (webhookSecret === null) throw appError('not_found');
        if (!isSignedBy(webhookSecret, signature, rawBody, clock.now())) throw appError('unauthenticated');
        const { order, isRepeated, missing, excess, disputed } = await bookPaymentEvent(
          shell,
          body as PaymentEvent,
          moment(),
        );
        return {
          status: 200,
          body: { order: order.number, state: order.state, repeated: isRepeated, missing, excess, disputed },
        };
      },
    },
  ];
}

/** Of the client and its key, hashed, because two long keys may begin alike. */
function sourceKeyOf({ caller, idempotencyKey }: ApiRequest): string {
  return `api:client:${caller.owner.clientId}:${hashToken(idempotencyKey)}`;
}

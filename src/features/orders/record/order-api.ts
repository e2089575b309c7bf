import Joi from 'joi';
import { LOCALES, type Locale } from '../../../platform/html/i18n.ts';
import { ORDER_STATES } from '../../../core/sale/order-lifecycle.ts';
import { PAYMENT_METHODS, type PaymentMethod } from '../../../core/books/postings.ts';
import { LIST_QUERY, numericId, type ApiRequest, type ApiRoute, pathId } from '../../../platform/http/api-route.ts';
import type { Moment } from '../../../platform/process/clock.ts';
import { appError } from '../../../platform/process/errors.ts';
import { currencyField, dayField, idField, positiveCentsField } from '../../../platform/http/fields.ts';
import { answerOnce } from '../../../platform/http/idempotent-api.ts';
import { unknownIds } from '../../catalogue/catalogue-service.ts';
import { bookPayment, preparedParts } from '../payments/order-payment-service.ts';
import { findOrders, newOrderToken, orderDetails, placeIn, type Order } from './order-service.ts';
import { isSignedBy } from '../../../platform/http/signed-request.ts';
import { bookPaymentEvent, PAYMENT_EVENT_TYPES, type PaymentEvent } from '../payments/payment-webhook-service.ts';
import type { Shell } from '../../../platform/process/feature.ts';

const TAG = 'Orders';
const params = Joi.object({ id: Joi.string().max(64).required() });
const text = (length: number) => Joi.string().trim().min(1).max(length);
const person = Joi.object({
  name: text(200).required(),
  email: Joi.string().email({ tlds: false }).max(254).required(),
  phone: text(50),
  street: text(200),
  postcode: text(20),
  city: text(100),
});
const orderBody = Joi.object({
  amount: positiveCentsField.max(100_000_000).required(),
  quantity: Joi.number().integer().min(1).max(100).default(1),
  brand: idField,
  motif: idField,
  delivery: Joi.string().valid('buyer', 'recipient').default('buyer'),
  deliverOn: dayField,
  buyer: person.required(),
  recipient: Joi.object({ name: text(200), email: Joi.string().email({ tlds: false }).max(254) }),
  message: text(300),
  locale: Joi.string()
    .valid(...LOCALES)
    .default('de'),
}).required();
const paymentBody = Joi.object({
  amount: positiveCentsField.required(),
  method: Joi.string()
    .valid(...PAYMENT_METHODS)
    .required(),
  paidOn: dayField,
  reference: text(200),
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
  reference: text(200),
}).required();

const orderAnswer = Joi.object({
  id: Joi.string().required(),
  number: Joi.string().required(),
  state: Joi.string()
    .valid(...ORDER_STATES)
    .required(),
  currency: currencyField.required(),
  amount: Joi.number().integer().required(),
  quantity: Joi.number().integer().required(),
  total: Joi.number().integer().required(),
  paid: Joi.number().integer().required(),
  brand: Joi.string().allow(null).required(),
  motif: Joi.string().allow(null).required(),
  delivery: Joi.string().required(),
  deliverOn: Joi.string().allow(null).required(),
  orderedOn: Joi.string().required(),
  vouchers: Joi.array().items(Joi.string()).required(),
});
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

/** Orders for other systems, and what payment providers tell. */
export function orderRoutes(shell: Shell): ApiRoute[] {
  const { database, clock } = shell;
  const webhookSecret = shell.config.paymentWebhookSecret;
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
      movesValue: true,
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
          return { status: 201, body: bodyOf(order, []) };
        }),
    },
    {
      method: 'get',
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
        return { status: 200, body: { items: items.map((order) => bodyOf(order, undefined)), nextCursor } };
      },
    },
    {
      method: 'get',
      path: '/orders/{id}',
      operationId: 'readOrder',
      summary: 'One order with the ids of its vouchers.',
      tag: TAG,
      access: 'orders.see',
      params,
      responses: { 200: { description: 'The order', schema: orderAnswer } },
      async handle(request) {
        const { order, voucherIds } = await orderDetails(database.knex, pathId(request));
        return { status: 200, body: bodyOf(order, voucherIds) };
      },
    },
    {
      method: 'post',
      path: '/orders/{id}/payments',
      operationId: 'payOrder',
      summary: 'Books money for an order. The payment that completes the price makes the vouchers and mails them.',
      tag: TAG,
      access: 'orders.change',
      movesValue: true,
      params,
      body: paymentBody,
      responses: { 200: { description: 'What the payment did', schema: paymentAnswer } },
      async handle(request) {
        const parts = await preparedParts(database, shell);
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
            sourceKey: `api:${request.caller.actor}:${request.idempotencyKey}`.slice(0, 160),
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
          database,
          body as PaymentEvent,
          shell,
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

function inputOf(request: ApiRequest) {
  const body = request.body as {
    readonly amount: number;
    readonly quantity: number;
    readonly brand?: string;
    readonly motif?: string;
    readonly delivery: 'buyer' | 'recipient';
    readonly deliverOn?: string;
    readonly buyer: {
      readonly name: string;
      readonly email: string;
      readonly phone?: string;
      readonly street?: string;
      readonly postcode?: string;
      readonly city?: string;
    };
    readonly recipient?: { readonly name?: string; readonly email?: string };
    readonly message?: string;
    readonly locale: Locale;
  };
  const { buyer, recipient } = body;
  if (body.delivery === 'recipient' && recipient?.email === undefined) {
    throw appError('rule_broken', {
      fields: [
        {
          path: 'recipient.email',
          code: 'required',
          text: 'orders:refusal.recipient_required',
        },
      ],
    });
  }
  return {
    origin: 'api' as const,
    locale: body.locale,
    brand: body.brand ?? null,
    amount: body.amount,
    quantity: body.quantity,
    motif: body.motif ?? null,
    delivery: body.delivery,
    deliverOn: body.deliverOn ?? null,
    submitKey: `${request.caller.actor} ${request.idempotencyKey}`,
    buyerName: buyer.name,
    buyerEmail: buyer.email,
    buyerPhone: buyer.phone ?? null,
    buyerStreet: buyer.street ?? null,
    buyerPostcode: buyer.postcode ?? null,
    buyerCity: buyer.city ?? null,
    recipientName: recipient?.name ?? null,
    recipientEmail: recipient?.email ?? null,
    message: body.message ?? null,
  };
}

function bodyOf(order: Order, vouchers: readonly string[] | undefined) {
  const { id, number, state, currency, amount, quantity, total, paid, brand, motif, delivery, deliverOn, orderedOn } =
    order;
  return {
    id,
    number,
    state,
    currency,
    amount,
    quantity,
    total,
    paid,
    brand,
    motif,
    delivery,
    deliverOn,
    orderedOn,
    ...(vouchers === undefined ? {} : { vouchers }),
  };
}

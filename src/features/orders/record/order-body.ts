import Joi from 'joi';
import { ORDER_STATES } from '../../../core/sale/order-lifecycle.ts';
import { LOCALES, type Locale } from '../../../platform/html/i18n.ts';
import type { ApiRequest } from '../../../platform/http/api/api-route.ts';
import { currencyField, dayField, idField, positiveCentsField } from '../../../platform/http/fields.ts';
import { SEVERAL_LINES } from '../../../platform/http/incoming-text.ts';
import { appError } from '../../../platform/process/errors.ts';
import type { Order, OrderInput } from './order-service.ts';

const text = (length: number) => Joi.string().trim().min(1).max(length);
const person = Joi.object({
  name: text(200).required(),
  email: Joi.string().email({ tlds: false }).max(254).required(),
  phone: text(50),
  street: text(200),
  postcode: text(20),
  city: text(100),
});
export const orderBody = Joi.object({
  amount: positiveCentsField.max(100_000_000).required(),
  quantity: Joi.number().integer().min(1).max(100).default(1),
  brand: idField,
  motif: idField,
  delivery: Joi.string().valid('buyer', 'recipient').default('buyer'),
  deliverOn: dayField,
  buyer: person.required(),
  recipient: Joi.object({ name: text(200), email: Joi.string().email({ tlds: false }).max(254) }),
  message: text(300).meta(SEVERAL_LINES),
  locale: Joi.string()
    .valid(...LOCALES)
    .default('de'),
}).required();
export const orderAnswer = Joi.object({
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
/** What a request orders; throws `rule_broken` where a gift has no address. */
export function inputOf(request: ApiRequest): OrderInput {
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
    submitKey: `client:${request.caller.owner.clientId} ${request.idempotencyKey}`,
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

export function orderJson(order: Order, vouchers: readonly string[] | undefined) {
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

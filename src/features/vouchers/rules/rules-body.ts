import Joi from 'joi';
import {
  CHANNELS,
  DEAL_ENTRIES,
  FUNDINGS,
  MULTIPLIERS,
  RESIDUALS,
  VOUCHER_TYPES,
} from '../../../core/engine/voucher.ts';
import { currencyField, idField, positiveCentsField } from '../../../platform/http/fields.ts';

// Amounts, percentages and days take any number or text here: what is wrong with them the core says, with its reason.
const figure = Joi.number();
const day = Joi.string().max(32).allow(null);
const positiveCount = Joi.number().integer().min(1).max(1_000_000_000).allow(null);
const idList = Joi.array().items(idField).max(500);
const pair = Joi.object({ include: idList, exclude: idList });

/** The members of a voucher or a campaign that are its rules. */
export const rulesFields = {
  type: Joi.string().valid(...VOUCHER_TYPES),
  title: Joi.string().trim().min(1).max(200),
  currency: currencyField,
  value: Joi.object({
    multiplier: Joi.string().valid(...MULTIPLIERS),
    tiers: Joi.array()
      .items(Joi.object({ minTripPrice: figure.required(), amount: figure.allow(null), percent: figure.allow(null) }))
      .max(50),
    maxAmount: figure.allow(null),
    originalValue: figure.allow(null),
  }),
  validity: Joi.object({ bookFrom: day, bookUntil: day, travelFrom: day, travelUntil: day }),
  restrictions: Joi.object({
    products: pair,
    themes: pair,
    regions: pair,
    brand: idField.allow(null),
    partner: idField.allow(null),
    channels: Joi.array()
      .items(Joi.string().valid(...CHANNELS))
      .unique(),
    customer: Joi.object({
      id: Joi.string().min(1).max(128).allow(null),
      email: Joi.string().min(3).max(254).allow(null),
    }).allow(null),
    minTravellers: Joi.number().integer().min(1).max(99).allow(null),
  }),
  usage: Joi.object({ maxUses: positiveCount, maxUsesPerCustomer: positiveCount }),
  stacking: Joi.object({ exclusive: Joi.boolean() }),
  deal: Joi.object({
    paysInFull: Joi.boolean(),
    entry: Joi.string().valid(...DEAL_ENTRIES),
    invoicePartner: Joi.boolean(),
    partnerPrice: positiveCentsField.allow(null),
  }).allow(null),
  funding: Joi.string()
    .valid(...FUNDINGS)
    .allow(null),
  residual: Joi.string().valid(...RESIDUALS),
  refundOnExpiry: Joi.boolean(),
  motif: Joi.string().max(64).allow(null),
  message: Joi.string().max(2000).allow(null, ''),
};

const cents = Joi.number().integer();
const answeredPair = Joi.object({
  include: Joi.array().items(Joi.string()).required(),
  exclude: Joi.array().items(Joi.string()).required(),
}).required();
const answeredDay = Joi.string().required().allow(null);
const text = Joi.string().required().allow(null);

/** The same members in an answer, where every one of them is present. */
export const rulesAnswerFields = {
  type: Joi.string()
    .valid(...VOUCHER_TYPES)
    .required(),
  title: Joi.string().required(),
  currency: Joi.string().required(),
  value: Joi.object({
    multiplier: Joi.string().required(),
    tiers: Joi.array()
      .items(Joi.object({ minTripPrice: cents.required(), amount: cents, percent: Joi.number() }))
      .required(),
    maxAmount: cents.required().allow(null),
    originalValue: cents.required().allow(null),
  }).required(),
  validity: Joi.object({
    bookFrom: answeredDay,
    bookUntil: answeredDay,
    travelFrom: answeredDay,
    travelUntil: answeredDay,
  }).required(),
  restrictions: Joi.object({
    products: answeredPair,
    themes: answeredPair,
    regions: answeredPair,
    brand: text,
    partner: text,
    channels: Joi.array().items(Joi.string()).required(),
    customer: Joi.object({ id: text, email: text }).required().allow(null),
    minTravellers: cents.required().allow(null),
  }).required(),
  usage: Joi.object({
    maxUses: cents.required().allow(null),
    maxUsesPerCustomer: cents.required().allow(null),
  }).required(),
  stacking: Joi.object({ exclusive: Joi.boolean().required() }).required(),
  deal: Joi.object().unknown(true).required().allow(null),
  funding: text,
  residual: Joi.string().required(),
  refundOnExpiry: Joi.boolean().required(),
  motif: text,
  message: Joi.string().required().allow(null, ''),
};

import Joi from 'joi';
import type { LedgerRow } from '../../accounting/ledger/ledger-service.ts';
import { DEFAULT_PAYMENT_METHOD, PAYMENT_METHODS } from '../../../core/books/postings.ts';
import { VOUCHER_STATUSES } from '../../../core/engine/lifecycle.ts';
import { LIST_QUERY } from '../../../platform/http/api/api-route.ts';
import { dayField, positiveCentsField } from '../../../platform/http/fields.ts';
import { AS_TYPED, SEVERAL_LINES } from '../../../platform/http/incoming-text.ts';
import { newRulesFields, rulesAnswerFields, rulesFields } from '../rules/rules-body.ts';
import { FILTER_NAMES, voucherFilter, type FilterName } from '../list/voucher-filter-fields.ts';
import { MAX_NOTE } from './voucher-service.ts';
import { ID_PATTERN } from '../../../platform/data/id.ts';

const ownFields = {
  paidAt: dayField.allow(null),
  recipient: Joi.object({ name: Joi.string().max(200).allow(null), email: Joi.string().max(254).allow(null) }).allow(
    null,
  ),
  bookingId: Joi.string().max(64).allow(null),
  invoiceId: Joi.string().max(64).allow(null),
  note: Joi.string().max(MAX_NOTE).allow(null).meta(SEVERAL_LINES),
};

const paymentMethod = Joi.string()
  .valid(...PAYMENT_METHODS)
  .description(`How it was paid on \`paidAt\`; left out: ${DEFAULT_PAYMENT_METHOD}.`);

export function newVoucherBody(): Joi.ObjectSchema {
  return Joi.object({
    ...newRulesFields(),
    code: Joi.string().max(100).allow(null).meta(AS_TYPED),
    issuePrice: positiveCentsField.allow(null),
    ...ownFields,
    paymentMethod,
  })
    .with('paymentMethod', 'paidAt')
    .required();
}

export function voucherChangeBody(): Joi.ObjectSchema {
  return Joi.object({ ...rulesFields(), ...ownFields, paymentMethod })
    .min(1)
    .with('paymentMethod', 'paidAt')
    .required();
}

const method = Joi.string().valid(...PAYMENT_METHODS);
const reason = Joi.string().trim().min(1).max(500);
export const payBody = Joi.object({
  paidAt: dayField.required(),
  method: method.required(),
  reference: Joi.string().max(200).allow(null),
}).required();
export const lockBody = Joi.object({ reason: reason.allow(null) });
export const cancelBody = Joi.object({ refund: Joi.boolean().required(), reason: reason.required() }).required();
export const reissueBody = Joi.object({ reason: reason.required() }).required();
export const topUpBody = Joi.object({ amount: positiveCentsField.required(), method: method.required() }).required();

function filterSchema(name: FilterName): [string, Joi.StringSchema] {
  const { values, isId: isNumber, most = 0, mayBeEmpty } = voucherFilter(name);
  if (values !== undefined) return [name, Joi.string().valid(...values)];
  if (isNumber === true) return [name, Joi.string().pattern(ID_PATTERN)];
  const text = Joi.string().max(most);
  return [name, mayBeEmpty === true ? text.allow('') : text];
}
/** A code in the address. */
export const codeParams = Joi.object({ code: Joi.string().max(200).required().meta(AS_TYPED) });

export const listQuery = Joi.object({
  ...LIST_QUERY,
  ...Object.fromEntries(FILTER_NAMES.filter((name) => voucherFilter(name).isInApi === true).map(filterSchema)),
  sort: Joi.string().valid(...['createdAt', 'title', 'balance', 'bookUntil'].flatMap((name) => [name, `-${name}`])),
});

const cents = Joi.number().integer();
const text = Joi.string().required().allow(null);

export function voucherAnswer(): Joi.ObjectSchema {
  return Joi.object({
    id: Joi.string().required(),
    ...rulesAnswerFields(),
    code: Joi.string().required(),
    campaign: text,
    paidAt: text,
    recipient: Joi.object({ name: text, email: text }).required().allow(null),
    bookingId: text,
    invoiceId: text,
    note: text,
    status: Joi.string()
      .valid(...VOUCHER_STATUSES)
      .required(),
    available: cents.required().allow(null),
    balance: cents.required().allow(null),
    issuePrice: cents.required().allow(null),
    bonusBalance: cents.required(),
    held: cents.required(),
    uses: cents.required(),
    bookingNumbers: Joi.array().items(Joi.string()).required(),
    createdAt: Joi.string().required(),
    updatedAt: Joi.string().required(),
    archived: Joi.boolean().required(),
    version: cents.required(),
  });
}

/** What was saved all the same, although the law may not let it stand. */
export function savedVoucherAnswer(): Joi.ObjectSchema {
  return voucherAnswer().keys({
    warnings: Joi.array()
      .items(
        Joi.object({
          code: Joi.string().valid('end_too_short').required(),
          bookUntil: Joi.string().required(),
          soundEnd: Joi.string().required(),
        }),
      )
      .required(),
  });
}

export function voucherPageAnswer(): Joi.ObjectSchema {
  return Joi.object({
    items: Joi.array().items(voucherAnswer()).required(),
    nextCursor: Joi.string().required().allow(null),
  });
}

export const historyAnswer = Joi.object({
  items: Joi.array()
    .items(
      Joi.object({
        at: Joi.string().required(),
        actor: Joi.string().required(),
        action: Joi.string().required(),
        changes: Joi.object().unknown(true).required().allow(null),
      }),
    )
    .required(),
  nextCursor: Joi.valid(null).required(),
});

export const entriesAnswer = Joi.object({
  items: Joi.array()
    .items(
      Joi.object({
        position: cents.required(),
        event: Joi.string().required(),
        debit: Joi.string().required(),
        credit: Joi.string().required(),
        amount: cents.required(),
        currency: Joi.string().required(),
        postedOn: Joi.string().required(),
        recordedAt: Joi.string().required(),
        actor: Joi.string().required(),
        reason: text,
        bookingNumber: text,
        hash: Joi.string().required(),
      }),
    )
    .required(),
  nextCursor: Joi.valid(null).required(),
});

/** A row of the ledger as the API tells it. */
export function entryJson(row: LedgerRow): object {
  return {
    position: row.position,
    event: row.event,
    debit: row.debit_role,
    credit: row.credit_role,
    amount: row.cents,
    currency: row.currency,
    postedOn: row.posted_on,
    recordedAt: new Date(row.recorded_at).toISOString(),
    actor: row.actor,
    reason: row.reason,
    bookingNumber: row.booking_number,
    hash: row.hash,
  };
}

import Joi from 'joi';
import { isCalendarDay } from '../../core/calendar.ts';
import { currencyDigits, isCurrency, keepsValue } from '../../core/currency.ts';
import { AMOUNT_LIMIT_BOUNDS, amountLimit } from '../process/amount-limit.ts';

/** Field kinds that every API body uses, so that one meaning has one schema. */

/** Any amount in minor units, which the operator's highest single amount bounds. */
export function amountField(schema: Joi.NumberSchema = Joi.number().integer()): Joi.NumberSchema {
  return schema
    .max(AMOUNT_LIMIT_BOUNDS.max)
    .custom((value: number, helpers) =>
      Math.abs(value) > amountLimit() ? helpers.error('number.amount', { limit: amountLimit() }) : value,
    );
}

export const centsField = amountField().min(0);
export const positiveCentsField = amountField().min(1);

export const dayField = Joi.string()
  .length(10)
  .custom((value: string, helpers) => {
    if (isCalendarDay(value)) return value;
    return helpers.error(/^\d{4}-\d{2}-\d{2}$/.test(value) ? 'string.no_such_day' : 'string.day');
  })
  .meta({ format: 'date' });

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** In UTC or with its offset, as RFC 3339 writes it. */
export const instantField = Joi.string()
  .max(40)
  .custom((value: string, helpers) =>
    RFC_3339.test(value) && !Number.isNaN(Date.parse(value)) ? value : helpers.error('string.instant'),
  )
  .meta({ format: 'date-time' });

/** What a booking may be in. */
export const currencyField = Joi.string()
  .pattern(/^[A-Z]{3}$/)
  .custom((value: string, helpers) => (isCurrency(value) ? value : helpers.error('string.currency')));
/** What value may be kept in. */
export const valueCurrencyField = currencyField.custom((value: string, helpers) =>
  keepsValue(value) ? value : helpers.error('string.currency_digits', { digits: currencyDigits(value) }),
);
/** An id of the caller's own: of a catalogue entry, a customer, a booking. */
export const idField = Joi.string().min(1).max(64);
